// Extracted endpoints that run: what is left of each life, and how to end one early.

import { Box, Button, Card, Group, Progress, Text } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { IconClockHour4 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Row } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { Place, useQuestion } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { DataTable, Pager } from '../lib/DataTable'
import { left, secondsBetween, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Empty, Loaded, done, failed } from '../lib/ui'

type Endpoint = Row<'endpoint/list'>

const t = texts({
  title: ['提取的端点', 'Extracted endpoints'],
  none: ['没有正在使用的端点', 'No endpoint runs now'],
  noneHow: ['从提取链接获得的端点会显示在这里，直到有效期结束。', 'Endpoints that you extract show here until their life ends.'],
  extract: ['提取端点', 'Extract endpoints'],
  endpoint: ['端点', 'Endpoint'],
  place: ['出口位置', 'Leaves from'],
  exit: ['出口', 'Exit'],
  since: ['提取时间', 'Since'],
  life: ['剩余时间', 'Time left'],
  over: ['已到期', 'Over'],
  until: ['至 {at}', 'until {at}'],
  end: ['结束', 'End'],
  endPicked: ['结束所选 {n} 个', 'End the selected ({n})'],
  endAll: ['全部结束', 'End all'],
  allTitle: ['结束全部端点？', 'End every endpoint?'],
  allText: ['所有端口立即释放，新连接会被拒绝；已建立的连接不受影响。', 'All ports are free at once and refuse new connections; connections that run stay.'],
  ended: ['端点已结束，端口已释放', 'Ended; the port is free'],
  endedMany: ['已结束 {n} 个端点', 'Endpoints ended: {n}'],
})

const addressOf = (one: Endpoint) => `${one.host}:${one.port}`

export function Running() {
  const [page, setPage] = useState(1)
  const [picked, setPicked] = useState(new Set<string>())
  const read = useRead('endpoint/list', { page, size: 20 }, { refetchInterval: 5_000 })
  return (
    <Card withBorder radius="lg" padding={0}>
      <Loaded from={read}>
        {(data) =>
          data.total_count === 0 ? <Empty icon={IconClockHour4} title={t.none} action={<Button component={Link} to="/generator" search={{ tab: 'link' } as never}>{t.extract}</Button>}>{t.noneHow}</Empty> : (
            <>
              <Actions picked={picked} clear={() => setPicked(new Set())} />
              <Endpoints rows={data.list} at={read.dataUpdatedAt} picked={picked} onPick={setPicked} />
              <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

function Endpoints({ rows, at, picked, onPick }: { rows: Endpoint[]; at: number; picked: Set<string>; onPick: (next: Set<string>) => void }) {
  return (
    <DataTable
      label={t.title} rows={rows} id={(one) => String(one.port)} picked={picked} onPick={onPick}
      columns={[
        { head: t.endpoint, cell: (one) => <><Group gap={2} wrap="nowrap" display="inline-flex"><span className="mono line">{addressOf(one)}</span><CopyButton text={addressOf(one)} /></Group><Text fz="xs" c="dimmed">{productName(one.product_type)}</Text></> },
        { head: t.place, cell: (one) => <Place code={one.country_code} state={one.state} city={one.city} /> },
        { head: t.exit, cell: (one) => <span className="mono">#{one.exit_id}</span> },
        { head: t.since, cell: (one) => when(one.created_at) },
        { head: t.life, cell: (one) => <Life of={one} at={at} /> },
        { head: '', actions: true, cell: (one) => <End port={one.port} /> },
      ]}
    />
  )
}

/** Counts down from what the server said at `at`, so that a wrong clock of the reader's does no harm. */
function Life({ of: one, at }: { of: Endpoint; at: number }) {
  const [now, setNow] = useState(Date.now)
  const { start, stop } = useInterval(() => setNow(Date.now()), 1_000)
  useEffect(() => { start(); return stop }, [start, stop])
  const seconds = Math.max(0, one.seconds_left - Math.max(0, Math.floor((now - at) / 1_000)))
  const whole = Math.max(1, secondsBetween(one.created_at, one.expired_at))
  const share = Math.min(1, seconds / whole)
  return (
    <Box miw={120}>
      <Text fz="sm" className="nums" style={{ whiteSpace: 'nowrap' }}>{seconds > 0 ? left(seconds) : t.over}</Text>
      <Progress value={share * 100} size={4} mt={4} color={share < 0.1 ? 'orange' : 'brand'} aria-label={`${t.life} ${one.port}`} />
      <Text fz="xs" c="dimmed" mt={2}>{say(t.until, { at: when(one.expired_at) })}</Text>
    </Box>
  )
}

function End({ port }: { port: number }) {
  const end = useWrite('endpoint/end', ['endpoint/list'])
  return <Button size="compact-sm" variant="default" loading={end.isPending} aria-label={`${t.end} ${port}`} onClick={() => end.mutate({ ports: String(port) }, { onError: failed, onSuccess: () => done(t.ended) })}>{t.end}</Button>
}

function Actions({ picked, clear }: { picked: Set<string>; clear: () => void }) {
  const end = useWrite('endpoint/end', ['endpoint/list'])
  const { dialog, question } = useQuestion()
  const run = (ports: string) => end.mutate({ ports }, { onError: failed, onSuccess: ({ ended }) => { done(say(t.endedMany, { n: ended })); clear() } })
  return (
    <Group p="md" pb={0} gap="xs" justify="flex-end">
      {picked.size > 0 && <Button size="compact-sm" variant="light" loading={end.isPending} onClick={() => run([...picked].join(','))}>{say(t.endPicked, { n: picked.size })}</Button>}
      <Button size="compact-sm" variant="default" loading={end.isPending} onClick={() => question({ title: t.allTitle, text: t.allText, yes: t.endAll, then: () => run('*') })}>{t.endAll}</Button>
      {dialog}
    </Group>
  )
}
