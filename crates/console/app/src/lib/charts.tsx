// The one module that knows the chart library; loaded when a chart is seen.

import '@mantine/charts/styles.css'
import { AreaChart, BarChart } from '@mantine/charts'
import { size } from './format'
import { ticks } from './ticks'

export interface Point { label: string; flow: number }
export interface ChartProps { points: Point[]; name: string; height?: number; kind?: 'area' | 'bar' }

export default function TrafficChart({ points, name, height = 240, kind = 'area' }: ChartProps) {
  const lines = ticks(Math.max(0, ...points.map((point) => point.flow)))
  const shared = {
    h: height,
    data: points,
    dataKey: 'label',
    series: [{ name: 'flow', label: name, color: 'brand.5' }],
    valueFormatter: size,
    gridAxis: 'x' as const,
    tickLine: 'none' as const,
    yAxisProps: { width: 72, ticks: lines, domain: [0, lines.at(-1) ?? 0] },
    xAxisProps: { minTickGap: 24 },
  }
  // The topmost label stands beside its line, not below it.
  const margin = { top: 10 }
  if (kind === 'bar') return <BarChart {...shared} barChartProps={{ margin }} barProps={{ radius: [4, 4, 0, 0], maxBarSize: 38, isAnimationActive: false }} />
  return <AreaChart {...shared} areaChartProps={{ margin }} curveType="monotone" withDots={false} fillOpacity={0.25} strokeWidth={2} areaProps={{ isAnimationActive: false }} />
}
