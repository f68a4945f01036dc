// The pools that exits serve, as people read them.

import { texts } from '../../lib/lang'

const t = texts({
  residential: ['住宅', 'Residential'],
  datacenter: ['机房', 'Data center'],
  isp: ['ISP', 'ISP'],
  static: ['轮换静态', 'Rotating static'],
  static_unsold: ['未售住宅静态', 'Unsold residential static'],
})

export const POOLS = ['residential', 'datacenter', 'isp', 'static', 'static_unsold'] as const

export const poolName = (pool: string): string => (t as Record<string, string>)[pool] ?? pool

export const poolOptions = () => POOLS.map((value) => ({ value, label: poolName(value) }))
