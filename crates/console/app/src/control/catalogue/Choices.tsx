// What type 11 lets customers choose: bandwidth, connections and days, each with what it adds to the price.

import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { Count } from '../../lib/Count'
import { Sum } from '../../lib/Sum'
import { texts } from '../../lib/lang'
import type { Choice, Item } from './item'

const t = texts({
  bandwidth: ['带宽，Mbit/s', 'Bandwidth, Mbit/s'],
  concurrency: ['并发连接', 'Connections at once'],
  duration: ['天数', 'Days'],
  add: ['添加', 'Add'],
  remove: ['删除', 'Remove'],
  value: ['值', 'Value'],
})

const LISTS = ['bandwidth', 'concurrency', 'duration'] as const

export function Choices({ item, set }: { item: Item; set: (part: Partial<Item>) => void }) {
  return (
    <Stack>
      {LISTS.map((name) => {
        const rows = item[name] ?? []
        const change = (at: number, next: Choice) => set({ [name]: rows.map((row, i) => (i === at ? next : row)) })
        return (
          <Stack key={name} gap={6}>
            <Text fz="sm" fw={600}>{t[name]}</Text>
            {rows.map((row, i) => (
              <Group key={i} gap={6} wrap="nowrap">
                <Count aria-label={`${t[name]} ${t.value} ${i + 1}`} value={row.value} set={(n) => change(i, { ...row, value: n })} min={1} w={92} hideControls />
                {(['cny', 'usd', 'hkd'] as const).map((code) => (
                  <Sum key={code} aria-label={`${t[name]} ${i + 1} ${code.toUpperCase()}`} value={row.price[code] ?? ''} placeholder={code.toUpperCase()} set={(text) => change(i, { ...row, price: { ...row.price, [code]: text || undefined } })} style={{ flex: 1 }} miw={0} />
                ))}
                <ActionIcon variant="subtle" color="gray" aria-label={`${t.remove}: ${t[name]} ${i + 1}`} onClick={() => set({ [name]: rows.filter((_, at) => at !== i) })}><IconX size={16} /></ActionIcon>
              </Group>
            ))}
            <Group><Button data-again size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => set({ [name]: [...rows, { value: 1, price: {} }] })}>{t.add}</Button></Group>
          </Stack>
        )
      })}
    </Stack>
  )
}
