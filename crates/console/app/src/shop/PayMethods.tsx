// Payment methods to choose from; what cannot pay now says so. A choice of one is made already.

import { Group, Radio, Stack, Text } from '@mantine/core'
import { useEffect } from 'react'
import { useRead } from '../api/hooks'
import { money, percent } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Loaded } from '../lib/ui'
import { useCustomerLive } from '../shell/live'
import { useSite } from '../shell/site'

const t = texts({
  title: ['支付方式', 'Pay with'],
  balance: ['可用 {sum}', '{sum} available'],
  fee: ['手续费 {fee}', 'fee {fee}'],
  off: ['此订单不可用', 'not for this order'],
  limits: ['金额范围 {min} – {max}', 'from {min} to {max}'],
  from: ['最低 {min}', 'from {min}'],
  none: ['没有可用的支付方式，请联系客服。', 'There is no way to pay; ask the support.'],
})

export const BALANCE = 7

export function PayMethods({ value, onChange, without, trade_no }: { value: number; onChange: (id: number) => void; without?: number[]; trade_no?: string }) {
  const { currency } = useSite()
  const live = useCustomerLive()
  const user = useRead('user/info')
  const read = useRead('payment/list', { trade_no })
  const balance = live?.balance ?? user.data?.balance ?? 0
  const offered = (read.data?.list ?? []).filter((m) => !without?.includes(m.id))
  const [first, second] = offered.filter((m) => !m.disabled)
  const only = second ? undefined : first?.id
  useEffect(() => {
    if (only !== undefined && only !== value) onChange(only)
  }, [only, value, onChange])
  return (
    <Loaded from={read} lines={2}>
      {() => (
        <Radio.Group label={t.title} value={String(value)} onChange={(next) => onChange(Number(next))}>
          <Stack gap="xs" mt={6}>
            {!first && <Text fz="sm" c="dimmed">{t.none}</Text>}
            {offered.map((m) => (
              <Radio.Card key={m.id} value={String(m.id)} radius="md" p="sm" disabled={m.disabled} aria-label={m.title}>
                <Group wrap="nowrap" gap="sm">
                  <Radio.Indicator disabled={m.disabled} />
                  <img src={new URL(m.logo, window.location.origin).pathname} alt="" height={22} />
                  <Text fz="sm" fw={600} flex={1}>{m.title}</Text>
                  <Text fz="xs" c="dimmed" ta="right">{m.disabled ? t.off : hint(m, balance, currency)}</Text>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
      )}
    </Loaded>
  )
}

function hint(m: { id: number; handling_rate: number; handling_fee: number; min: number; max: number }, balance: number, currency: string): string {
  const parts: string[] = []
  if (m.id === BALANCE) parts.push(say(t.balance, { sum: money(balance, currency) }))
  if (m.handling_rate > 0) parts.push(say(t.fee, { fee: percent(m.handling_rate / 100) }))
  if (m.handling_fee > 0) parts.push(say(t.fee, { fee: money(m.handling_fee, currency) }))
  if (m.min > 0 && m.max > 0) parts.push(say(t.limits, { min: money(m.min, currency), max: money(m.max, currency) }))
  else if (m.min > 0) parts.push(say(t.from, { min: money(m.min, currency) }))
  return parts.join(' · ')
}
