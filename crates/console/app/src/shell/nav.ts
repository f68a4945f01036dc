// The customer's menu, in groups.

import {
  IconActivity, IconAdjustments, IconBook2, IconHelp, IconBuildingStore, IconChartBar, IconFileInvoice, IconFocus2, IconKey, IconLayoutDashboard,
  IconMapPin, IconPackages, IconReceipt, IconShieldCheck, IconUsers, type Icon,
} from '@tabler/icons-react'
import { texts } from '../lib/lang'

export const t = texts({
  overview: ['概览', 'Overview'],
  proxies: ['代理', 'Proxies'],
  packages: ['套餐', 'Packages'],
  generator: ['端点生成', 'Endpoint generator'],
  accounts: ['代理账号', 'Proxy accounts'],
  allowlist: ['IP 白名单', 'IP allowlist'],
  statics: ['静态 IP', 'Static addresses'],
  connections: ['连接', 'Connections'],
  usage: ['用量', 'Usage'],
  billing: ['账单', 'Billing'],
  shop: ['购买', 'Shop'],
  orders: ['订单', 'Orders'],
  invoices: ['发票与对账单', 'Invoices & statements'],
  account: ['账户', 'Account'],
  keys: ['API 密钥', 'API keys'],
  settings: ['设置', 'Settings'],
  help: ['帮助', 'Help'],
  docs: ['API 文档', 'API reference'],
})

export interface NavItem { to: string; label: keyof typeof t; icon: Icon; outside?: boolean }

export const groups: { label?: keyof typeof t; items: NavItem[] }[] = [
  { items: [{ to: '/', label: 'overview', icon: IconLayoutDashboard }] },
  {
    label: 'proxies',
    items: [
      { to: '/generator', label: 'generator', icon: IconFocus2 },
      { to: '/accounts', label: 'accounts', icon: IconUsers },
      { to: '/allowlist', label: 'allowlist', icon: IconShieldCheck },
      { to: '/statics', label: 'statics', icon: IconMapPin },
      { to: '/connections', label: 'connections', icon: IconActivity },
      { to: '/packages', label: 'packages', icon: IconPackages },
      { to: '/usage', label: 'usage', icon: IconChartBar },
    ],
  },
  {
    label: 'billing',
    items: [
      { to: '/shop', label: 'shop', icon: IconBuildingStore },
      { to: '/orders', label: 'orders', icon: IconReceipt },
      { to: '/invoices', label: 'invoices', icon: IconFileInvoice },
    ],
  },
  {
    label: 'account',
    items: [
      { to: '/keys', label: 'keys', icon: IconKey },
      { to: '/settings', label: 'settings', icon: IconAdjustments },
      { to: '/help', label: 'help', icon: IconHelp },
      { to: '/docs', label: 'docs', icon: IconBook2, outside: true },
    ],
  },
]
