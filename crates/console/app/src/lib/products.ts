// The kinds of product, by the number that the API gives them, as people read them.

import { texts } from './lang'

const t = texts({
  t3: ['余额充值', 'Balance'],
  t9: ['动态住宅', 'Rotating residential'],
  t11: ['不限量住宅', 'Unmetered residential'],
  t12: ['动态机房', 'Rotating data center'],
  t13: ['住宅静态流量', 'Residential static traffic'],
  t14: ['静态机房 IP', 'Static data center'],
  t15: ['动态 ISP', 'Rotating ISP'],
  t16: ['轮换静态', 'Rotating static'],
  t17: ['提取 IP', 'Extracted endpoints'],
  t18: ['采集请求', 'Scraper requests'],
  t19: ['静态 IP 续费', 'Renewal'],
  t20: ['更换次数', 'Exchanges'],
  t21: ['轮换静态 v2', 'Rotating static v2'],
  t24: ['追加流量', 'Additional traffic'],
  t25: ['静态住宅 IP', 'Static residential'],
  t26: ['补差价', 'Rest of an order'],
  t27: ['SERP 请求', 'SERP requests'],
  t28: ['视频请求', 'Video requests'],
})

export const productName = (type: number): string => (t as Record<string, string>)[`t${type}`] ?? String(type)

/** Types that proxy accounts are bound to. */
export const ACCOUNT_TYPES = [9, 11, 12, 13, 14, 15, 16, 21, 25] as const
export type AccountType = (typeof ACCOUNT_TYPES)[number]
/** Types whose accounts may speak UDP. */
export const UDP_TYPES: readonly number[] = [14, 16, 21, 25]
/** Packages that count traffic. */
export const TRAFFIC_TYPES: readonly number[] = [9, 12, 13, 15, 16, 21]
/** Packages that count things. */
export const COUNT_TYPES: readonly number[] = [17, 18, 20, 27, 28]
export const STATIC_TYPES: readonly number[] = [14, 25]

export const accountTypeOptions = () => ACCOUNT_TYPES.map((type) => ({ value: String(type), label: productName(type) }))
