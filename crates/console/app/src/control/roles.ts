// What roles are called, and what each may do, in a sentence.

import { texts } from '../lib/lang'
import type { Role } from './api'

const t = texts({
  owner: ['所有者', 'Owner'],
  finance: ['财务', 'Finance'],
  support: ['客服', 'Support'],
  network: ['网络', 'Network'],
  readOnly: ['只读', 'Read-only'],
  ownerMay: ['可执行全部操作', 'Everything'],
  financeMay: ['订单、支付、价格、优惠券、账本', 'Orders, payments, prices, coupons, ledger'],
  supportMay: ['客户及其持有的套餐和账号，帮助文章', 'Customers and what they hold, help articles'],
  networkMay: ['出口、静态 IP、禁止访问的目标', 'Exits, static addresses, closed destinations'],
  readOnlyMay: ['查看除机密外的全部内容', 'Looks at everything that is no secret'],
})

const key = (role: Role) => (role === 'read-only' ? 'readOnly' : role)

export const roleName = (role: Role) => t[key(role)]
export const roleMay = (role: Role) => t[`${key(role)}May`]
