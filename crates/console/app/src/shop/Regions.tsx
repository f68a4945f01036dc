// How many addresses of which region; by country, or by network where a country has several.

import { Box, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useRead } from '../api/hooks'
import { Count } from '../lib/Count'
import { Flag } from '../lib/bits'
import { country, number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Empty, Loaded } from '../lib/ui'

const t = texts({
  title: ['选择地区和数量', 'Regions and how many'],
  find: ['查找国家或地区', 'Find a country'],
  free: ['可购 {n} 个', '{n} to be had'],
  count: ['{place} 的数量', 'How many in {place}'],
  none: ['没有库存', 'None in stock'],
  noneHow: ['该类型目前没有可售地址，请稍后再来。', 'There are no addresses of this type right now; come back later.'],
})

/** `CC,quantity[,ASN]|…` of what was chosen; keys are `CC` or `CC,ASN`. */
export function regionList(chosen: Record<string, number>): string {
  return Object.entries(chosen)
    .filter(([, n]) => n > 0)
    .map(([key, n]) => {
      const [code, asn] = key.split(',')
      return asn ? `${code},${n},${asn}` : `${code},${n}`
    })
    .join('|')
}

export function Regions({ type, chosen, choose, wrong }: { type: number; chosen: Record<string, number>; choose: (next: Record<string, number>) => void; wrong: (is: boolean) => void }) {
  const read = useRead('ip/static-ip-region', { isp: type === 25 ? 1 : 0, asn: 1, exclusive: 0 } as never)
  const [word, setWord] = useState('')
  const [faults, setFaults] = useState<ReadonlySet<string>>(new Set())
  const set = (key: string, n: number) => choose({ ...chosen, [key]: n })
  const fault = (key: string, is: boolean) => {
    const others = [...faults].filter((other) => other !== key)
    setFaults(new Set(is ? [...others, key] : others))
    wrong(is || others.length > 0)
  }
  return (
    <Box>
      <Text fz="sm" fw={500} mb={6}>{t.title}</Text>
      <Loaded from={read}>
        {({ list }) => {
          if (list.length === 0) return <Empty icon={IconSearch} title={t.none}>{t.noneHow}</Empty>
          const fits = list.filter((r) => `${r.code} ${country(r.code)}`.toLowerCase().includes(word.toLowerCase()))
          return (
            <Stack gap="xs">
              {list.length > 6 && <TextInput aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={15} />} value={word} onChange={(e) => setWord(e.currentTarget.value)} />}
              {fits.map((r) => <RegionRows key={r.code} code={r.code} free={r.number} asns={r.asns ?? []} chosen={chosen} set={set} wrong={fault} />)}
            </Stack>
          )
        }}
      </Loaded>
    </Box>
  )
}

function RegionRows({ code, free, asns, chosen, set, wrong }: { code: string; free: number; asns: { asn: number; name: string; number: number }[]; chosen: Record<string, number>; set: (key: string, n: number) => void; wrong: (key: string, is: boolean) => void }) {
  const several = asns.length > 1
  const row = (key: string, name: string, left: number, flag: boolean) => (
    <Group key={key} justify="space-between" wrap="nowrap" pl={flag ? 0 : 28}>
      <Group gap={8} wrap="nowrap">{flag && <Flag code={code} />}<Text fz="sm" fw={flag ? 600 : 400}>{name}</Text><Text fz="xs" c="dimmed">{say(t.free, { n: number(left) })}</Text></Group>
      <Count size="xs" w={92} min={0} max={left} aria-label={say(t.count, { place: flag ? country(code) : `${country(code)} ${name}` })} value={chosen[key] ?? 0} set={(n) => set(key, n)} wrong={(is) => wrong(key, is)} />
    </Group>
  )
  return <>{row(code, country(code), free, true)}{several && asns.map((a) => row(`${code},${a.asn}`, `${a.name} AS${a.asn}`, a.number, false))}</>
}
