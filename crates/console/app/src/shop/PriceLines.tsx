// The price, line by line.

import { Box, Group, Skeleton, Stack, Text } from '@mantine/core'
import { money } from '../lib/format'
import { texts } from '../lib/lang'
import { beyond, reason } from '../lib/ui'
import { useSite } from '../shell/site'
import type { Checked, useCheck } from './useCheck'

const t = texts({
  goods: ['商品', 'Goods'],
  discount: ['优惠', 'Discount'],
  fee: ['手续费', 'Handling fee'],
  pay: ['应付', 'To pay'],
  gift: ['另赠余额', 'Balance on top'],
})

/** `shown`: fields that say themselves what is wrong with them. `gift`: what such an order gives on top. */
export function PriceLines({ check, gift = () => 0, shown = [] }: { check: ReturnType<typeof useCheck>; gift?: (order: Checked) => number; shown?: readonly string[] }) {
  const { currency } = useSite()
  if (check.error && !beyond(check.error, shown)) return null
  if (check.error) return <Text fz="sm" c="var(--mantine-color-error)" role="alert">{[reason(check.error), ...Object.values(check.error.fields)].filter((text, i, all) => all.indexOf(text) === i).join(' · ')}</Text>
  if (!check.data) return <Skeleton h={64} />
  const { goods_fee, discount_fee, handling_fee, pay_fee } = check.data
  const given = gift(check.data)
  const line = (name: string, value: number) => <Group justify="space-between" key={name}><Text fz="sm" c="dimmed">{name}</Text><Text fz="sm" className="nums">{money(value, currency)}</Text></Group>
  return (
    <Box opacity={check.isStale ? 0.6 : 1} aria-live="polite">
      <Stack gap={4}>
        {line(t.goods, goods_fee + discount_fee)}
        {discount_fee > 0 && line(t.discount, -discount_fee)}
        {handling_fee > 0 && line(t.fee, handling_fee)}
        <Group justify="space-between" mt={4}><Text fw={600}>{t.pay}</Text><Text fw={700} fz={22} className="nums" data-testid="pay-fee">{money(pay_fee, currency)}</Text></Group>
        {given > 0 && <Group justify="space-between"><Text fz="sm" c="var(--good)">{t.gift}</Text><Text fz="sm" fw={600} c="var(--good)" className="nums" data-testid="gift">+{money(given, currency)}</Text></Group>}
      </Stack>
    </Box>
  )
}
