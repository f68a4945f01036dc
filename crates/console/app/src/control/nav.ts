// The operators' menu, in groups, and what an alarm leads to.

import {
  IconBook2, IconBuildingStore, IconCashBanknote, IconDiscount2, IconGauge, IconHistory, IconId, IconListCheck, IconNetwork, IconPalette, IconReceipt2, IconReportMoney,
  IconServer2, IconSettings, IconShieldLock, IconUsersGroup, IconWorldPin, type Icon,
} from '@tabler/icons-react'
import { texts } from '../lib/lang'

export const names = texts({
  home: ['总览', 'Dashboard'],
  people: ['客户', 'Customers'],
  customers: ['客户', 'Customers'],
  realNames: ['实名审核', 'Real names'],
  network: ['网络', 'Network'],
  exits: ['出口', 'Exits'],
  statics: ['静态 IP 库存', 'Static stock'],
  rules: ['禁止访问', 'Closed destinations'],
  shop: ['商店', 'Shop'],
  catalogue: ['套餐目录', 'Catalogue'],
  orders: ['订单', 'Orders'],
  payments: ['支付与发票', 'Payments & invoices'],
  coupons: ['优惠券', 'Coupons'],
  ledger: ['账本', 'Ledger'],
  installation: ['系统', 'Installation'],
  sites: ['站点与品牌', 'Sites & brands'],
  articles: ['帮助文章', 'Help articles'],
  jobs: ['任务', 'Jobs'],
  audit: ['审计', 'Audit'],
  operators: ['运营人员', 'Operators'],
  settings: ['设置', 'Settings'],
})

/** `needs` is a command that not every role may run: without it the screen would be an error. */
export interface Item { to: string; label: keyof typeof names; icon: Icon; alarms?: string[]; needs?: string }

export const groups: { label?: keyof typeof names; items: Item[] }[] = [
  { items: [{ to: '/control', label: 'home', icon: IconGauge }] },
  { label: 'people', items: [
    { to: '/control/customers', label: 'customers', icon: IconUsersGroup },
    { to: '/control/real-names', label: 'realNames', icon: IconId, alarms: ['real_names'], needs: 'customer/waiting' },
  ] },
  { label: 'network', items: [
    { to: '/control/exits', label: 'exits', icon: IconWorldPin, alarms: ['no_exits', 'exits_down', 'misplaced'] },
    { to: '/control/statics', label: 'statics', icon: IconServer2 },
    { to: '/control/rules', label: 'rules', icon: IconNetwork },
  ] },
  { label: 'shop', items: [
    { to: '/control/catalogue', label: 'catalogue', icon: IconBuildingStore, alarms: ['sold_out'] },
    { to: '/control/orders', label: 'orders', icon: IconReceipt2, alarms: ['transfers'] },
    { to: '/control/payments', label: 'payments', icon: IconCashBanknote, alarms: ['refunds', 'invoices', 'unreconciled'] },
    { to: '/control/coupons', label: 'coupons', icon: IconDiscount2 },
    { to: '/control/ledger', label: 'ledger', icon: IconReportMoney },
  ] },
  { label: 'installation', items: [
    { to: '/control/sites', label: 'sites', icon: IconPalette },
    { to: '/control/articles', label: 'articles', icon: IconBook2 },
    { to: '/control/jobs', label: 'jobs', icon: IconListCheck, alarms: ['jobs_failing', 'messages_stuck'] },
    { to: '/control/audit', label: 'audit', icon: IconHistory, needs: 'audit/list' },
    { to: '/control/operators', label: 'operators', icon: IconShieldLock, needs: 'operator/list' },
    { to: '/control/settings', label: 'settings', icon: IconSettings },
  ] },
]

/** The screen at an address that not every role may see. */
export const closedAt = (path: string) => groups.flatMap((group) => group.items).find((item) => item.needs !== undefined && (path === item.to || path.startsWith(`${item.to}/`)))

/** Where an alarm is dealt with. */
export const placeOf = (slug: string) => groups.flatMap((group) => group.items).find((item) => item.alarms?.includes(slug))?.to ?? '/control'
