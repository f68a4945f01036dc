// What can be bought, by kind; buying opens a form that shows the price as one types.

import { Badge, Box, Button, Card, Group, List, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconBuildingStore, IconCheck } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Row } from '../api/client'
import { useRead } from '../api/hooks'
import { Drawer } from '../lib/dialog'
import { money, number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { COUNT_TYPES, STATIC_TYPES, productName } from '../lib/products'
import { Strip } from '../lib/tabs'
import { Empty, Loaded, Screen } from '../lib/ui'
import { Support } from '../shell/Support'
import { useSite } from '../shell/site'
import { Buy } from './Buy'

export type Product = Row<'product'>

const t = texts({
  title: ['购买', 'Shop'],
  about: ['选择套餐，价格随输入实时计算。', 'Choose; the price follows what you type.'],
  traffic: ['流量套餐', 'Traffic'],
  statics: ['静态 IP', 'Static addresses'],
  more: ['次数与其他', 'Counted & more'],
  recharge: ['充值', 'Top up'],
  buy: ['购买', 'Buy'],
  rechargeGo: ['充值', 'Top up'],
  contact: ['联系客服', 'Ask the support'],
  popular: ['推荐', 'Popular'],
  once: ['限购一次', 'Once only'],
  days: ['{n} 天有效', 'valid {n} days'],
  perIp: ['每个', 'each'],
  perGb: ['{price} / GB', '{price} / GB'],
  gift: ['另赠 {n} GB', '{n} GB on top'],
  from: ['{price} 起', 'from {price}'],
  any: ['任意金额', 'Any amount'],
  left: ['剩余 {n} 件', '{n} left'],
  none: ['暂无可购买的产品', 'Nothing is on offer'],
  noneHow: ['请稍后再来，或联系客服。', 'Come back later, or ask the support.'],
})

const TABS = ['traffic', 'statics', 'more', 'recharge'] as const
type Tab = (typeof TABS)[number]

function tabOf(type: number): Tab | undefined {
  if (type === 3) return 'recharge'
  if (STATIC_TYPES.includes(type)) return 'statics'
  if (COUNT_TYPES.includes(type)) return 'more'
  // Renewals are bought where the addresses are, rests where the order is.
  return type === 19 || type === 26 ? undefined : 'traffic'
}

export function Shop() {
  const read = useRead('product')
  const search = useSearch({ strict: false }) as { type?: number; buy?: number }
  const navigate = useNavigate()
  const show = (next: object) => void navigate({ to: '/shop', search: next as never, replace: true })
  const open = (read.data ?? []).find((p) => p.id === search.buy)
  return (
    <Screen title={t.title} about={t.about}>
      <Loaded from={read} lines={8}>
        {(all) => {
          const tab = tabOf(search.type ?? 9) ?? 'traffic'
          const there = TABS.filter((name) => all.some((p) => tabOf(p.type) === name))
          if (there.length === 0) return <Empty icon={IconBuildingStore} title={t.none} action={<Support />}>{t.noneHow}</Empty>
          return (
            <Tabs value={there.includes(tab) ? tab : there[0]} keepMounted={false} onChange={(next) => show({ type: all.find((p) => tabOf(p.type) === next)?.type })}>
              <Strip mb="lg">{there.map((name) => <Tabs.Tab key={name} value={name}>{t[name]}</Tabs.Tab>)}</Strip>
              {there.map((name) => (
                <Tabs.Panel key={name} value={name}>
                  <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} spacing="lg">
                    {all.filter((p) => tabOf(p.type) === name).map((p) => <Offer key={p.id} of={p} buy={() => show({ type: p.type, buy: p.id })} />)}
                  </SimpleGrid>
                </Tabs.Panel>
              ))}
            </Tabs>
          )
        }}
      </Loaded>
      <Drawer opened={open !== undefined} onClose={() => show({ type: open?.type })} position="right" size="lg" title={open?.title}>
        {open && <Buy key={open.id} product={open} close={() => show({ type: open.type })} />}
      </Drawer>
    </Screen>
  )
}

function Offer({ of: p, buy }: { of: Product; buy: () => void }) {
  const site = useSite()
  const asks = p.show_type === 3
  return (
    <Card withBorder radius="lg" padding="lg" style={p.show_type === 2 ? { borderColor: 'var(--mantine-color-brand-6)' } : undefined}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Box>
            <Text fz="xs" c="dimmed">{productName(p.type)}</Text>
            <Title order={2} fz="md" fw={650}>{p.title}</Title>
          </Box>
          {p.show_type === 2 && <Badge variant="filled" tt="none">{t.popular}</Badge>}
          {p.show_type === 4 && <Badge variant="light" tt="none" className="tone-info">{t.once}</Badge>}
        </Group>
        <Group gap={8} align="baseline">
          <Text fz={26} fw={700} lts="-0.02em" className="nums">{p.type === 3 ? t.any : p.type === 11 ? say(t.from, { price: money(cheapest(p), site.currency) }) : money(p.local_price, site.currency)}</Text>
          {STATIC_TYPES.includes(p.type) && <Text fz="sm" c="dimmed">{t.perIp}</Text>}
          {p.local_original_price > p.local_price && <Text fz="sm" c="dimmed" td="line-through" className="nums">{money(p.local_original_price, site.currency)}</Text>}
        </Group>
        <Text fz="sm" c="dimmed">{facts(p, site.currency)}</Text>
        {p.introduce.length > 0 && (
          <List fz="sm" spacing={4} icon={<IconCheck size={15} aria-hidden color="var(--mantine-color-brand-5)" />}>
            {p.introduce.map((line) => <List.Item key={line}>{line}</List.Item>)}
          </List>
        )}
        <Box mt="auto" pt="xs">
          {asks ? site.support ? <Support /> : <Text fz="sm">{t.contact}</Text> : <Button fullWidth variant={p.show_type === 2 ? 'filled' : 'light'} onClick={buy} aria-label={`${p.type === 3 ? t.rechargeGo : t.buy} ${p.title}`}>{p.type === 3 ? t.rechargeGo : t.buy}</Button>}
        </Box>
      </Stack>
    </Card>
  )
}

function cheapest(p: Product): number {
  const least = (list: { price: number }[]) => (list.length ? Math.min(...list.map((sku) => sku.price)) : 0)
  return least(p.sku.bandwidth_list) + least(p.sku.concurrency_list) + least(p.sku.duration_list)
}

function facts(p: Product, currency: string): string {
  const parts: string[] = []
  if (p.desc.subtitle) parts.push(p.desc.subtitle)
  const traffic = !COUNT_TYPES.includes(p.type) && p.flow_value > 0
  if (traffic && p.local_price > 0) parts.push(say(t.perGb, { price: money(p.local_price / p.flow_value, currency) }))
  if (traffic && p.flow_give > 0) parts.push(say(t.gift, { n: number(p.flow_give) }))
  if (p.type !== 11 && p.time_validity > 0) parts.push(say(t.days, { n: p.time_validity }))
  if (p.total_count > 0) parts.push(say(t.left, { n: number(p.remain_count) }))
  return parts.join(' · ')
}
