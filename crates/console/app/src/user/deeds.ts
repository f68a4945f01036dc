// What stands in a customer's activity, in words: the deed, how it ended, by whom, with which device.

import { deviceOf } from '../lib/device'
import { texts } from '../lib/lang'

/** Deeds by the endpoint or command that did them. */
const deeds = texts({
  'user/login': ['登录', 'Log-in'],
  'user/logout': ['退出登录', 'Logged out'],
  'user/register': ['注册', 'Registered'],
  'user/verify-email': ['验证邮箱', 'Verified the e-mail address'],
  'user/forgot-password': ['申请重置密码', 'Asked for a new password'],
  'user/reset-password': ['重置密码', 'Reset the password'],
  'user/change-password': ['修改密码', 'Changed the password'],
  'user/change-profile': ['修改资料', 'Changed the profile'],
  'user/submit-real-name': ['提交实名资料', 'Submitted a real name'],
  'user/totp-enrol': ['开始设置身份验证器', 'Began to set up an authenticator'],
  'user/totp-confirm': ['启用身份验证器', 'Switched the authenticator on'],
  'user/totp-disable': ['停用身份验证器', 'Switched the authenticator off'],
  'user/recovery-codes': ['更换恢复码', 'Made new recovery codes'],
  'user/verify-before-delete': ['修改删除前验证', 'Changed verification before deleting'],
  'user/rotate-key': ['更换主密钥', 'Replaced the main key'],
  'user/end-session': ['退出一处登录', 'Ended a log-in'],
  'user/end-other-sessions': ['退出其他登录', 'Ended all other log-ins'],
  'warning/set': ['修改提醒设置', 'Chose which warnings come'],
  'warning/set-webhook': ['修改提醒 Webhook', 'Changed the webhook for warnings'],
  'warning/test-webhook': ['测试提醒 Webhook', 'Tried the webhook for warnings'],
  'api-keys/add': ['创建 API 密钥', 'Made an API key'],
  'api-keys/change': ['修改 API 密钥', 'Changed an API key'],
  'api-keys/delete': ['删除 API 密钥', 'Deleted an API key'],
  'blocked-host/add': ['屏蔽目标', 'Blocked a destination'],
  'blocked-host/delete': ['取消屏蔽目标', 'Unblocked a destination'],
  'proxy-ip/add': ['添加白名单地址', 'Allowlisted an address'],
  'proxy-ip/delete': ['删除白名单地址', 'Took an address off the allowlist'],
  'proxy-account/change': ['修改代理账号', 'Changed a proxy account'],
  'proxy-account/test': ['测试代理账号', 'Tested a proxy account'],
  'whitelist-account/add': ['添加代理账号', 'Added proxy accounts'],
  'whitelist-account/change-limit': ['修改账号流量上限', 'Changed an account’s limit'],
  'whitelist-account/change-password': ['修改账号密码', 'Changed an account’s password'],
  'whitelist-account/change-remark': ['修改账号备注', 'Changed an account’s remark'],
  'whitelist-account/delete': ['删除代理账号', 'Deleted proxy accounts'],
  'whitelist-account/disable': ['停用代理账号', 'Switched proxy accounts off'],
  'whitelist-account/enable': ['启用代理账号', 'Switched proxy accounts on'],
  'session/end': ['结束代理会话', 'Ended a proxy session'],
  'endpoint/end': ['结束端点', 'Ended an endpoint'],
  'ip/exchange-static-ip': ['更换静态 IP', 'Exchanged a static address'],
  'order/create': ['下单', 'Ordered'],
  'order/close': ['关闭订单', 'Closed an order'],
  'pay/proof': ['上传付款凭证', 'Sent a proof of payment'],
  'user-invoice/add': ['添加发票抬头', 'Added an invoice profile'],
  'user-invoice/delete': ['删除发票抬头', 'Deleted an invoice profile'],
  'user-invoice/request': ['申请发票', 'Asked for an invoice'],
  'user-invoice/cancel': ['取消发票申请', 'Took back a request for an invoice'],
  'user-product/set-auto-renewal': ['修改自动续费', 'Changed automatic renewal'],
  'customer/create': ['开通客户', 'Opened the customer'],
  'customer/verify': ['通过实名', 'Passed the real name'],
  'customer/refuse': ['拒绝实名', 'Refused the real name'],
  'customer/disable': ['停用客户', 'Disabled the customer'],
  'customer/enable': ['启用客户', 'Enabled the customer'],
  'customer/key': ['查看或更换密钥', 'Read or replaced the key'],
  'customer/credit': ['调整余额', 'Changed the balance'],
  'customer/reset': ['停用身份验证器', 'Switched the authenticator off'],
  'customer/phone': ['修改手机号', 'Changed the telephone'],
  'customer/see-as': ['查看客户控制台', 'Looked at the customer’s console'],
  'package/grant': ['赠送套餐', 'Granted a package'],
  'package/take': ['收回套餐', 'Took a package back'],
  'order/confirm': ['确认收款', 'Confirmed a payment'],
  'order/refund': ['退款', 'Paid an order back'],
  'order/reject': ['关闭未付款订单', 'Closed an unpaid order'],
  'coupon/create': ['发放优惠码', 'Made a coupon'],
  'coupon/invite': ['设置邀请优惠', 'Set what an invitation brings'],
  'static-ip/grant': ['分配静态 IP', 'Granted a static address'],
  'static-ip/release': ['收回静态 IP', 'Released a static address'],
})

const t = texts({
  other: ['其他操作', 'Another deed'],
  done: ['成功', 'Done'],
  began: ['已开始', 'Begun'],
  wrong: ['密码或账号错误', 'Wrong name or password'],
  code: ['验证码错误', 'Wrong code'],
  refused: ['已拒绝', 'Refused'],
  you: ['本人', 'You'],
  operator: ['运营者', 'An operator'],
  visitor: ['未登录的访客', 'Somebody not logged in'],
  by: ['登录 #{n}', 'Log-in #{n}'],
  key: ['API 密钥 #{n}', 'API key #{n}'],
})

/** The endpoints and commands that have words here. */
export const DEEDS = Object.keys(deeds)

/** A deed in words, where it has some. */
export const knownDeed = (action: string): string | undefined => (deeds as Record<string, string>)[action]

export const deedOf = (action: string): string => knownDeed(action) ?? t.other

export function outcomeOf(outcome: string): string {
  if (outcome === 'ok') return t.done
  if (outcome === 'begun') return t.began
  if (outcome === 'code_wrong') return t.code
  return outcome === 'login_refused' ? t.wrong : t.refused
}

/** Operators work in the control room, by token and by command line: to a customer they are one. Whose log-in was refused
 * may be anybody. */
export function doerOf(actor: string, outcome: string): string {
  if (outcome === 'login_refused') return t.visitor
  if (actor === 'customer') return t.you
  return actor === 'visitor' ? t.visitor : t.operator
}

/** The login or key, or the device, that a customer's own deed was done with. */
export function meansOf(actor: string, detail: string): string {
  if (actor !== 'customer' && actor !== 'visitor') return ''
  return byOf(detail) ?? (detail && deviceOf(detail))
}

/** `login 7` or `key 7` in words. */
export function byOf(detail: string): string | undefined {
  const [, kind, number] = /^(login|key) (\d+)$/.exec(detail) ?? []
  return kind && (kind === 'login' ? t.by : t.key).replace('{n}', number!)
}
