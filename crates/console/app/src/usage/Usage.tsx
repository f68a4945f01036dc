// Traffic by day, hour, account, country or destination, of a range and an account, also as CSV.

import { Button, Card, Group, Progress, SegmentedControl, Select, SimpleGrid, Text } from '@mantine/core'
import { IconChartBar, IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { type Answer, urlOf } from '../api/client'
import { useRead } from '../api/hooks'
import { Flag, Stat, Typed } from '../lib/bits'
import { Chart } from '../lib/Chart'
import { DataTable, Pager } from '../lib/DataTable'
import { download } from '../lib/download'
import { country, number, percent, shortDay, size, wall } from '../lib/format'
import { either, texts } from '../lib/lang'
import { type AccountType, accountTypeOptions } from '../lib/products'
import { Empty, Loaded, Panel, Screen } from '../lib/ui'
import { useCustomerLost, useLiveUsage } from '../shell/live'
import { useSite } from '../shell/site'
import { AccountSelect } from './AccountSelect'

const t = texts({
  title: ['用量', 'Usage'],
  about: ['数据在 2 秒内更新；流量按请求和响应的双向字节计算。', 'Fresh within two seconds. Bytes of both directions count.'],
  csv: ['下载 CSV', 'Download CSV'],
  range: ['时间范围', 'Range'],
  today: ['今天', 'Today'],
  week: ['7 天', '7 days'],
  month: ['30 天', '30 days'],
  quarter: ['90 天', '90 days'],
  by: ['统计方式', 'Breakdown'],
  day: ['天', 'Day'],
  hour: ['小时', 'Hour'],
  account: ['账号', 'Account'],
  country: ['国家/地区', 'Country'],
  host: ['目标域名', 'Destination'],
  anyType: ['全部类型', 'Every type'],
  type: ['套餐类型', 'Product type'],
  total: ['合计', 'In all'],
  mean: ['日均', 'A day on average'],
  peak: ['最高一天', 'Highest day'],
  flow: ['流量', 'Traffic'],
  share: ['占比', 'Share'],
  connections: ['连接数', 'Connections'],
  none: ['此范围内没有流量', 'No traffic in this range'],
  noneHow: ['换个时间范围，或在端点生成器中发送第一个请求。', 'Choose another range, or send a first request with the endpoint generator.'],
  byAddress: ['白名单地址', 'Allowlisted addresses'],
  clear: ['清除', 'Clear'],
})

const DAYS = { today: 1, week: 7, month: 30, quarter: 90 } as const
type Range = keyof typeof DAYS
type Group_ = 'day' | 'hour' | 'account' | 'country' | 'host'

export function Usage() {
  useLiveUsage()
  const { time_zone: zone } = useSite()
  const [range, setRange] = useState<Range>('week')
  const [by, setBy] = useState<Group_>('day')
  const [username, setUsername] = useState<string | null>(null)
  const [type, setType] = useState<string | null>(null)
  const start_time = wall(new Date(Date.now() - (DAYS[range] - 1) * 86_400_000), zone).slice(0, 10)
  const filter = { start_time, username: username ?? undefined, product_type: type ? (Number(type) as AccountType) : undefined }
  const choose = (next: Range) => {
    setRange(next)
    if (next === 'today' && by === 'day') setBy('hour')
  }
  return (
    <Screen
      title={t.title} about={t.about}
      actions={<Csv filter={filter} by={by} />}
    >
      <Group gap="sm" className="filters">
        <SegmentedControl aria-label={t.range} value={range} onChange={(next) => choose(next as Range)} data={(['today', 'week', 'month', 'quarter'] as const).map((value) => ({ value, label: t[value] }))} />
        <AccountSelect value={username} onChange={setUsername} />
        <Select w={190} aria-label={t.type} placeholder={t.anyType} clearable clearButtonProps={{ 'aria-label': t.clear }} data={accountTypeOptions()} value={type} onChange={setType} />
      </Group>
      <Days filter={filter} />
      <Panel
        title={t.by}
        right={<SegmentedControl size="xs" aria-label={t.by} value={by} onChange={(next) => setBy(next as Group_)} data={(['day', 'hour', 'account', 'country', 'host'] as const).map((value) => ({ value, label: t[value] }))} />}
      >
        {by === 'day' ? <ByDay filter={filter} /> : by === 'hour' ? <ByHour filter={filter} /> : <ByThing key={by} filter={filter} by={by} />}
      </Panel>
    </Screen>
  )
}

interface Filter { start_time: string; username?: string; product_type?: AccountType }

/** What the screen shows, as a file. Days are sums that the page has; the rest has too many rows and comes from the server. */
function Csv({ filter, by }: { filter: Filter; by: Group_ }) {
  const read = useRead('user-usage-flow/total', filter)
  const look = { variant: 'default', leftSection: <IconDownload size={16} /> } as const
  if (by !== 'day') return <Button component="a" {...look} href={urlOf('user-usage-flow/detail', { ...filter, group_by: by, format: 'csv' })} download>{t.csv}</Button>
  const save = () => download('usage-by-day.csv', [['day', 'flow_kb'], ...(read.data?.list ?? []).map((row) => [row.day, row.flow])])
  return <Button {...look} disabled={!read.data} onClick={save}>{t.csv}</Button>
}

function Days({ filter }: { filter: Filter }) {
  const read = useRead('user-usage-flow/total', filter)
  const flows = read.data?.list.map((row) => row.flow) ?? []
  const sum = flows.reduce((all, flow) => all + flow, 0)
  return (
    <SimpleGrid className="wide-first" cols={{ base: 2, xs: 3 }} spacing={{ base: 'sm', sm: 'lg' }}>
      <Stat label={t.total} value={read.data ? size(sum) : '…'} live={useCustomerLost() === undefined} />
      <Stat label={t.mean} value={read.data ? size(Math.ceil(sum / Math.max(flows.length, 1))) : '…'} />
      <Stat label={t.peak} value={read.data ? size(Math.max(0, ...flows)) : '…'} />
    </SimpleGrid>
  )
}

function ByDay({ filter }: { filter: Filter }) {
  const read = useRead('user-usage-flow/total', filter)
  return (
    <Loaded from={read} lines={8}>
      {({ list }) => {
        if (list.every((row) => row.flow === 0)) return <Nothing />
        return <Chart kind="bar" height={300} name={t.flow} points={list.map((row) => ({ label: shortDay(row.day), flow: row.flow }))} />
      }}
    </Loaded>
  )
}

/** Hours come as pages of rows that have traffic; the newest 200 are drawn. */
function ByHour({ filter }: { filter: Filter }) {
  const read = useRead('user-usage-flow/detail', { ...filter, group_by: 'hour', size: 200 })
  return (
    <Loaded from={read} lines={8}>
      {({ list }) => {
        if (list.length === 0) return <Nothing />
        const rows = [...list].sort((a, b) => (a.hour ?? '').localeCompare(b.hour ?? ''))
        return <Chart kind="bar" height={300} name={t.flow} points={rows.map((row) => ({ label: `${shortDay(row.hour ?? '')} ${row.hour?.slice(11, 16)}`, flow: row.flow }))} />
      }}
    </Loaded>
  )
}

type DetailRow = Answer<'user-usage-flow/detail'>['list'][number]

function ByThing({ filter, by }: { filter: Filter; by: 'account' | 'country' | 'host' }) {
  const [page, setPage] = useState(1)
  const read = useRead('user-usage-flow/detail', { ...filter, group_by: by, page, size: 20 })
  const whole = useRead('user-usage-flow/flow-total', filter)
  const sum = whole.data?.flow ?? 0
  return (
    <Loaded from={read} lines={6}>
      {(data) =>
        data.list.length === 0 ? <Nothing /> : (
          <Card padding={0} m="calc(var(--mantine-spacing-lg) * -1)" mt={0}>
            <DataTable
              label={t[by]} rows={data.list} id={nameOf}
              columns={[
                { head: t[by], cell: (row) => <Named row={row} by={by} /> },
                { head: t.share, cell: (row) => <Share of={row.flow} sum={sum} name={nameOf(row)} /> },
                ...(data.list.some((row) => typeof row.connections === 'number') ? [{ head: t.connections, right: true, cell: (row: DetailRow) => number(row.connections ?? 0) }] : []),
                { head: t.flow, right: true, cell: (row) => size(row.flow) },
              ]}
            />
            <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
          </Card>
        )
      }
    </Loaded>
  )
}

const nameOf = (row: DetailRow) => row.username ?? row.country_code ?? row.host ?? row.hour ?? ''

function Named({ row, by }: { row: DetailRow; by: 'account' | 'country' | 'host' }) {
  if (by === 'country') {
    const code = row.country_code ?? ''
    return <span className="place">{code.length === 2 && <Flag code={code} />}{either(row.name_zh_cn ?? '', row.name_en ?? '') || country(code)}</span>
  }
  const name = nameOf(row)
  return name ? <span className="mono"><Typed>{name}</Typed></span> : <Text span c="dimmed" fz="sm">{t.byAddress}</Text>
}

function Share({ of, sum, name }: { of: number; sum: number; name: string }) {
  const share = sum > 0 ? of / sum : 0
  return <Group gap="xs" wrap="nowrap" miw={140}><Progress flex={1} value={share * 100} size="sm" aria-label={`${name} ${t.share}`} /><Text fz="xs" c="dimmed" w={48} ta="right" className="nums">{percent(share)}</Text></Group>
}

function Nothing() {
  return <Empty icon={IconChartBar} title={t.none}>{t.noneHow}</Empty>
}
