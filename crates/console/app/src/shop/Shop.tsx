// What can be bought, by kind; buying opens a form that shows the price as one types.

import { Button, SimpleGrid, Tabs, Text } from '@mantine/core'
import { IconBuildingStore } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRead } from '../api/hooks'
import { Drawer } from '../lib/dialog'
import { texts } from '../lib/lang'
import { COUNT_TYPES, STATIC_TYPES } from '../lib/products'
import { Strip } from '../lib/tabs'
import { Empty, Loaded, Screen } from '../lib/ui'
import { Support } from '../shell/Support'
import { useSite } from '../shell/site'
import { Buy } from './Buy'
import { Offer, type Product } from './Offer'

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
  const site = useSite()
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
                    {all.filter((p) => tabOf(p.type) === name).map((p) => <Offer key={p.id} of={p} currency={site.currency}><Take of={p} buy={() => show({ type: p.type, buy: p.id })} /></Offer>)}
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

function Take({ of: p, buy }: { of: Product; buy: () => void }) {
  const site = useSite()
  if (p.show_type === 3) return site.support ? <Support /> : <Text fz="sm">{t.contact}</Text>
  const verb = p.type === 3 ? t.rechargeGo : t.buy
  return <Button fullWidth variant={p.show_type === 2 ? 'filled' : 'light'} onClick={buy} aria-label={`${verb} ${p.title}`}>{verb}</Button>
}
