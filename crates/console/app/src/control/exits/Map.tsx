// The world and where exits are: larger marks for more exits, colour for how often they succeed.

import { Box, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { country, number, percent } from '../../lib/format'
import { say, texts } from '../../lib/lang'
import { bytes, share, toneOf } from '../kit'
import world from './world.json'

const t = texts({
  title: ['出口分布图', 'Map of exits'],
  exits: ['{n} 个出口，{s} 个可用', '{n} exits, {s} serve'],
  day: ['24 小时 {b}，成功率 {r}', '{b} within 24 hours, {r} succeeded'],
  hint: ['指向或选择国家查看详情', 'Point at a country, or choose it'],
  good: ['成功率 ≥ 98%', 'Success 98% or more'],
  warn: ['90–98%', '90–98%'],
  bad: ['< 90% 或无响应', 'Below 90%, or out'],
  idle: ['无流量', 'No traffic'],
})

export interface Stand { country: string; exits: number; serving: number; draining: number; failing: number; connections: number; failures: number; bytes: number }

const shapes = Object.entries(world.shapes as Record<string, string>)
const marks = world.marks as unknown as Record<string, [number, number] | undefined>
const FILL = { good: 'var(--mantine-color-teal-6)', warn: 'var(--mantine-color-yellow-6)', bad: 'var(--mantine-color-red-6)', plain: 'var(--mantine-color-gray-6)', brand: '' }

function tone(stand: Stand) {
  if (stand.serving === 0) return 'bad'
  return toneOf(share(stand.connections, stand.failures))
}

export function WorldMap({ stands, chosen, choose }: { stands: Stand[]; chosen?: string | null; choose: (code: string) => void }) {
  const [at, setAt] = useState<string>()
  const told = stands.find((stand) => stand.country === (at ?? chosen))
  const rate = told && share(told.connections, told.failures)
  const here = new Set(stands.map((stand) => stand.country))
  const most = Math.max(1, ...stands.map((stand) => stand.exits))
  return (
    <Box>
      <svg viewBox={`0 0 ${world.width} ${world.height}`} width="100%" role="group" aria-label={t.title} style={{ display: 'block', maxHeight: 520 }} onPointerLeave={() => setAt(undefined)}>
        <path d={world.rest} fill="light-dark(#e4e9ea, #232b31)" />
        {shapes.map(([code, d]) => (
          <path key={code} d={d} fill={here.has(code) ? 'light-dark(var(--mantine-color-brand-1), var(--mantine-color-brand-9))' : 'light-dark(#e4e9ea, #232b31)'} stroke="light-dark(#fff, #171c21)" strokeWidth={0.6} onPointerEnter={() => here.has(code) && setAt(code)} />
        ))}
        {stands.map((stand) => {
          const mark = marks[stand.country]
          if (!mark) return null
          const radius = 5 + 11 * Math.sqrt(stand.exits / most)
          const name = `${country(stand.country)}: ${say(t.exits, { n: stand.exits, s: stand.serving })}`
          return (
            <g key={stand.country} role="button" tabIndex={0} aria-label={name} aria-pressed={chosen === stand.country} style={{ cursor: 'pointer' }} onClick={() => choose(stand.country)} onKeyDown={(e) => (e.key === 'Enter' || e.key === ' ') && choose(stand.country)} onPointerEnter={() => setAt(stand.country)} onFocus={() => setAt(stand.country)}>
              <circle cx={mark[0]} cy={mark[1]} r={radius} fill={FILL[tone(stand)]} fillOpacity={0.3} />
              <circle cx={mark[0]} cy={mark[1]} r={Math.max(3.4, radius * 0.45)} fill={FILL[tone(stand)]} stroke={chosen === stand.country ? 'currentColor' : 'light-dark(#fff, #11161a)'} strokeWidth={1.4} />
            </g>
          )
        })}
      </svg>
      <Group justify="space-between" mt="sm" gap="sm" mih={24}>
        <Text fz="sm">
          {told ? <><b>{country(told.country)}</b> · {say(t.exits, { n: number(told.exits), s: number(told.serving) })} · {rate === undefined ? t.idle : say(t.day, { b: bytes(told.bytes), r: percent(rate) })}</> : <Text c="dimmed" fz="sm" span>{t.hint}</Text>}
        </Text>
        <Group gap="md" visibleFrom="sm">
          {([['good', t.good], ['warn', t.warn], ['bad', t.bad], ['plain', t.idle]] as const).map(([key, text]) => (
            <Group key={key} gap={6}><Box w={8} h={8} style={{ borderRadius: 4 }} bg={FILL[key]} aria-hidden /><Text fz="xs" c="dimmed">{text}</Text></Group>
          ))}
        </Group>
      </Group>
    </Box>
  )
}
