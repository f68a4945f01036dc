// What a customer should look at, from what the API says; most urgent first.

import { useRead } from '../api/hooks'
import { daysUntil } from '../lib/format'
import { say, texts } from '../lib/lang'
import { TRAFFIC_TYPES } from '../lib/products'
import { usePackages } from '../packages/all'
import { useCustomerLive } from '../shell/live'
import { useSite } from '../shell/site'

const t = texts({
  realName: ['需要完成实名认证', 'Real-name verification is due'],
  verify: ['去认证', 'Verify'],
  totp: ['未开启两步验证', 'Two-step log-in is off'],
  secure: ['去开启', 'Switch on'],
  unpaid: ['有 {n} 个待支付订单', 'Unpaid orders: {n}'],
  pay: ['去支付', 'Pay'],
  statics: ['{n} 个静态 IP 将在 7 天内到期', 'Static addresses that expire within 7 days: {n}'],
  renew: ['续费', 'Renew'],
  low: ['“{name}” 剩余不足 10%', '“{name}” has less than 10% left'],
  ends: ['“{name}” {n} 天后到期', '“{name}” ends in {n} days'],
  buy: ['购买', 'Buy'],
})

export interface Thing { text: string; action: string; to: string; search?: object; urgent?: boolean }

export function useAttention(): Thing[] {
  const { time_zone: zone } = useSite()
  const live = useCustomerLive()
  const orders = useRead('order/list', { status: 0, page_size: 1 })
  const statics = useRead('ip/get-static-ip', { status: '3', size: 1 } as never)
  const packages = usePackages(1)
  const things: Thing[] = []
  if (live?.notices.includes('real_name_due')) things.push({ text: t.realName, action: t.verify, to: '/settings', search: { tab: 'real-name' }, urgent: true })
  const unpaid = orders.data?.pagination.total ?? 0
  if (unpaid > 0) things.push({ text: say(t.unpaid, { n: unpaid }), action: t.pay, to: '/orders', urgent: true })
  const ending = statics.data?.total_count ?? 0
  if (ending > 0) things.push({ text: say(t.statics, { n: ending }), action: t.renew, to: '/statics', urgent: true })
  for (const p of (packages.data ?? []).filter((p) => p.status === 1 && TRAFFIC_TYPES.includes(p.product_type))) {
    const days = daysUntil(p.expired_at, zone)
    if (p.total > 0 && p.left < p.total / 10) things.push({ text: say(t.low, { name: p.title }), action: t.buy, to: '/shop' })
    else if (days <= 3) things.push({ text: say(t.ends, { name: p.title, n: Math.max(days, 0) }), action: t.buy, to: '/shop' })
  }
  if (live?.notices.includes('totp_off')) things.push({ text: t.totp, action: t.secure, to: '/settings', search: { tab: 'security' } })
  return things
}
