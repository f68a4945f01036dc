// A product as the shop shows it, for customers and in the catalogue's preview; what is done with it stands below.

import { Badge, Box, Card, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Row } from '../api/client'
import { money, number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { COUNT_TYPES, STATIC_TYPES, productName } from '../lib/products'

export type Product = Row<'product'>

const t = texts({
  popular: ['推荐', 'Popular'],
  once: ['限购一次', 'Once only'],
  days: ['{n} 天有效', 'valid {n} days'],
  perIp: ['每个', 'each'],
  perGb: ['{price} / GB', '{price} / GB'],
  gift: ['另赠 {n} GB', '{n} GB on top'],
  from: ['{price} 起', 'from {price}'],
  any: ['任意金额', 'Any amount'],
  left: ['剩余 {n} 件', '{n} left'],
  unsold: ['不以 {currency} 出售', 'Not sold for {currency}'],
})

/** `unsold`: there is no price in this currency, and nothing to be done. */
export function Offer({ of: p, currency, unsold, lang, children }: { of: Product; currency: string; unsold?: boolean; lang?: string; children: ReactNode }) {
  const popular = p.show_type === 2
  // The first label of what is recommended says so itself.
  const tips = (popular ? [p.tip2] : [p.tip1, p.tip2]).filter(Boolean)
  return (
    <Card withBorder radius="lg" padding="lg" lang={lang} style={popular ? { borderColor: 'var(--mantine-color-brand-6)' } : undefined}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Box miw={0} style={{ overflowWrap: 'anywhere' }}>
            <Text fz="xs" c="dimmed">{productName(p.type)}</Text>
            <Title order={2} fz="md" fw={650}>{p.title || '…'}</Title>
          </Box>
          {popular && <Badge variant="filled" tt="none" maw="50%">{p.tip1 || t.popular}</Badge>}
          {p.show_type === 4 && <Badge variant="light" tt="none" className="tone-info">{t.once}</Badge>}
        </Group>
        {tips.length > 0 && <Group gap={6}>{tips.map((tip) => <Badge key={tip} variant="light" radius="sm" tt="none" className="tone-good" maw="100%" miw={0}>{tip}</Badge>)}</Group>}
        {unsold ? <Text fz="lg" fw={600} c="dimmed">{say(t.unsold, { currency })}</Text> : <Price of={p} currency={currency} />}
        <Text fz="sm" c="dimmed">{facts(p, currency)}</Text>
        {p.introduce.length > 0 && (
          <List fz="sm" spacing={4} icon={<IconCheck size={15} aria-hidden color="var(--mantine-color-brand-5)" />}>
            {p.introduce.map((line) => <List.Item key={line}>{line}</List.Item>)}
          </List>
        )}
        {!unsold && <Box mt="auto" pt="xs">{children}</Box>}
      </Stack>
    </Card>
  )
}

function Price({ of: p, currency }: { of: Product; currency: string }) {
  const sum = p.type === 3 ? t.any : p.type === 11 ? say(t.from, { price: money(cheapest(p), currency) }) : money(p.local_price, currency)
  return (
    <Group gap={8} align="baseline">
      <Text fz={26} fw={700} lts="-0.02em" className="nums">{sum}</Text>
      {STATIC_TYPES.includes(p.type) && <Text fz="sm" c="dimmed">{t.perIp}</Text>}
      {p.local_original_price > p.local_price && <Text fz="sm" c="dimmed" td="line-through" className="nums">{money(p.local_original_price, currency)}</Text>}
    </Group>
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
