// What stands in the audit, in words: most commands are a verb and a noun; the rest, and what customers do, are sentences.

import { lang, texts } from '../../lib/lang'
import { DEEDS, knownDeed } from '../../user/deeds'

/** Commands that change something or show what is private, beside the deeds that customers read of, too. */
export const COMMANDS = (
  'article/remove article/save coupon/disable exit/add exit/disable exit/drain exit/enable exit/import exit/probe exit/remove ' +
  'invoice/correct invoice/issue invoice/reject job/run operator/create operator/disable operator/enable operator/end-session operator/login ' +
  'operator/logout operator/password operator/reset operator/role payment-method/set payment/refunded payment/return place/clear place/clear-all ' +
  'place/import place/set product/load product/save product/shop product/sort rule/close rule/open site/change site/create site/entry ' +
  'static-ip/import static-ip/maintain static-ip/remove customer/waiting mail/list mail/show order/proofs usage/trace'
).split(' ')

/** In English with `the` where there is but one. */
const nouns = texts({
  account: ['代理账号', 'proxy account'],
  'api-keys': ['API 密钥', 'API key'],
  article: ['帮助文章', 'help article'],
  audit: ['审计', 'the audit'],
  'blocked-host': ['屏蔽目标', 'blocked destination'],
  coupon: ['优惠券', 'coupon'],
  customer: ['客户', 'customer'],
  endpoint: ['端点', 'endpoint'],
  exit: ['出口', 'exit'],
  invoice: ['发票', 'invoice'],
  ip: ['静态 IP 更换', 'exchange of an address'],
  job: ['任务', 'job'],
  ledger: ['账本', 'the ledger'],
  mail: ['邮件', 'e-mail'],
  operator: ['运营人员', 'operator'],
  order: ['订单', 'order'],
  overview: ['总览', 'the dashboard'],
  package: ['套餐', 'package'],
  pay: ['付款凭证', 'proof of payment'],
  payment: ['支付', 'payment'],
  'payment-method': ['支付方式', 'payment method'],
  place: ['地点名称', 'place’s name'],
  product: ['商品', 'product'],
  'proxy-account': ['代理账号设置', 'proxy account’s settings'],
  'proxy-ip': ['白名单地址', 'allowlisted address'],
  rule: ['禁止访问的目标', 'closed destination'],
  session: ['代理会话', 'proxy session'],
  setting: ['设置', 'the settings'],
  site: ['站点', 'site'],
  'static-ip': ['静态 IP', 'static address'],
  usage: ['流量', 'the traffic'],
  user: ['登录与资料', 'the log-in and profile'],
  'user-invoice': ['发票申请与抬头', 'request for an invoice'],
  'user-product': ['自动续费', 'automatic renewal'],
  warning: ['提醒', 'warning'],
  'whitelist-account': ['代理账号管理', 'customer’s proxy account'],
})

const verbs = texts({
  add: ['添加', 'Added'],
  change: ['修改', 'Changed'],
  clear: ['清除', 'Cleared'],
  correct: ['更正', 'Corrected'],
  create: ['创建', 'Made'],
  disable: ['停用', 'Disabled'],
  drain: ['排空', 'Drained'],
  enable: ['启用', 'Enabled'],
  export: ['导出', 'Exported'],
  import: ['导入', 'Imported a file:'],
  issue: ['开具', 'Issued'],
  list: ['查看', 'Looked at'],
  probe: ['检测', 'Probed'],
  reject: ['驳回', 'Turned down'],
  remove: ['删除', 'Removed'],
  save: ['保存', 'Saved'],
  set: ['设置', 'Set'],
  show: ['查看', 'Looked at'],
})

/** Where verb and noun say too little; and what a customer reads otherwise than operators do. */
const sentences = texts({
  'coupon/create': ['创建优惠券', 'Made a coupon'],
  'customer/list': ['查看客户列表', 'Looked at the list of customers'],
  'customer/reset': ['停用客户的身份验证器', 'Switched a customer’s authenticator off'],
  'customer/see-as': ['以客户身份查看控制台', 'Looked at a customer’s console'],
  'customer/waiting': ['查看待审核的实名资料', 'Looked at real names that wait'],
  'exit/import': ['从文件导入出口', 'Imported exits from a file'],
  'exit/list': ['查看出口列表', 'Looked at the list of exits'],
  'exit/map': ['查看出口地图', 'Looked at the map of exits'],
  'job/run': ['立即运行任务', 'Ran a job at once'],
  'ledger/accounts': ['查看账本科目', 'Looked at the ledger’s accounts'],
  'ledger/check': ['核对账本', 'Checked the ledger'],
  'mail/list': ['查看邮件列表', 'Looked at the list of e-mails'],
  'mail/show': ['查看邮件内容', 'Read an e-mail'],
  'operator/create': ['添加运营人员', 'Added an operator'],
  'operator/end-session': ['结束自己的一处登录', 'Ended a log-in of their own'],
  'operator/login': ['登录控制室', 'Logged in to the control room'],
  'operator/logout': ['退出控制室', 'Logged out of the control room'],
  'operator/password': ['修改自己的密码', 'Changed their own password'],
  'operator/reset': ['重置运营人员的密码和两步验证', 'Reset an operator’s password and second step'],
  'operator/role': ['更改运营人员的角色', 'Changed an operator’s role'],
  'order/proofs': ['查看付款凭证', 'Looked at proofs of payment'],
  'payment/reconciliations': ['查看对账结果', 'Looked at what was reconciled'],
  'payment/refunded': ['登记已退款', 'Noted that a refund was paid'],
  'payment/refunds': ['查看退款', 'Looked at refunds'],
  'payment/return': ['退回款项', 'Returned a payment'],
  'payment/unmatched': ['查看未匹配的款项', 'Looked at payments of no order'],
  'place/clear-all': ['清除全部地点名称', 'Cleared all names of places'],
  'place/import': ['从文件导入地点名称', 'Imported names of places from a file'],
  'product/load': ['从文件导入目录', 'Loaded the catalogue from a file'],
  'product/export': ['导出目录', 'Exported the catalogue'],
  'product/preview': ['预览商品', 'Looked at how a product appears'],
  'product/shop': ['修改商店设置', 'Changed how the shop works'],
  'product/sort': ['调整商品顺序', 'Changed the order of products'],
  'rule/close': ['禁止访问目标', 'Closed a destination'],
  'rule/open': ['重新开放目标', 'Opened a destination again'],
  'site/entry': ['设置接入域名', 'Set an entry of a site'],
  'static-ip/import': ['从文件导入静态 IP', 'Imported static addresses from a file'],
  'static-ip/maintain': ['切换静态 IP 维护状态', 'Put a static address under maintenance or back'],
  'static-ip/remove': ['将静态 IP 移出库存', 'Took a static address out of stock'],
  'usage/days': ['查看每日用量', 'Looked at the traffic by day'],
  'usage/trace': ['按出口地址追查客户', 'Traced who used an exit'],
})

const of = (all: object, key: string) => (all as Record<string, string>)[key]

function made(noun: string | undefined, verb: string | undefined): string | undefined {
  if (!noun || !verb) return undefined
  if (lang() === 'zh') return verb + noun
  if (noun.startsWith('the ')) return `${verb} ${noun}`
  return `${verb} ${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/** What was done, where it has words. */
export function actOf(action: string): string | undefined {
  const [noun = '', verb = ''] = action.split('/')
  return of(sentences, action) ?? knownDeed(action) ?? made(of(nouns, noun), of(verbs, verb))
}

/** The noun of commands, as the head of a group. */
export function nounOf(noun: string): string {
  const name = (of(nouns, noun) ?? noun).replace(/^the /, '')
  return name[0]!.toUpperCase() + name.slice(1)
}

/** All that may stand in the audit, by noun. */
export function acts(): [noun: string, actions: string[]][] {
  const all = [...new Set([...DEEDS, ...COMMANDS])]
  const present = [...new Set(all.map((action) => action.split('/')[0]!))].sort((a, b) => nounOf(a).localeCompare(nounOf(b), lang()))
  return present.map((noun) => [noun, all.filter((action) => action.startsWith(`${noun}/`))])
}
