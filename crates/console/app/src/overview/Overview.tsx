// What a customer sees first: balance, today's traffic as it runs, packages left, what needs attention, how to begin.

import { Anchor, Box, Button, Grid, Group, Progress, SimpleGrid, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconAlertTriangle, IconChartBar, IconChevronRight, IconCircleCheck, IconPackage, IconPlayerPlay } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { shown } from '../accounts/lines'
import { useRead } from '../api/hooks'
import { Code, Stat, State } from '../lib/bits'
import { Chart } from '../lib/Chart'
import { day, daysUntil, moment, money, number, size, wall } from '../lib/format'
import { say, texts } from '../lib/lang'
import { COUNT_TYPES, TRAFFIC_TYPES, productName } from '../lib/products'
import { Empty, Loaded, Panel, Screen } from '../lib/ui'
import { type Package, usePackages } from '../packages/all'
import { useCustomerLive, useCustomerLost, useLiveUsage } from '../shell/live'
import { useSite } from '../shell/site'
import { useAttention } from './attention'

const t = texts({
  title: ['概览', 'Overview'],
  balance: ['余额', 'Balance'],
  topUp: ['充值', 'Top up'],
  today: ['今日流量', 'Traffic today'],
  live: ['实时', 'Live'],
  old: ['{at} 的数据', 'as of {at}'],
  connections: ['今日连接', 'Connections today'],
  left: ['剩余流量', 'Traffic left'],
  leftHint: ['流量套餐：{n}', 'Traffic packages: {n}'],
  chart: ['最近 24 小时', 'Last 24 hours'],
  quiet: ['还没有流量', 'No traffic yet'],
  quietHow: ['经由代理发送第一个请求后，这里会在 2 秒内显示。', 'It shows here within two seconds of your first request through the proxy.'],
  generate: ['生成端点', 'Generate an endpoint'],
  more: ['查看用量', 'See usage'],
  attention: ['需要处理', 'Needs attention'],
  calm: ['一切正常，没有需要处理的事项。', 'Everything is in order.'],
  packages: ['有效套餐', 'Active packages'],
  allPackages: ['全部套餐', 'All packages'],
  others: ['另有 {n} 个', 'and {n} more'],
  until: ['{day} 到期', 'until {day}'],
  leftOf: ['剩余 {left} / {total}', '{left} of {total} left'],
  soon: ['{n} 天内到期', '{n} days left'],
  noPackage: ['还没有套餐', 'No packages yet'],
  noPackageHow: ['购买一个套餐后即可创建代理账号并开始使用。', 'Buy one, then create a proxy account and begin.'],
  shop: ['去购买', 'Go to the shop'],
  start: ['快速开始', 'Quick start'],
  startHow: ['复制到终端运行，流量会立即显示在上方。', 'Paste it into a terminal; the traffic shows above at once.'],
  generator: ['生成其他地区的端点', 'Generate for a place'],
  noAccount: ['还没有代理账号', 'No proxy account yet'],
  noAccountHow: ['账号是网关接受的用户名和密码。', 'An account is the username and password that gateways accept.'],
  create: ['创建账号', 'Create an account'],
})

export function Overview() {
  useLiveUsage()
  return (
    <Screen title={t.title}>
      <Figures />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}><Stack gap="lg"><Day /><QuickStart /></Stack></Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}><Stack gap="lg"><Attention /><Packages /></Stack></Grid.Col>
      </Grid>
    </Screen>
  )
}

function Figures() {
  const site = useSite()
  const live = useCustomerLive()
  const lost = useCustomerLost()
  const age = lost === undefined ? t.live : say(t.old, { at: moment(lost) })
  const user = useRead('user/info')
  const left = useTrafficLeft()
  const balance = live?.balance ?? user.data?.balance
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }} spacing={{ base: 'sm', sm: 'lg' }}>
      <Stat label={t.balance} value={balance === undefined ? '…' : money(balance, site.currency)} action={<Anchor component={Link} to="/shop" search={{ type: 3 } as never} fz="xs">{t.topUp}</Anchor>} />
      <Stat label={t.today} value={live ? size(live.today_flow) : '…'} live={lost === undefined} hint={age} />
      <Stat label={t.connections} value={live ? number(live.today_connections) : '…'} live={lost === undefined} hint={age} />
      <Stat label={t.left} value={left ? size(left.kb) : '…'} hint={left && say(t.leftHint, { n: number(left.packages) })} />
    </SimpleGrid>
  )
}

/** What is left in every kind of bucket, as the server sums it: a list would stop at its first page. */
function useTrafficLeft(): { kb: number; packages: number } | undefined {
  const sums = TRAFFIC_TYPES.map((type) => useRead('user-product/summary', { product_type: type as 9 }).data)
  if (sums.some((sum) => sum === undefined)) return undefined
  return { kb: sums.reduce((all, sum) => all + (sum?.effective ?? 0), 0), packages: sums.reduce((all, sum) => all + (sum?.effective_count ?? 0), 0) }
}

/** The last 24 hours of the site's clock, empty ones included. */
function hoursOf(zone: string): string[] {
  const now = Date.now()
  return Array.from({ length: 24 }, (_, i) => `${wall(new Date(now - (23 - i) * 3_600_000), zone).slice(0, 13)}:00:00`)
}

function Day() {
  const { time_zone: zone } = useSite()
  const hours = hoursOf(zone)
  const read = useRead('user-usage-flow/detail', { group_by: 'hour', start_time: hours[0], size: 200 })
  return (
    <Panel title={t.chart} right={<Anchor component={Link} to="/usage" fz="sm">{t.more}</Anchor>}>
      <Loaded from={read} lines={8}>
        {({ list }) => {
          if (list.length === 0) return <Empty icon={IconChartBar} title={t.quiet} action={<Button variant="light" component={Link} to="/generator">{t.generate}</Button>}>{t.quietHow}</Empty>
          const by = new Map(list.map((row) => [row.hour, row.flow]))
          return <Chart kind="bar" name={t.chart} points={hours.map((hour) => ({ label: hour.slice(11, 16), flow: by.get(hour) ?? 0 }))} />
        }}
      </Loaded>
    </Panel>
  )
}

function Attention() {
  const things = useAttention()
  return (
    <Panel title={t.attention}>
      {things.length === 0 ? (
        <Group gap="sm" wrap="nowrap"><ThemeIcon variant="light" color="green" radius="xl"><IconCircleCheck size={18} aria-hidden /></ThemeIcon><Text fz="sm" c="dimmed">{t.calm}</Text></Group>
      ) : (
        <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {things.map((thing) => (
            <Group component="li" key={thing.text} gap="sm" wrap="nowrap" align="flex-start">
              <ThemeIcon variant="light" color={thing.urgent ? 'red' : 'orange'} radius="xl" size="sm" mt={2}><IconAlertTriangle size={13} aria-hidden /></ThemeIcon>
              <Text fz="sm" flex={1}>{thing.text}</Text>
              <Anchor component={Link} to={thing.to} search={thing.search as never} fz="sm" style={{ whiteSpace: 'nowrap' }}>{thing.action}<IconChevronRight size={13} style={{ verticalAlign: -2 }} aria-hidden /></Anchor>
            </Group>
          ))}
        </Stack>
      )}
    </Panel>
  )
}

/** Packages that stand on the overview: the ones that end first. */
const SHOWN = 8

function Packages() {
  const read = usePackages(1)
  return (
    <Panel title={t.packages} right={<Anchor component={Link} to="/packages" fz="sm">{t.allPackages}</Anchor>}>
      <Loaded from={read}>
        {(active) => {
          if (active.length === 0) return <Empty icon={IconPackage} title={t.noPackage} action={<Button component={Link} to="/shop">{t.shop}</Button>}>{t.noPackageHow}</Empty>
          return (
            <Stack gap="md">
              {active.slice(0, SHOWN).map((p) => <PackageRow key={p.id} of={p} />)}
              {active.length > SHOWN && <Anchor component={Link} to="/packages" fz="sm">{say(t.others, { n: number(active.length - SHOWN) })}</Anchor>}
            </Stack>
          )
        }}
      </Loaded>
    </Panel>
  )
}

function PackageRow({ of: p }: { of: Package }) {
  const { time_zone: zone } = useSite()
  const days = daysUntil(p.expired_at, zone)
  const counts = COUNT_TYPES.includes(p.product_type)
  const show = counts ? number : size
  return (
    <Box>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fz="sm" fw={600} lineClamp={2}>{p.title}</Text>
        {days <= 7 ? <State tone="warn">{say(t.soon, { n: Math.max(days, 0) })}</State> : <Text fz="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>{say(t.until, { day: day(p.expired_at) })}</Text>}
      </Group>
      {p.total > 0 ? (
        <>
          <Progress value={(p.left / p.total) * 100} size="sm" mt={6} aria-label={p.title} color={p.left / p.total < 0.1 ? 'orange' : 'brand'} />
          <Text fz="xs" c="dimmed" className="nums" mt={4}>{say(t.leftOf, { left: show(p.left), total: show(p.total) })}</Text>
        </>
      ) : (
        <Text fz="xs" c="dimmed">{productName(p.product_type)}</Text>
      )}
    </Box>
  )
}

function QuickStart() {
  const entry = useRead('entry')
  const accounts = useRead('whitelist-account/list', { page: 1, size: 20 })
  return (
    <Panel title={t.start} right={<Anchor component={Link} to="/generator" fz="sm">{t.generator}</Anchor>}>
      <Loaded from={accounts}>
        {({ list }) => {
          const account = list.find((a) => a.status === 1)
          if (!account) return <Empty icon={IconPlayerPlay} title={t.noAccount} action={<Button component={Link} to="/accounts">{t.create}</Button>}>{t.noAccountHow}</Empty>
          const prefix = entry.data?.account_prefix ? `${entry.data.account_prefix}-` : ''
          return (
            <Stack gap="sm">
              <Text fz="sm" c="dimmed">{t.startHow}</Text>
              {entry.data && <Code text={`curl -x http://${entry.data.host}:${entry.data.port} \\\n     -U ${prefix}${account.username}:${shown(account.password)} ${entry.data.sample_url}`} />}
            </Stack>
          )
        }}
      </Loaded>
    </Panel>
  )
}
