// Small charts of bars: traffic by hour, money by day. Drawn here, so that the first screen waits for no library.

import { Box, Group, Text } from '@mantine/core'
import { useState } from 'react'

export interface Bar { key: string; label: string; parts: number[] }

/** Bars with parts on top of one another; the one under the pointer (or the last) is told in words. */
export function Bars({ label, bars, colours, names, show, height = 150 }: {
  label: string
  bars: Bar[]
  colours: string[]
  names: string[]
  show: (value: number) => string
  height?: number
}) {
  const [at, setAt] = useState<number>()
  const sum = (bar: Bar) => bar.parts.reduce((a, b) => a + b, 0)
  const top = Math.max(1, ...bars.map(sum))
  const told = bars[at ?? bars.length - 1]
  const width = 100 / Math.max(1, bars.length)
  return (
    <figure style={{ margin: 0 }} aria-label={label}>
      <Group component="figcaption" justify="space-between" gap="sm" mih={22} mb={6}>
        <Text fz="xs" c="dimmed">{told?.label}</Text>
        <Group gap="md">
          {names.map((name, i) => (
            <Group key={name} gap={6}>
              <Box w={8} h={8} bg={colours[i]} style={{ borderRadius: 2 }} aria-hidden />
              <Text fz="xs" className="nums">{name} <b>{show(told?.parts[i] ?? 0)}</b></Text>
            </Group>
          ))}
        </Group>
      </Group>
      <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" width="100%" height={height} role="img" aria-label={label} onPointerLeave={() => setAt(undefined)} style={{ display: 'block' }}>
        {[0.25, 0.5, 0.75, 1].map((line) => <line key={line} x1={0} x2={100} y1={height - height * line + 0.5} y2={height - height * line + 0.5} stroke="currentColor" strokeOpacity={0.08} vectorEffect="non-scaling-stroke" />)}
        {bars.map((bar, i) => {
          let below = 0
          return (
            <g key={bar.key} onPointerEnter={() => setAt(i)} opacity={at === undefined || at === i ? 1 : 0.45}>
              <rect x={i * width} y={0} width={width} height={height} fill="transparent" />
              {bar.parts.map((part, p) => {
                const tall = Math.max(part > 0 ? 1.5 : 0, (part / top) * (height - 4))
                below += tall
                return <rect key={names[p]} x={i * width + width * 0.14} width={width * 0.72} y={height - below} height={tall} fill={colours[p]} rx={0.3} />
              })}
            </g>
          )
        })}
      </svg>
      <Group justify="space-between" mt={4}>
        <Text fz={11} c="dimmed">{bars[0]?.label}</Text>
        <Text fz={11} c="dimmed">{bars.at(-1)?.label}</Text>
      </Group>
    </figure>
  )
}

/** A line of the last moments. */
export function Spark({ values, label, height = 44 }: { values: number[]; label: string; height?: number }) {
  const top = Math.max(1, ...values)
  const step = 100 / Math.max(1, values.length - 1)
  const points = values.map((v, i) => `${(i * step).toFixed(2)},${(height - 2 - (v / top) * (height - 6)).toFixed(2)}`)
  return (
    <svg viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" width="100%" height={height} role="img" aria-label={label} style={{ display: 'block' }}>
      {points.length > 1 && <polygon points={`0,${height} ${points.join(' ')} 100,${height}`} fill="var(--mantine-color-brand-6)" opacity={0.14} />}
      {points.length > 1 && <polyline points={points.join(' ')} fill="none" stroke="light-dark(var(--mantine-color-brand-6), var(--mantine-color-brand-3))" strokeWidth={1.8} vectorEffect="non-scaling-stroke" strokeLinejoin="round" />}
    </svg>
  )
}
