// How something in the audit ended, in words; refusals that few ever see are just refusals, with their code beside them.

import { texts } from '../../lib/lang'
import type { Tone } from '../kit'

const t = texts({
  ok: ['成功', 'Done'],
  begun: ['进行中', 'Begun'],
  refused: ['已拒绝', 'Refused'],
})

const refusals = texts({
  account_unknown: ['代理账号不存在', 'No such account'],
  address_taken: ['地址已存在', 'Address is taken'],
  article_changed: ['文章已被他人修改', 'Article changed meanwhile'],
  bad_parameter: ['参数有误', 'Wrong input'],
  balance_too_low: ['余额不足', 'Balance too low'],
  code_required: ['缺少验证码', 'Code needed'],
  code_wrong: ['验证码错误', 'Wrong code'],
  coupon_taken: ['优惠码已存在', 'Code is taken'],
  coupon_unknown: ['优惠码不存在', 'No such coupon'],
  customer_ambiguous: ['有多位客户符合', 'Several customers fit'],
  customer_disabled: ['客户已停用', 'Customer is disabled'],
  customer_unknown: ['客户不存在', 'No such customer'],
  edit_stale: ['内容已被他人修改', 'Changed meanwhile'],
  email_taken: ['邮箱已注册', 'Address is registered'],
  email_unverified: ['邮箱未验证', 'Address not verified'],
  exchange_no_quota: ['没有更换次数', 'No exchanges left'],
  exit_is_static: ['属于静态 IP', 'Is a static address'],
  exit_taken: ['出口已存在', 'Exit is there already'],
  exit_unknown: ['出口不存在', 'No such exit'],
  host_taken: ['域名已被使用', 'Host name is taken'],
  invoice_ended: ['发票已处理', 'Invoice is settled'],
  job_busy: ['任务不在等待', 'Job does not wait'],
  last_owner: ['最后一位所有者', 'The last owner'],
  link_expired: ['链接已失效', 'Link has expired'],
  login_refused: ['账号或密码错误', 'Wrong name or password'],
  no_active_package: ['没有可用套餐', 'No package in use'],
  no_exit: ['没有可用出口', 'No exit to serve'],
  not_verified: ['未实名', 'Not verified'],
  operator_unknown: ['运营人员不存在', 'No such operator'],
  order_no_balance: ['余额不足', 'Balance too low'],
  order_not_paid: ['订单未支付', 'Order is not paid'],
  order_not_unpaid: ['订单不在待付款', 'Order is not unpaid'],
  order_unknown: ['订单不存在', 'No such order'],
  order_used: ['订单已使用', 'Order is used'],
  phone_taken: ['手机号已被使用', 'Telephone is taken'],
  product_sold_out: ['商品已售罄', 'Sold out'],
  product_trial_taken: ['已使用过试用', 'Trial was taken'],
  product_unknown: ['商品不存在', 'No such product'],
  real_name_changed: ['资料已更新', 'Documents changed'],
  role_lacks: ['角色无权', 'Role may not'],
  second_factor: ['需要两步验证', 'Second step needed'],
  session_unknown: ['会话不存在', 'No such session'],
  site_unknown: ['站点不存在', 'No such site'],
  slow_down: ['操作过于频繁', 'Too often'],
  static_is_held: ['地址使用中', 'Address is held'],
  static_out_of_stock: ['静态 IP 库存不足', 'Not enough in stock'],
  static_unknown: ['静态 IP 不存在', 'No such address'],
  too_many_requests: ['操作过于频繁', 'Too often'],
  transfer_booked: ['转账已入账', 'Transfer is booked'],
  username_taken: ['用户名已存在', 'Name is taken'],
  view_only: ['只读登录', 'Log-in only looks'],
})

export function endOf(outcome: string): string {
  if (outcome === 'ok') return t.ok
  if (outcome === 'begun') return t.begun
  return (refusals as Record<string, string>)[outcome] ?? t.refused
}

export const isPlain = (outcome: string) => outcome === 'ok' || outcome === 'begun'
export const toneOf = (outcome: string): Tone => (outcome === 'ok' ? 'good' : outcome === 'begun' ? 'plain' : 'warn')
