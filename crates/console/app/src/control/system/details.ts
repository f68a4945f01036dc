// The details of a note of the audit, in words: what a command was given, or with what a customer did something.

import { deviceOf } from '../../lib/device'
import { country } from '../../lib/format'
import { either, texts } from '../../lib/lang'
import { productName } from '../../lib/products'
import { wishInWords } from '../../lib/regions'
import { byOf } from '../../user/deeds'
import { ROLES, type Role } from '../api'
import { poolName } from '../exits/pools'
import { roleName } from '../roles'

const t = texts({
  yes: ['是', 'yes'],
  no: ['否', 'no'],
  hidden: ['不记录', 'not kept'],
})

/** The fields of commands. */
const fields = texts({
  account_prefix: ['账号前缀', 'prefix of accounts'],
  address: ['地址', 'address'],
  allow_private_clients: ['允许私有地址的客户端', 'clients of private addresses'],
  amount: ['金额', 'amount'],
  asn: ['ASN', 'ASN'],
  at: ['时间', 'at'],
  bandwidth: ['带宽（Mbit/s）', 'Mbit/s'],
  city: ['城市', 'city'],
  code: ['代码', 'code'],
  codes: ['代码', 'codes'],
  concurrency: ['并发', 'connections'],
  count: ['数量', 'count'],
  country: ['国家', 'country'],
  currency: ['货币', 'currency'],
  customer: ['客户', 'customer'],
  days: ['天数', 'days'],
  demands_verification: ['要求实名', 'real names needed'],
  document_number: ['证件号码', 'number of the document'],
  email: ['邮箱', 'email'],
  en: ['英文', 'English'],
  exit: ['出口地址', 'exit’s address'],
  fee: ['手续费', 'fee'],
  file: ['文件', 'file'],
  gb: ['流量（GB）', 'GB'],
  hidden: ['隐藏', 'hidden'],
  host: ['主机', 'host'],
  hosts: ['域名', 'host names'],
  id: ['编号', 'ID'],
  item: ['内容', 'what it is'],
  lang: ['语言', 'language'],
  logo: ['标志', 'logo'],
  max: ['最高', 'at most'],
  min: ['最低', 'at least'],
  minimum: ['最低消费', 'from an amount of'],
  name: ['名称', 'name'],
  note_en: ['支付说明（英文）', 'note, English'],
  note_zh: ['支付说明（中文）', 'note, Chinese'],
  number: ['号码', 'number'],
  off: ['关闭', 'off'],
  package: ['套餐编号', 'package ID'],
  password: ['密码', 'password'],
  per_customer: ['每位客户次数', 'times per customer'],
  percent: ['百分比', 'percent'],
  phone: ['手机号', 'telephone'],
  pools: ['资源池', 'pools'],
  port: ['端口', 'port'],
  position: ['位置', 'position'],
  prefixes: ['路径前缀', 'prefixes'],
  product: ['商品', 'product'],
  proof: ['凭证编号', 'proof ID'],
  rate: ['费率（万分之）', 'rate, basis points'],
  reason: ['原因', 'reason'],
  reference: ['流水号', 'reference'],
  regions: ['地区', 'regions'],
  resolve: ['域名解析', 'names resolved by'],
  role: ['角色', 'role'],
  rotate: ['更换密钥', 'replace the key'],
  seconds: ['秒', 'seconds'],
  secret: ['密文', 'secret'],
  seen: ['所见版本', 'version seen'],
  shop: ['商店设置', 'shop'],
  site: ['站点', 'site'],
  slug: ['标识', 'slug'],
  state: ['州／省', 'state'],
  target: ['目标', 'target'],
  title: ['标题', 'title'],
  to_correct: ['待更正', 'to be corrected'],
  total: ['总数', 'in all'],
  trade_no: ['订单', 'order'],
  types: ['商品类型', 'kinds of product'],
  zh: ['中文', 'Chinese'],
  zone: ['时区', 'zone'],
})

const nameOf = (field: string): string => (fields as Record<string, string>)[field] ?? field

/** Values that are codes, by their field. */
const codes: Record<string, (value: string | number) => string> = {
  country: (value) => country(String(value)),
  lang: (value) => (value === 'zh' ? fields.zh : value === 'en' ? fields.en : String(value)),
  pools: (value) => poolName(String(value)),
  product: (value) => (typeof value === 'number' ? productName(value) : value),
  regions: (value) => wishInWords(String(value)),
  role: (value) => ((ROLES as readonly string[]).includes(String(value)) ? roleName(value as Role) : String(value)),
  types: (value) => productName(Number(value)),
}

function valueOf(field: string, value: unknown): string {
  if (value === '***') return t.hidden
  if (typeof value === 'boolean') return value ? t.yes : t.no
  if (Array.isArray(value)) return value.map((one) => valueOf(field, one)).join(either('、', ', '))
  if (value && typeof value === 'object') return `(${listed(value, ', ')})`
  return codes[field]?.(value as string | number) ?? String(value)
}

/** What was looked at before a change is kept as `***`: it says nothing here. */
const says = ([field, value]: [string, unknown]) => value !== null && value !== '' && !(field === 'seen' && value === '***') && !(Array.isArray(value) && value.length === 0)

const listed = (all: object, between: string): string => Object.entries(all).filter(says).map(([field, value]) => `${nameOf(field)}${either('：', ': ')}${valueOf(field, value)}`).join(between)

/** With what somebody logged in: the name that was typed, then the browser's. */
function enteredWith(detail: string): string {
  const [, name = '', agent = ''] = /^(\S*) (.+)$/.exec(detail) ?? [undefined, detail.trim()]
  return [name, agent && deviceOf(agent)].filter(Boolean).join(' · ')
}

export function detailOf(action: string, detail: string): string {
  if (action === 'user/login') return enteredWith(detail)
  try {
    const all = JSON.parse(detail) as unknown
    return all && typeof all === 'object' ? listed(all, ' · ') : ''
  } catch {
    return byOf(detail) ?? detail
  }
}
