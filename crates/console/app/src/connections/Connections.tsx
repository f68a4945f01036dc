// Connections, sessions and endpoints that run now, and what the proxy refused and why.

import { Button, Card, Group, Tabs, Text } from '@mantine/core'
import { IconActivity, IconArrowsExchange, IconCircleOff, IconClockHour4, IconPlugX } from '@tabler/icons-react'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { Running } from '../endpoints/Running'
import { Place, State, Typed } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { number, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Strip, useTab } from '../lib/tabs'
import { Empty, Loaded, Screen, done, failed } from '../lib/ui'
import { RunningConnections } from './RunningConnections'

const t = texts({
  title: ['连接', 'Connections'],
  about: ['正在进行的连接、会话、提取的端点，以及代理拒绝连接的原因。', 'Connections, sessions and extracted endpoints that run now, and why the proxy refused what it refused.'],
  running: ['进行中的连接', 'Running connections'],
  sessions: ['会话', 'Sessions'],
  endpoints: ['提取的端点', 'Extracted endpoints'],
  refusals: ['拒绝记录', 'Refusals'],
  session: ['会话', 'Session'],
  account: ['账号', 'Account'],
  place: ['出口位置', 'Leaves from'],
  exit: ['出口', 'Exit'],
  since: ['开始', 'Since'],
  until: ['到期', 'Until'],
  end: ['结束', 'End'],
  ended: ['会话已结束，新连接会换出口', 'Ended; new connections take a fresh exit'],
  none: ['没有正在进行的会话', 'No session runs now'],
  noneHow: ['在用户名中加入 session-名称 即可固定出口。', 'Put session-NAME into the username to keep one exit.'],
  noRefusals: ['没有拒绝记录', 'Nothing was refused'],
  noRefusalsHow: ['保留 30 天。连接失败时，原因会显示在这里。', 'Kept for 30 days. When a connection fails, its reason shows here.'],
  reason: ['原因', 'Reason'],
  destination: ['目标', 'Destination'],
  client: ['来源', 'From'],
  time: ['时间', 'When'],
  times: ['{n} 次', '{n} times'],
  byAddress: ['白名单地址', 'allowlisted address'],
})

export function Connections() {
  const tab = useTab('running', 'sessions', 'endpoints', 'refusals')
  return (
    <Screen title={t.title} about={t.about}>
      <Tabs {...tab} keepMounted={false}>
        <Strip mb="md">
          <Tabs.Tab value="running" leftSection={<IconArrowsExchange size={16} />}>{t.running}</Tabs.Tab>
          <Tabs.Tab value="sessions" leftSection={<IconActivity size={16} />}>{t.sessions}</Tabs.Tab>
          <Tabs.Tab value="endpoints" leftSection={<IconClockHour4 size={16} />}>{t.endpoints}</Tabs.Tab>
          <Tabs.Tab value="refusals" leftSection={<IconPlugX size={16} />}>{t.refusals}</Tabs.Tab>
        </Strip>
        <Tabs.Panel value="running"><RunningConnections /></Tabs.Panel>
        <Tabs.Panel value="sessions"><Sessions /></Tabs.Panel>
        <Tabs.Panel value="endpoints"><Running /></Tabs.Panel>
        <Tabs.Panel value="refusals"><Refusals /></Tabs.Panel>
      </Tabs>
    </Screen>
  )
}

function Sessions() {
  const [page, setPage] = useState(1)
  const read = useRead('session/list', { page, size: 20 }, { refetchInterval: 3_000 })
  return (
    <Card withBorder radius="lg" padding={0}>
      <Loaded from={read}>
        {(data) =>
          data.list.length === 0 ? <Empty icon={IconActivity} title={t.none}>{t.noneHow}</Empty> : (
            <>
              <DataTable
                label={t.sessions} rows={data.list} id={(s) => `${s.username}/${s.session}`}
                columns={[
                  { head: t.session, cell: (s) => <span className="mono"><Typed>{s.session}</Typed></span> },
                  { head: t.account, cell: (s) => <><span className="mono"><Typed>{s.username}</Typed></span><Text fz="xs" c="dimmed">{productName(s.product_type)}</Text></> },
                  { head: t.place, cell: (s) => <Place code={s.country_code} state={s.state} city={s.city} /> },
                  { head: t.exit, cell: (s) => <span className="mono">#{s.exit_id}</span> },
                  { head: t.since, cell: (s) => when(s.created_at) },
                  { head: t.until, cell: (s) => when(s.expired_at) },
                  { head: '', actions: true, cell: (s) => <End session={s.session} username={s.username} /> },
                ]}
              />
              <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

function End({ session, username }: { session: string; username: string }) {
  const end = useWrite('session/end', ['session/list'])
  return <Button size="compact-sm" variant="default" loading={end.isPending} aria-label={`${t.end} ${session}`} onClick={() => end.mutate({ session, username }, { onError: failed, onSuccess: () => done(t.ended) })}>{t.end}</Button>
}

function Refusals() {
  const [page, setPage] = useState(1)
  const read = useRead('proxy-account/refusals', { page, size: 20 }, { refetchInterval: 5_000 })
  return (
    <Card withBorder radius="lg" padding={0}>
      <Loaded from={read}>
        {(data) =>
          data.list.length === 0 ? <Empty icon={IconCircleOff} title={t.noRefusals}>{t.noRefusalsHow}</Empty> : (
            <>
              <DataTable
                label={t.refusals} rows={data.list} id={(r) => String(r.id)}
                columns={[
                  { head: t.reason, cell: (r) => <><Text fz="sm" fw={600}>{r.reason_text}</Text><Group gap={6} mt={2}><State tone="warn">{r.http_status}</State>{r.times > 1 && <Text span fz="xs" fw={600}>{say(t.times, { n: number(r.times) })}</Text>}<Text span fz="xs" c="dimmed" className="mono">{r.reason}</Text></Group></> },
                  { head: t.account, cell: (r) => (r.username ? <span className="mono"><Typed>{r.username}</Typed></span> : <Text span fz="sm" c="dimmed">{t.byAddress}</Text>) },
                  { head: t.destination, cell: (r) => <span className="mono"><Typed>{r.destination || '–'}</Typed></span> },
                  { head: t.client, cell: (r) => <span className="mono">{r.client}</span> },
                  { head: t.time, cell: (r) => when(r.created_at) },
                ]}
              />
              <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Card>
  )
}
