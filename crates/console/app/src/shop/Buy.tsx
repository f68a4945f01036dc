// The order form of a product. Each kind asks what it needs; the price follows.

import { Alert, Autocomplete, Button, Group, SegmentedControl, Select, Stack, Switch, Text } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { Count } from '../lib/Count'
import { days, money, number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { STATIC_TYPES } from '../lib/products'
import { Failed, done } from '../lib/ui'
import { useSite } from '../shell/site'
import { BALANCE, PayMethods } from './PayMethods'
import { PriceLines } from './PriceLines'
import { productGift, tierGift } from './gift'
import { Regions, regionList } from './Regions'
import type { Product } from './Offer'
import { type OrderRequest, useCheck } from './useCheck'

const t = texts({
  amount: ['数量', 'How many'],
  sum: ['充值金额', 'Amount'],
  gift: ['充 {min} 起赠 {gift}', 'from {min}: {gift} on top'],
  etd: ['有效期', 'Validity'],
  bandwidth: ['带宽', 'Bandwidth'],
  concurrency: ['并发连接', 'Connections at once'],
  duration: ['时长', 'Duration'],
  mbit: ['{n} Mbit/s', '{n} Mbit/s'],
  coupon: ['优惠券', 'Coupon'],
  couponHow: ['选择或输入代码', 'Choose one or type its code'],
  invited: ['使用邀请优惠', 'Use the invitation discount'],
  buy: ['立即支付', 'Pay now'],
  order: ['创建订单并支付', 'Order and pay'],
  bought: ['购买成功', 'Bought; it is active now'],
  low: ['余额不足，先充值或换一种支付方式。', 'The balance is too low: top up, or pay another way.'],
  topUp: ['去充值', 'Top up'],
})

export function Buy({ product: p, close }: { product: Product; close: () => void }) {
  const recharge = p.type === 3
  const [request, setRequest] = useState<OrderRequest>(() => first(p))
  const [blank, setBlank] = useState(false)
  const [regions, setRegions] = useState<Record<string, number>>({})
  const statics = STATIC_TYPES.includes(p.type)
  const list = regionList(regions)
  const whole: OrderRequest = statics ? { ...request, region_list: list } : request
  const tiers = useRead('activity/balance-recharge-gift-ratio', undefined, { enabled: recharge })
  const check = useCheck(statics && !list ? undefined : whole)
  const wrong = check.error?.fields ?? {}
  const create = useWrite('order/create', ['order/list', 'user-product/list', 'user/info', 'ip/get-static-ip', 'product', 'coupon/list'])
  const navigate = useNavigate()
  const set = (part: Partial<OrderRequest>) => setRequest((old) => ({ ...old, ...part }))
  const submit = () =>
    create.mutate(whole, {
      onSuccess: (order) => {
        if (order.status === 1) { done(t.bought); close() }
        else void navigate({ to: '/orders/$no', params: { no: order.trade_no } as never })
      },
    })
  return (
    <Stack>
      {recharge && <Recharge value={request.recharge_amount ?? 0} set={(recharge_amount) => set({ recharge_amount })} wrong={setBlank} error={wrong.recharge_amount} />}
      {p.type === 11 && <Unmetered product={p} request={request} set={set} />}
      {statics && <Regions type={p.type} chosen={regions} choose={setRegions} wrong={setBlank} />}
      {!recharge && !statics && <Count label={t.amount} min={1} max={1000} value={request.amount ?? 1} set={(amount) => set({ amount })} wrong={setBlank} />}
      {p.extension_of_time_days.length > 0 && (
        <div>
          <Text fz="sm" fw={500} mb={4}>{t.etd}</Text>
          <SegmentedControl aria-label={t.etd} value={String(request.etd ?? 1)} onChange={(next) => set({ etd: Number(next) })} data={[1, ...p.extension_of_time_days].map((n) => ({ value: String(n), label: days(n * p.time_days) }))} />
        </div>
      )}
      {!recharge && <Coupon type={p.type} error={wrong.coupon_sn} set={(coupon_sn) => set({ coupon_sn })} />}
      {!recharge && <Switch label={t.invited} checked={request.use_invitation_registration_discount === 1} onChange={(e) => set({ use_invitation_registration_discount: e.currentTarget.checked ? 1 : 0 })} />}
      <PayMethods value={request.pm_id} onChange={(pm_id) => set({ pm_id })} without={recharge ? [BALANCE] : []} />
      {!blank && (!statics || list) && <PriceLines check={check} gift={(order) => productGift(p.balance_give, order.amount, order.goods_fee) + (recharge ? tierGift(tiers.data?.list ?? [], order.goods_fee) : 0)} shown={recharge ? ['recharge_amount'] : ['coupon_sn']} />}
      {create.error && (create.error.code === 402 ? <Alert color="orange"><Group justify="space-between"><Text fz="sm">{t.low}</Text><Button size="xs" component={Link} to="/shop" search={{ type: 3 } as never}>{t.topUp}</Button></Group></Alert> : <Failed error={create.error} />)}
      <Button size="md" loading={create.isPending} disabled={blank || !check.isTrue || (statics && !list)} onClick={submit}>{request.pm_id === BALANCE ? t.buy : t.order}</Button>
    </Stack>
  )
}

function first(p: Product): OrderRequest {
  if (p.type === 3) return { pid: p.id, pm_id: 0, recharge_amount: 100 }
  const sku = (list: { id: number }[]) => list[0]?.id
  const base: OrderRequest = { pid: p.id, pm_id: BALANCE, amount: 1 }
  if (p.type !== 11) return base
  return { ...base, product_sku_bandwidth_id: sku(p.sku.bandwidth_list), product_sku_concurrency_id: sku(p.sku.concurrency_list), product_sku_duration_id: sku(p.sku.duration_list) }
}

function Recharge({ value, set, wrong, error }: { value: number; set: (value: number) => void; wrong: (is: boolean) => void; error: string | undefined }) {
  const { currency } = useSite()
  const gifts = useRead('activity/balance-recharge-gift-ratio')
  // A sum that is picked takes the place of what was typed, also where that was none.
  const [picks, setPicks] = useState(0)
  const pick = (sum: number) => { set(sum); wrong(false); setPicks(picks + 1) }
  const tiers = gifts.data?.list ?? []
  return (
    <Stack gap="xs">
      <Count key={picks} label={`${t.sum} (${currency})`} min={0} places={2} value={value} set={set} wrong={wrong} error={error} size="md" />
      <Group gap="xs">{[50, 100, 200, 500, 1000].map((sum) => <Button key={sum} size="compact-sm" variant={sum === value ? 'filled' : 'default'} onClick={() => pick(sum)}>{money(sum, currency)}</Button>)}</Group>
      {tiers.length > 0 && <Text fz="xs" c="dimmed">{tiers.map((tier) => say(t.gift, { min: money(tier.min, currency), gift: tier.gift > 0 ? money(tier.gift, currency) : `${tier.ratio}%` })).join(' · ')}</Text>}
    </Stack>
  )
}

function Unmetered({ product: p, request, set }: { product: Product; request: OrderRequest; set: (part: Partial<OrderRequest>) => void }) {
  const options = (list: { id: number; value: number }[], text: (n: number) => string) => list.map((sku) => ({ value: String(sku.id), label: text(sku.value) }))
  return (
    <Stack gap="sm">
      <Select label={t.bandwidth} allowDeselect={false} data={options(p.sku.bandwidth_list, (n) => say(t.mbit, { n }))} value={String(request.product_sku_bandwidth_id)} onChange={(next) => set({ product_sku_bandwidth_id: Number(next) })} />
      <Select label={t.concurrency} allowDeselect={false} data={options(p.sku.concurrency_list, number)} value={String(request.product_sku_concurrency_id)} onChange={(next) => set({ product_sku_concurrency_id: Number(next) })} />
      {p.sku.duration_list.length > 0 && <Select label={t.duration} allowDeselect={false} data={options(p.sku.duration_list, days)} value={String(request.product_sku_duration_id)} onChange={(next) => set({ product_sku_duration_id: Number(next) })} />}
    </Stack>
  )
}

function Coupon({ type, error, set }: { type: number; error: string | undefined; set: (code: string | undefined) => void }) {
  const read = useRead('coupon/list')
  const fits = (read.data?.list ?? []).filter((c) => c.product_types.length === 0 || c.product_types.includes(type))
  return <Autocomplete label={t.coupon} error={error} placeholder={t.couponHow} data={fits.map((c) => c.code)} onChange={(code) => set(code.trim() || undefined)} />
}
