// Static addresses: filter, export, renew with the price before it is paid, exchange, renew by themselves.

import { Button, Card, Group, Select, Switch, Text, TextInput } from '@mantine/core'
import { IconDownload, IconMapPin, IconSearch } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type Row, get } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { Place, State, useQuestion, Typed } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { DataTable, Pager } from '../lib/DataTable'
import { day, daysUntil } from '../lib/format'
import { download } from '../lib/download'
import { say, texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Empty, Loaded, Screen, done, failed } from '../lib/ui'
import { useSite } from '../shell/site'
import { Renew } from './Renew'

export type Static = Row<'ip/get-static-ip'>

const t = texts({
  title: ['静态 IP', 'Static addresses'],
  about: ['归您使用的固定地址；连接 ip:port 即从该地址出口。', 'Addresses that are yours. Dial ip:port and you leave from there.'],
  buy: ['购买静态 IP', 'Buy addresses'],
  export: ['导出', 'Export'],
  anyState: ['全部状态', 'Every state'],
  state: ['状态', 'State'],
  s1: ['有效', 'Valid'],
  s2: ['已过期', 'Expired'],
  s3: ['即将到期', 'Ends soon'],
  s4: ['维护中', 'Maintenance'],
  anyType: ['全部类型', 'Every type'],
  type: ['类型', 'Type'],
  code: ['国家代码', 'Country code'],
  ip: ['地址', 'Address'],
  place: ['位置', 'Place'],
  isp: ['运营商', 'ISP'],
  until: ['到期', 'Until'],
  days: ['剩 {n} 天', '{n} days left'],
  auto: ['自动续费', 'Renews itself'],
  renew: ['续费', 'Renew'],
  exchange: ['更换', 'Exchange'],
  exchangeTitle: ['更换 {ip}？', 'Exchange {ip}?'],
  exchangeText: ['换成同地区的另一个地址，消耗 1 次更换次数，旧地址立即失效。', 'You get another address of the same region for one exchange; the old one ends at once.'],
  noExchange: ['没有可用的更换次数', 'No exchanges are left'],
  noExchangeText: ['更换静态 IP 需要更换次数套餐。', 'A static address is exchanged for one use of a package of exchanges.'],
  buyExchange: ['购买更换次数', 'Buy exchanges'],
  exchanged: ['新地址：{ip}', 'The new address is {ip}'],
  none: ['还没有静态 IP', 'No static addresses yet'],
  noneHow: ['按地区购买独享的机房或住宅地址。', 'Buy data-center or residential addresses by region.'],
  noMatch: ['没有匹配的地址', 'No address fits'],
  picked: ['已选 {n} 个', '{n} selected'],
  account: ['账号', 'Account'],
  needAccount: ['创建账号', 'Create one'],
  on: ['已开启自动续费', 'Renews by itself from now on'],
  off: ['已关闭自动续费', 'Does not renew by itself any more'],
})

const TONES = { 1: 'good', 2: 'bad', 3: 'warn', 4: 'idle' } as const
const NAMES = () => ({ 1: t.s1, 2: t.s2, 3: t.s3, 4: t.s4 }) as Record<number, string>

export function Statics() {
  const [page, setPage] = useState(1)
  const [status, setStatus] = useState<string | null>(null)
  const [type, setType] = useState<string | null>(null)
  const [code, setCode] = useState('')
  const [picked, setPicked] = useState(new Set<string>())
  const [renewed, setRenewed] = useState<Static[]>()
  const filter = { status: status ?? undefined, product_type: type ?? undefined, country_code: code.length === 2 ? code : undefined } as never as { status?: never; product_type?: never; country_code?: string }
  const read = useRead('ip/get-static-ip', { ...filter, page, size: 20 })
  const filtered = Boolean(status ?? type) || code !== ''
  const change = (then: () => void) => { then(); setPage(1); setPicked(new Set()) }
  const rows = read.data?.list ?? []
  return (
    <Screen
      title={t.title} about={t.about}
      actions={<><Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => void exported(filter).catch(failed)}>{t.export}</Button><Button component={Link} to="/shop" search={{ type: 14 } as never}>{t.buy}</Button></>}
    >
      <Card withBorder radius="lg" padding={0}>
        <Group p="md" gap="sm" className="filters">
          <Select w={160} aria-label={t.state} placeholder={t.anyState} clearable clearButtonProps={{ 'aria-label': t.anyState }} value={status} onChange={(next) => change(() => setStatus(next))} data={[1, 3, 2, 4].map((n) => ({ value: String(n), label: NAMES()[n]! }))} />
          <Select w={180} aria-label={t.type} placeholder={t.anyType} clearable clearButtonProps={{ 'aria-label': t.anyType }} value={type} onChange={(next) => change(() => setType(next))} data={[14, 25].map((n) => ({ value: String(n), label: productName(n) }))} />
          <TextInput w={140} aria-label={t.code} placeholder={t.code} maxLength={2} value={code} onChange={(e) => { const next = e.currentTarget.value.toUpperCase(); change(() => setCode(next)) }} />
          {picked.size > 0 && <Group gap="xs"><Text fz="sm" fw={600}>{say(t.picked, { n: picked.size })}</Text><Button size="compact-sm" onClick={() => setRenewed(rows.filter((row) => picked.has(String(row.id))))}>{t.renew}</Button></Group>}
        </Group>
        <Loaded from={read} lines={6}>
          {(data) =>
            data.list.length === 0 ? (
              filtered ? <Empty icon={IconSearch} title={t.noMatch} /> : <Empty icon={IconMapPin} title={t.none} action={<Button component={Link} to="/shop" search={{ type: 14 } as never}>{t.buy}</Button>}>{t.noneHow}</Empty>
            ) : (
              <>
                <Rows rows={data.list} picked={picked} onPick={setPicked} renew={(row) => setRenewed([row])} />
                <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
              </>
            )
          }
        </Loaded>
      </Card>
      {renewed && <Renew rows={renewed} close={() => { setRenewed(undefined); setPicked(new Set()) }} />}
    </Screen>
  )
}

function Rows({ rows, picked, onPick, renew }: { rows: Static[]; picked: Set<string>; onPick: (next: Set<string>) => void; renew: (row: Static) => void }) {
  const { time_zone: zone } = useSite()
  return (
    <DataTable
      label={t.title} rows={rows} id={(row) => String(row.id)} picked={picked} onPick={onPick}
      columns={[
        { head: t.ip, cell: (row) => <><Group gap={2} wrap="nowrap" display="inline-flex"><span className="mono line">{row.ip}:{row.port}</span><CopyButton text={`${row.ip}:${row.port}`} /></Group><Text fz="xs" c="dimmed">{productName(row.product_type)}</Text></> },
        { head: t.place, cell: (row) => <Place code={row.country_code} state={row.state} city={row.city} /> },
        { head: t.isp, cell: (row) => <><Typed>{row.isp || '–'}</Typed>{row.asn ? <Text fz="xs" c="dimmed">AS{row.asn}</Text> : null}</> },
        { head: t.account, cell: (row) => (row.username ? <span className="mono"><Typed>{row.username}</Typed></span> : <Button component={Link} to="/accounts" search={{ add: row.product_type } as never} size="compact-xs" variant="subtle">{t.needAccount}</Button>) },
        { head: t.state, cell: (row) => <State tone={TONES[row.status as 1] ?? 'idle'}>{NAMES()[row.status] ?? row.status}</State> },
        { head: t.until, cell: (row) => <><span className="line">{day(row.expired_at)}</span><Text fz="xs" c="dimmed" className="line">{say(t.days, { n: Math.max(0, daysUntil(row.expired_at, zone)) })}</Text></> },
        { head: t.auto, cell: (row) => <Auto of={row} /> },
        { head: '', actions: true, cell: (row) => <Group gap={4} justify="flex-end" wrap="nowrap"><Button size="compact-sm" variant="light" aria-label={`${t.renew} ${row.ip}`} onClick={() => renew(row)}>{t.renew}</Button><Exchange of={row} /></Group> },
      ]}
    />
  )
}

function Auto({ of: row }: { of: Static }) {
  const set = useWrite('user-product/set-auto-renewal', ['ip/get-static-ip', 'user-product/list'])
  const on = row.auto_renew === 1
  return <Switch size="xs" checked={on} disabled={set.isPending} aria-label={`${t.auto} ${row.ip}`} onChange={() => set.mutate({ upids: String(row.id), auto_renew: on ? 0 : 1 }, { onError: failed, onSuccess: () => done(on ? t.off : t.on) })} />
}

function Exchange({ of: row }: { of: Static }) {
  const packages = useRead('user-product/list', { product_type: 20, size: 200 } as never)
  const none = packages.data?.list.every((p) => p.status !== 1 || p.left === 0) ?? false
  const exchange = useWrite('ip/exchange-static-ip', ['ip/get-static-ip', 'user-product/list'])
  const { dialog, question } = useQuestion()
  const navigate = useNavigate()
  const ask = () =>
    question({ title: say(t.exchangeTitle, { ip: row.ip }), text: t.exchangeText, yes: t.exchange, danger: false, then: () => exchange.mutate({ id: row.id }, { onError: failed, onSuccess: (fresh) => done(say(t.exchanged, { ip: fresh.ip })) }) })
  const buy = () => question({ title: t.noExchange, text: t.noExchangeText, yes: t.buyExchange, danger: false, then: () => void navigate({ to: '/shop', search: { type: 20 } as never }) })
  return <><Button size="compact-sm" variant="subtle" color="gray" loading={exchange.isPending} aria-label={`${t.exchange} ${row.ip}`} onClick={none ? buy : ask}>{t.exchange}</Button>{dialog}</>
}

/** Every address that fits, page by page, as CSV. */
async function exported(filter: object) {
  const rows: Static[] = []
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const part = await get('ip/get-static-ip', { ...filter, page, size: 200 })
    rows.push(...part.list)
    pages = part.total_page
  }
  const cells = (row: Static) => [row.ip, row.port, row.username ?? '', row.password ?? '', row.country_code, row.state, row.city, row.isp, row.asn ?? '', row.product_type, row.expired_at]
  download('static-addresses.csv', [['ip', 'port', 'username', 'password', 'country', 'state', 'city', 'isp', 'asn', 'type', 'expires'], ...rows.map(cells)])
}
