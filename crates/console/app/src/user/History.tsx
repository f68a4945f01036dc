// Open log-ins with a way to end them, and what was done in the customer's name.

import { Button, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { State } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { deviceOf } from '../lib/device'
import { when } from '../lib/format'
import { texts } from '../lib/lang'
import { Empty, Loaded, Panel, done, failed } from '../lib/ui'
import { deedOf, doerOf, meansOf, outcomeOf } from './deeds'

const t = texts({
  sessions: ['登录会话', 'Log-ins'],
  others: ['退出其他全部登录', 'End all others'],
  ended: ['已退出', 'Ended'],
  here: ['当前', 'This one'],
  end: ['退出', 'End'],
  browser: ['浏览器', 'Browser'],
  ip: ['地址', 'Address'],
  since: ['登录时间', 'Since'],
  seen: ['最近活动', 'Last seen'],
  activity: ['操作记录', 'Activity'],
  what: ['操作', 'What'],
  who: ['操作者', 'By'],
  outcome: ['结果', 'Outcome'],
  at: ['时间', 'When'],
  none: ['还没有记录', 'Nothing yet'],
})

export function Sessions() {
  const read = useRead('user/sessions')
  const others = useWrite('user/end-other-sessions', ['user/sessions'])
  return (
    <Panel title={t.sessions} pad={false} right={<Button size="xs" variant="default" loading={others.isPending} onClick={() => others.mutate({}, { onError: failed, onSuccess: () => done(t.ended) })}>{t.others}</Button>}>
      <Loaded from={read}>
        {({ list }) => (
          <DataTable
            label={t.sessions} rows={list} id={(s) => String(s.id)}
            columns={[
              { head: t.browser, cell: (s) => <>{deviceOf(s.agent)} {s.current && <State tone="good">{t.here}</State>}</> },
              { head: t.ip, cell: (s) => <span className="mono">{s.ip}</span> },
              { head: t.since, cell: (s) => when(s.created_at) },
              { head: t.seen, cell: (s) => when(s.seen_at) },
              { head: '', actions: true, cell: (s) => (s.current ? null : <End id={s.id} />) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

function End({ id }: { id: number }) {
  const end = useWrite('user/end-session', ['user/sessions'])
  return <Button size="compact-sm" variant="default" loading={end.isPending} aria-label={`${t.end} #${id}`} onClick={() => end.mutate({ id }, { onError: failed, onSuccess: () => done(t.ended) })}>{t.end}</Button>
}

export function Activity() {
  const [page, setPage] = useState(1)
  const read = useRead('user/activity', { page, size: 20 })
  return (
    <Panel title={t.activity} pad={false}>
      <Loaded from={read} lines={6}>
        {(data) =>
          data.list.length === 0 ? <Empty icon={IconHistory} title={t.none} /> : (
            <>
              <DataTable
                label={t.activity} rows={data.list} id={(row) => String(row.id)}
                columns={[
                  { head: t.what, cell: (row) => <>{deedOf(row.action)}<Text fz="xs" c="dimmed">{meansOf(row.actor, row.detail)}</Text></> },
                  { head: t.outcome, cell: (row) => <State tone={row.outcome === 'ok' ? 'good' : 'warn'}>{outcomeOf(row.outcome)}</State> },
                  { head: t.who, cell: (row) => doerOf(row.actor, row.outcome) },
                  { head: t.ip, cell: (row) => row.ip && <span className="mono">{row.ip}</span> },
                  { head: t.at, cell: (row) => when(row.created_at) },
                ]}
              />
              <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}
