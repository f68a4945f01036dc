// What an operator sees first: what is wrong, what moves, what came in, how often exits succeed.

import { Anchor, Box, Button, Group, Progress, SegmentedControl, SimpleGrid, Stack, Table, Text, ThemeIcon, UnstyledButton } from '@mantine/core'
import { IconActivity, IconAlertTriangle, IconArrowsExchange, IconChecklist, IconCircleCheck, IconCoins, IconPalette, IconRouter, IconWorld } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { money, number, percent, shortDay, when } from '../lib/format'
import { either, say, texts } from '../lib/lang'
import { Empty, Loaded, Panel, Screen } from '../lib/ui'
import { NOBODY, useSite } from '../shell/site'
import { useAsk } from './api'
import { Bars, Spark } from './charts'
import { Country, Figure, Mark, bytes, share, toneOf } from './kit'
import { type Alarm, useLive, useLost, useRates } from './live'
import { placeOf } from './nav'

const t = texts({
  title: ['总览', 'Dashboard'],
  about: ['全部站点的实时状况；日期按 UTC。', 'All sites, live. Days are UTC’s.'],
  today: ['今日流量', 'Traffic today'],
  connections: ['{n} 个连接', '{n} connections'],
  rate: ['当前速率', 'Right now'],
  second: ['{n}/秒', '{n}/s'],
  customers: ['客户', 'Customers'],
  exits: ['出口', 'Exits'],
  gateways: ['在线网关 {n}', 'Gateways online: {n}'],
  income: ['今日收入', 'Income today'],
  topups: ['充值 {n}', '{n} topped up'],
  traffic: ['流量', 'Traffic'],
  hours: ['48 小时', '48 hours'],
  days: ['30 天', '30 days'],
  up: ['上行', 'Up'],
  down: ['下行', 'Down'],
  all: ['合计', 'Total'],
  revenue: ['收入，30 天', 'Income, 30 days'],
  sales: ['销售', 'Sales'],
  topped: ['充值', 'Top-ups'],
  places: ['各地成功率，24 小时', 'Success by place, 24 hours'],
  worst: ['出口成功率，24 小时', 'Success by exit, 24 hours'],
  success: ['成功率', 'Success'],
  attention: ['需要关注', 'What needs attention'],
  fine: ['一切正常', 'All is well'],
  fineHow: ['没有需要处理的事项。', 'Nothing waits for you.'],
  noTraffic: ['过去 24 小时没有流量。添加出口并开通账号后，这里会显示成功率。', 'Nothing left through an exit within 24 hours. Once customers use them, their success shows here.'],
  gateway: ['网关', 'Gateways'],
  since: ['自 {at} 运行', 'running since {at}'],
  reported: ['最近上报流量 {at}', 'last reported traffic {at}'],
  noSite: ['还没有站点', 'No site yet'],
  noSiteHow: ['先创建第一个站点，即客户看到的品牌。', 'Make the first one: the brand that customers see.'],
  toSites: ['前往站点与品牌', 'Go to Sites & brands'],
  // A gateway reports what it counted: while no traffic passes, it is online and has nothing to tell.
  quiet: ['网关在线，有流量后会在这里显示其上报。', 'Online. What it reports stands here once traffic passes.'],
  none: ['没有在线的网关', 'No gateway is online'],
})

interface Hour { at: string; up: number; down: number; connections: number }
interface Day { day: string; bytes: number; connections: number }
interface Uses { connections: number; failures: number; bytes: number; country: string }
interface Overview {
  traffic: { hours: Hour[]; days: Day[] }
  revenue: { currency: string; days: { day: string; sales: number; topups: number; orders: number }[] }[]
  success: { places: (Uses & { exits: number })[]; exits: (Uses & { id: number; target: string })[] }
  gateways: { connected: number; list: { name: string; started_at: string; reported_at: string; batches: number }[] }
  alarms: Alarm[]
}

const BLUE = 'light-dark(var(--mantine-color-brand-6), var(--mantine-color-brand-4))'
const PALE = 'light-dark(var(--mantine-color-brand-3), var(--mantine-color-brand-7))'

export function Home() {
  const isFresh = useSite() === NOBODY
  const overview = useAsk<Overview>('overview/show', {}, { refetchInterval: 30_000 })
  return (
    <Screen title={t.title} about={t.about}>
      {isFresh && <Panel><Empty icon={IconPalette} title={t.noSite} action={<Button component={Link} to="/control/sites">{t.toSites}</Button>}>{t.noSiteHow}</Empty></Panel>}
      <Loaded from={overview} lines={8}>{(data) => <Board data={data} />}</Loaded>
    </Screen>
  )
}

function Board({ data }: { data: Overview }) {
  const live = useLive()
  const lost = useLost() !== undefined
  const rates = useRates()
  const connected = live?.gateways ?? data.gateways.connected
  const takings = data.revenue.map((one) => ({ currency: one.currency, ...one.days.at(-1)! }))
  const main = [...takings].sort((a, b) => b.sales + b.topups - a.sales - a.topups)[0]
  return (
    <Stack gap="lg">
      <Attention alarms={live?.alarms ?? data.alarms} />
      <SimpleGrid cols={{ base: 2, lg: 4 }} spacing={{ base: 'sm', sm: 'md' }} opacity={lost ? 0.55 : 1}>
        <Figure label={t.today} icon={IconArrowsExchange} value={live ? bytes(live.today_bytes) : '…'} note={say(t.connections, { n: number(live?.today_connections ?? 0) })} />
        <Figure label={t.rate} icon={IconActivity} value={lost ? '–' : say(t.second, { n: bytes(rates.at(-1) ?? 0) })} note={<Spark values={rates} label={t.rate} height={22} />} />
        <Figure label={t.income} icon={IconCoins} value={main ? money(main.sales, main.currency) : '–'} note={takings.map((one) => [one !== main && money(one.sales, one.currency), one.topups > 0 && say(t.topups, { n: money(one.topups, one.currency) })].filter(Boolean).join(' · ')).filter(Boolean).join(' · ') || '\u00a0'} />
        <Figure label={t.exits} icon={IconWorld} value={live ? number(live.exits) : '…'} note={<>{t.customers} {number(live?.customers ?? 0)} · {say(t.gateways, { n: number(connected) })}</>} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md"><Traffic data={data} /><Revenue data={data} /></SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel title={t.places} pad={false}><Success rows={data.success.places} name={(row) => <Country code={row.country} />} keyOf={(row) => row.country} /></Panel>
        <Panel title={t.worst} pad={false}><Success rows={data.success.exits} name={(row) => <Anchor component={Link} to={`/control/exits?search=${row.id}` as never} fz="sm" className="mono">{row.target}</Anchor>} keyOf={(row) => row.target} /></Panel>
      </SimpleGrid>
      <Panel title={t.gateway} right={connected > 0 && <Text fz="sm" c="dimmed" className="nums">{say(t.gateways, { n: number(connected) })}</Text>}>
        {data.gateways.list.length === 0 && <Text fz="sm" c="dimmed">{connected > 0 ? t.quiet : t.none}</Text>}
        <Stack gap="sm">
          {data.gateways.list.map((one) => (
            <Group key={one.name} gap="sm" wrap="nowrap">
              <ThemeIcon variant="light" radius="md"><IconRouter size={18} aria-hidden /></ThemeIcon>
              <Box miw={0}>
                <Text fz="sm" fw={600}>{one.name}</Text>
                <Text fz="xs" c="dimmed">{say(t.since, { at: when(one.started_at) })} · {say(t.reported, { at: when(one.reported_at) })}</Text>
              </Box>
            </Group>
          ))}
        </Stack>
      </Panel>
    </Stack>
  )
}

function Attention({ alarms }: { alarms: Alarm[] }) {
  if (alarms.length === 0) {
    return (
      <Panel>
        <Group gap="sm" wrap="nowrap">
          <ThemeIcon variant="light" color="teal" radius="xl" size="lg"><IconCircleCheck size={20} aria-hidden /></ThemeIcon>
          <Box><Text fw={600} fz="sm">{t.fine}</Text><Text fz="sm" c="dimmed">{t.fineHow}</Text></Box>
        </Group>
      </Panel>
    )
  }
  return (
    <Panel title={t.attention}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="sm">
        {alarms.map((alarm) => (
          <UnstyledButton key={alarm.slug} component={Link} to={placeOf(alarm.slug)}>
            <Group gap="sm" wrap="nowrap">
              <ThemeIcon variant="light" color={alarm.level === 'bad' ? 'red' : alarm.level === 'warn' ? 'orange' : 'brand'} radius="md" size="lg">
                {alarm.level === 'todo' ? <IconChecklist size={18} aria-hidden /> : <IconAlertTriangle size={18} aria-hidden />}
              </ThemeIcon>
              <Text fz="sm">{either(alarm.text.zh, alarm.text.en)} <b className="nums">{number(alarm.count)}</b></Text>
            </Group>
          </UnstyledButton>
        ))}
      </SimpleGrid>
    </Panel>
  )
}

function Traffic({ data }: { data: Overview }) {
  const [span, setSpan] = useState('hours')
  const hours = data.traffic.hours.map((hour) => ({ key: hour.at, label: when(hour.at), parts: [hour.down, hour.up] }))
  const days = data.traffic.days.map((day) => ({ key: day.day, label: shortDay(day.day), parts: [day.bytes] }))
  return (
    <Panel title={t.traffic} right={<SegmentedControl size="xs" value={span} onChange={setSpan} data={[{ value: 'hours', label: t.hours }, { value: 'days', label: t.days }]} />}>
      {span === 'hours' ? (
        <Bars label={`${t.traffic}, ${t.hours}`} bars={hours} colours={[BLUE, PALE]} names={[t.down, t.up]} show={bytes} height={180} />
      ) : (
        <Bars label={`${t.traffic}, ${t.days}`} bars={days} colours={[BLUE]} names={[t.all]} show={bytes} height={180} />
      )}
    </Panel>
  )
}

function Revenue({ data }: { data: Overview }) {
  const busiest = [...data.revenue].sort((a, b) => sum(b.days) - sum(a.days))[0]
  const [chosen, setChosen] = useState<string>()
  const shown = data.revenue.find((one) => one.currency === chosen) ?? busiest
  const currencies = data.revenue.map((one) => one.currency)
  if (!shown) return null
  return (
    <Panel title={t.revenue} right={currencies.length > 1 && <SegmentedControl size="xs" value={shown.currency} onChange={setChosen} data={currencies} />}>
      <Bars
        label={t.revenue} colours={[BLUE, PALE]} names={[t.sales, t.topped]} height={180} show={(value) => money(value, shown.currency)}
        bars={shown.days.map((day) => ({ key: day.day, label: shortDay(day.day), parts: [Math.max(0, day.sales), Math.max(0, day.topups)] }))}
      />
    </Panel>
  )
}

const sum = (days: { sales: number; topups: number }[]) => days.reduce((all, day) => all + day.sales + day.topups, 0)

function Success<T extends Uses>({ rows, name, keyOf }: { rows: T[]; name: (row: T) => React.ReactNode; keyOf: (row: T) => string }) {
  if (rows.length === 0) return <Text fz="sm" c="dimmed" p="lg" pt="xs">{t.noTraffic}</Text>
  return (
    <Table horizontalSpacing="lg" verticalSpacing={8}>
      <Table.Tbody>
        {rows.slice(0, 10).map((row) => {
          const rate = share(row.connections, row.failures)
          return (
            <Table.Tr key={keyOf(row)}>
              <Table.Td fz="sm" maw={220} style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{name(row)}</Table.Td>
              <Table.Td visibleFrom="sm" w="26%"><Progress value={(rate ?? 0) * 100} color={toneOf(rate) === 'good' ? 'teal' : toneOf(rate) === 'warn' ? 'yellow' : 'red'} size="sm" aria-label={t.success} /></Table.Td>
              <Table.Td ta="right" className="nums"><Mark tone={toneOf(rate)}>{rate === undefined ? '–' : percent(rate)}</Mark></Table.Td>
              <Table.Td ta="right" className="nums line" fz="sm" c="dimmed">{bytes(row.bytes)}</Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
