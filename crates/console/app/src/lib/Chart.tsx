// A chart of traffic, with its sum for who cannot see it.

import { Skeleton } from '@mantine/core'
import { Suspense, lazy } from 'react'
import type { ChartProps } from './charts'
import { size } from './format'
import { say, texts } from './lang'

const TrafficChart = lazy(() => import('./charts'))

const t = texts({ sum: ['{name}：共 {sum}', '{name}: {sum} in all'] })

export function Chart(props: ChartProps) {
  const sum = props.points.reduce((all, point) => all + point.flow, 0)
  return (
    <div role="img" aria-label={say(t.sum, { name: props.name, sum: size(sum) })} data-sum={sum}>
      <Suspense fallback={<Skeleton h={props.height ?? 240} />}><TrafficChart {...props} /></Suspense>
    </div>
  )
}
