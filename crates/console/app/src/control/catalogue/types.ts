// What the product types are called, and what each consists of.

import { texts } from '../../lib/lang'

const t = texts({
  t3: ['充值', 'Top-up'],
  t9: ['动态住宅流量', 'Residential traffic'],
  t11: ['动态住宅不限量', 'Residential unmetered'],
  t12: ['动态数据中心流量', 'Data-center traffic'],
  t13: ['静态住宅池流量', 'Static residential pool traffic'],
  t14: ['静态数据中心 IP', 'Static data-center address'],
  t15: ['动态 ISP 流量', 'ISP traffic'],
  t16: ['动态静态池流量', 'Static pool traffic'],
  t17: ['提取端点次数', 'Extracted endpoints'],
  t18: ['网页采集', 'Scraper requests'],
  t19: ['静态 IP 续费', 'Static renewal'],
  t20: ['静态 IP 更换次数', 'Static exchanges'],
  t21: ['动态静态池流量 2', 'Static pool traffic 2'],
  t24: ['静态池加油包', 'Static pool add-on'],
  t25: ['静态住宅 IP', 'Static residential address'],
  t26: ['补差价', 'Supplement'],
  t27: ['搜索结果采集', 'SERP requests'],
  t28: ['视频采集', 'Video requests'],
  other: ['类型', 'Type'],
})

export const BUCKETS = [9, 12, 13, 15, 16, 21]
export const COUNTED = [17, 18, 20, 27, 28]
export const TYPES = [9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 27, 28, 3]

export const productName = (type: number) => (t as Record<string, string>)[`t${type}`] ?? `${t.other} ${type}`
