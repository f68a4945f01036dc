// All packages: how much of each is left, until when, and whether it renews by itself.

import { Anchor, Badge, Button, Card, Group, Progress, Select, Switch, Tabs, Text, TextInput } from '@mantine/core'
import { IconPackage, IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useWrite } from '../api/hooks'
import { State } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { day, daysUntil, number, size } from '../lib/format'
import { say, texts } from '../lib/lang'
import { COUNT_TYPES, productName } from '../lib/products'
import { Strip, useTab } from '../lib/tabs'
import { Empty, Loaded, Screen, done, failed } from '../lib/ui'
import { useSite } from '../shell/site'
import { Log } from './Log'
import { type Package, usePackages } from './all'

const t = texts({
  title: ['套餐', 'Packages'],
  about: ['先到期的套餐先使用。', 'The one that ends first is spent first.'],
  buy: ['购买套餐', 'Buy a package'],
  list: ['全部套餐', 'All packages'],
  log: ['自动续费记录', 'Renewal log'],
  find: ['按名称或订单号查找', 'Find by name or order'],
  anyState: ['全部状态', 'Every state'],
  state: ['状态', 'State'],
  s1: ['有效', 'Active'],
  s2: ['已用完', 'Used up'],
  s3: ['已过期', 'Expired'],
  left: ['剩余', 'Left'],
  leftOf: ['{left} / {total}', '{left} of {total}'],
  caps: ['{bandwidth} Mbit/s，{concurrency} 个连接', '{bandwidth} Mbit/s, {concurrency} connections'],
  until: ['到期', 'Until'],
  days: ['剩 {n} 天', '{n} days left'],
  auto: ['自动续费', 'Renews itself'],
  on: ['已开启自动续费', 'Renews by itself from now on'],
  off: ['已关闭自动续费', 'Does not renew by itself any more'],
  order: ['订单', 'Order'],
  granted: ['赠送', 'Granted'],
  none: ['还没有套餐', 'No packages yet'],
  noneHow: ['购买一个套餐后即可创建代理账号并开始使用。', 'Buy one, then create a proxy account and begin.'],
  noMatch: ['没有匹配的套餐', 'No package fits'],
})

const SHOWN = 20
const TONES = { 1: 'good', 2: 'idle', 3: 'bad' } as const
const stateName = (status: number) => (t as Record<string, string>)[`s${status}`] ?? String(status)

export function Packages() {
  const tab = useTab('list', 'log')
  return (
    <Screen title={t.title} about={t.about} actions={<Button component={Link} to="/shop">{t.buy}</Button>}>
      <Tabs {...tab} keepMounted={false}>
        <Strip mb="lg"><Tabs.Tab value="list">{t.list}</Tabs.Tab><Tabs.Tab value="log">{t.log}</Tabs.Tab></Strip>
        <Tabs.Panel value="list"><All /></Tabs.Panel>
        <Tabs.Panel value="log"><Log /></Tabs.Panel>
      </Tabs>
    </Screen>
  )
}

function All() {
  const [page, setPage] = useState(1)
  const [word, setWord] = useState('')
  const [status, setStatus] = useState<string | null>(null)
  const read = usePackages(status === null ? undefined : (Number(status) as 1 | 2 | 3))
  const sought = word.trim().toLowerCase()
  // Until the chosen state is here the rows of the one before stand there: they are not it.
  const fits = (p: Package) => (status === null || p.status === Number(status)) && `${p.title} ${productName(p.product_type)} ${p.trade_no}`.toLowerCase().includes(sought)
  return (
    <Card withBorder radius="lg" padding={0}>
      <Group p="md" gap="sm" className="filters">
        <TextInput flex={1} miw={200} maw={340} aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={16} />} value={word} onChange={(e) => { setWord(e.currentTarget.value); setPage(1) }} />
        <Select w={170} aria-label={t.state} placeholder={t.anyState} clearable clearButtonProps={{ 'aria-label': t.anyState }} value={status} onChange={(next) => { setStatus(next); setPage(1) }} data={[1, 2, 3].map((n) => ({ value: String(n), label: stateName(n) }))} />
      </Group>
      <Loaded from={read} lines={6}>
        {(all) => {
          const found = all.filter(fits)
          if (all.length === 0 && status === null) return <Empty icon={IconPackage} title={t.none} action={<Button component={Link} to="/shop">{t.buy}</Button>}>{t.noneHow}</Empty>
          if (found.length === 0) return <Empty icon={IconSearch} title={t.noMatch} />
          const pages = Math.ceil(found.length / SHOWN)
          const at = Math.min(page, pages)
          return <><Rows rows={found.slice((at - 1) * SHOWN, at * SHOWN)} /><Pager page={at} pages={pages} total={found.length} onPage={setPage} /></>
        }}
      </Loaded>
    </Card>
  )
}

function Rows({ rows }: { rows: Package[] }) {
  return (
    <DataTable
      label={t.title} rows={rows} id={(p) => String(p.id)}
      columns={[
        { head: t.title, cell: (p) => <><Text fz="sm" fw={600} className="typed">{p.title}</Text><Text fz="xs" c="dimmed">{productName(p.product_type)} · #{p.id}</Text></> },
        { head: t.state, cell: (p) => <State tone={TONES[p.status as 1] ?? 'idle'}>{stateName(p.status)}</State> },
        { head: t.left, cell: (p) => <Left of={p} /> },
        { head: t.until, cell: (p) => <Until of={p} /> },
        { head: t.auto, cell: (p) => (p.status === 1 ? <Auto of={p} /> : '–') },
        { head: t.order, cell: (p) => (p.trade_no ? <Anchor component={Link} to="/orders/$no" params={{ no: p.trade_no } as never} fz="xs" className="mono">{p.trade_no}</Anchor> : <Badge variant="light" tt="none" className="tone-idle">{t.granted}</Badge>) },
      ]}
    />
  )
}

function Left({ of: p }: { of: Package }) {
  if (p.bandwidth) return <Text fz="sm">{say(t.caps, { bandwidth: number(p.bandwidth), concurrency: number(p.concurrency ?? 0) })}</Text>
  if (p.total <= 0) return <>–</>
  const show = COUNT_TYPES.includes(p.product_type) ? number : size
  return (
    <>
      <Text fz="sm" className="nums line">{say(t.leftOf, { left: show(p.left), total: show(p.total) })}</Text>
      <Progress value={(p.left / p.total) * 100} size={4} mt={4} color={p.left / p.total < 0.1 ? 'orange' : 'brand'} aria-label={`${p.title} #${p.id}`} />
    </>
  )
}

function Until({ of: p }: { of: Package }) {
  const days = daysUntil(p.expired_at, useSite().time_zone)
  return <><span className="line">{day(p.expired_at)}</span>{p.status === 1 && days <= 7 && <Text fz="xs" c="dimmed">{say(t.days, { n: Math.max(days, 0) })}</Text>}</>
}

function Auto({ of: p }: { of: Package }) {
  const set = useWrite('user-product/set-auto-renewal', ['user-product/list', 'ip/get-static-ip'])
  const on = p.auto_renew === 1
  return <Switch size="xs" checked={on} disabled={set.isPending} aria-label={`${t.auto} ${p.title} #${p.id}`} onChange={() => set.mutate({ upids: String(p.id), auto_renew: on ? 0 : 1 }, { onError: failed, onSuccess: () => done(on ? t.off : t.on) })} />
}
