// How the shop of a site works: when unpaid orders close, what a customer's unpaid orders may hold, what invitations and
// recharges bring.

import { ActionIcon, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Count } from '../../lib/Count'
import { Sum } from '../../lib/Sum'
import { FormModal } from '../../lib/forms'
import { say, texts } from '../../lib/lang'
import { done } from '../../lib/ui'
import { useTell } from '../api'
import { FieldFault } from '../kit'
import { type Tier, asTyped, asWritten } from './gifts'

const t = texts({
  title: ['商店设置 · {site}', 'Shop settings · {site}'],
  minutes: ['未支付订单关闭时间（分钟）', 'Unpaid orders close after minutes'],
  unpaid: ['每位客户最多待支付订单', 'Unpaid orders of a customer'],
  held: ['待支付订单最多占用静态 IP', 'Static addresses that they may hold'],
  proof: ['提交转账凭证后等待天数', 'Days to wait for a proved transfer'],
  invite: ['受邀客户首单优惠（%）', 'What the invited save once, %'],
  gifts: ['充值赠送', 'Gifts on recharges'],
  giftsHow: ['按站点货币填写，金额从小到大；“低于”留空表示不限。', 'In the site’s currency, ascending; “below” left blank has no end.'],
  min: ['满', 'From'],
  max: ['低于', 'Below'],
  ratio: ['赠送 %', 'Percent'],
  gift: ['另赠', 'And on top'],
  add: ['添加档位', 'Add a tier'],
  remove: ['删除档位 {n}', 'Remove tier {n}'],
  saved: ['已保存', 'Saved'],
  save: ['保存', 'Save'],
})

export interface ShopSpec { order_minutes: number; most_unpaid: number; most_held: number; proof_days: number; invitation_basis_points: number; gifts: Tier[] }

export function Shop({ site, shop: seen, close }: { site: string; shop: ShopSpec; close: () => void }) {
  // What was there when the form opened: a change by somebody else meanwhile is told, not overwritten.
  const [was] = useState(seen)
  const [shop, setShop] = useState({ ...seen, gifts: seen.gifts.map(asTyped) })
  const save = useTell('product/shop', ['product'])
  const set = (part: Partial<ShopSpec>) => setShop((old) => ({ ...old, ...part }))
  const count = (name: 'order_minutes' | 'most_unpaid' | 'most_held' | 'proof_days', label: string, min: number, max: number) => (
    <Count label={label} value={shop[name]} set={(n) => set({ [name]: n })} min={min} max={max} />
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ site, seen: was, shop: { ...shop, gifts: shop.gifts.map(asWritten) } }, { onSuccess: () => { done(t.saved); close() } })
  }
  return (
    <FormModal opened onClose={close} title={say(t.title, { site })} radius="lg" size="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {count('order_minutes', t.minutes, 1, 10_080)}
            {count('proof_days', t.proof, 0, 30)}
            {count('most_unpaid', t.unpaid, 1, 100_000)}
            {count('most_held', t.held, 1, 100_000)}
            <Count label={t.invite} value={shop.invitation_basis_points / 100} set={(n) => set({ invitation_basis_points: Math.round(n * 100) })} min={0} max={100} places={2} />
          </SimpleGrid>
          <Gifts tiers={shop.gifts} set={(gifts) => set({ gifts })} />
          {save.error && <FieldFault error={save.error} />}
          <Button type="submit" loading={save.isPending}>{t.save}</Button>
        </Stack>
      </form>
    </FormModal>
  )
}

function Gifts({ tiers, set }: { tiers: Tier[]; set: (tiers: Tier[]) => void }) {
  const change = (at: number, part: Partial<Tier>) => set(tiers.map((tier, i) => (i === at ? { ...tier, ...part } : tier)))
  const amount = (at: number, name: 'min' | 'max' | 'gift') => (
    <Sum label={at === 0 ? t[name] : undefined} aria-label={`${t[name]} ${at + 1}`} value={tiers[at]![name]} set={(text) => change(at, { [name]: text })} miw={0} style={{ flex: 1 }} />
  )
  return (
    <Stack gap={6}>
      <Text fz="sm" fw={600}>{t.gifts}</Text>
      <Text fz="xs" c="dimmed">{t.giftsHow}</Text>
      {tiers.map((tier, i) => (
        <Group key={i} gap={6} wrap="nowrap" align="flex-end">
          {amount(i, 'min')}
          {amount(i, 'max')}
          <Count label={i === 0 ? t.ratio : undefined} aria-label={`${t.ratio} ${i + 1}`} value={tier.ratio} set={(n) => change(i, { ratio: n })} min={0} max={1_000} hideControls miw={0} style={{ flex: 1 }} />
          {amount(i, 'gift')}
          <ActionIcon variant="subtle" color="gray" size={36} aria-label={say(t.remove, { n: i + 1 })} onClick={() => set(tiers.filter((_, at) => at !== i))}><IconX size={16} /></ActionIcon>
        </Group>
      ))}
      <Group><Button data-again size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => set([...tiers, { min: '', max: '', ratio: 0, gift: '' }])}>{t.add}</Button></Group>
    </Stack>
  )
}
