// What the numbers of orders say.

import { texts } from '../lib/lang'

const t = texts({ s0: ['待支付', 'Unpaid'], s1: ['已支付', 'Paid'], s2: ['已关闭', 'Closed'], s3: ['已退款', 'Refunded'] })

export const stateName = (status: number): string => (t as Record<string, string>)[`s${status}`] ?? String(status)
export const stateTone = (status: number) => (['warn', 'good', 'idle', 'info'] as const)[status] ?? 'idle'
