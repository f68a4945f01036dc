// One customer: who he is, what he holds, what he bought, and what may be done about him.

import { Button, SimpleGrid, Stack, Tabs, Text } from '@mantine/core'
import { IconBan, IconCircleCheck, IconCoins, IconEye, IconGift, IconHistory, IconPackages, IconReceipt2, IconReportMoney, IconServer2, IconUserCircle } from '@tabler/icons-react'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Typed } from '../../lib/bits'
import { Sum } from '../../lib/Sum'
import { country, day, money, number, when } from '../../lib/format'
import { either, say, texts } from '../../lib/lang'
import { STATIC_TYPES } from '../../lib/products'
import { Strip, useTab } from '../../lib/tabs'
import { Loaded, Panel, Screen } from '../../lib/ui'
import { type Listed, door, useAsk, useMay, useTell } from '../api'
import { Closed } from '../Closed'
import { Ask, Facts, Grid, Mark, PAGE, type Question, bytes } from '../kit'
import { AuditGrid } from '../system/Audit'
import { LedgerGrid } from '../ledger/Ledger'
import { OrderGrid } from '../orders/Orders'
import { productName } from '../catalogue/types'
import { type CustomerRow, CustomerMark } from './Customers'
import { useQueryClient } from '@tanstack/react-query'
import { Access } from './Access'
import { Grant } from './Grant'
import { GrantStatics } from './GrantStatics'

const t = texts({
  title: ['客户', 'Customer'],
  facts: ['资料', 'About'],
  id: ['编号', 'Id'],
  site: ['站点', 'Site'],
  phone: ['手机号', 'Phone'],
  username: ['用户名', 'User name'],
  since: ['注册', 'Since'],
  totp: ['两步验证', 'Second step'],
  on: ['已开启', 'On'],
  off: ['未开启', 'Off'],
  realName: ['实名', 'Real name'],
  refused: ['已拒绝', 'Refused'],
  waits: ['待审核', 'Waits'],
  passed: ['已通过', 'Passed'],
  money: ['资金', 'Money'],
  balance: ['余额', 'Balance'],
  topped: ['累计充值', 'Topped up in all'],
  seeAs: ['以客户身份查看', 'See as customer'],
  seeAsHow: ['一小时内只读查看该客户的控制台；客户会在会话中看到，原因记入审计。', 'Opens this customer’s console for an hour, to look only. It shows among the customer’s sessions, and stands in the audit.'],
  verify: ['通过实名', 'Verify'],
  verified: ['已标记为实名', 'The customer is verified'],
  credit: ['调整余额', 'Credit or charge'],
  creditHow: ['正数增加余额，负数扣减。客户会在对账单上看到原因。', 'A minus takes from the balance. The customer reads the reason on the statement.'],
  amount: ['金额', 'Amount'],
  credited: ['余额已调整', 'The balance is changed'],
  disable: ['停用', 'Disable'],
  disableHow: ['立即拒绝该客户的全部请求并断开运行中的连接。', 'Everything of this customer is refused at once; running connections end.'],
  enable: ['启用', 'Enable'],
  disabled: ['客户已停用', 'The customer is disabled'],
  enabled: ['客户已启用', 'The customer is enabled'],
  packages: ['套餐', 'Packages'],
  accounts: ['代理账号', 'Proxy accounts'],
  orders: ['订单', 'Orders'],
  ledger: ['账本', 'Ledger'],
  audit: ['审计', 'Audit'],
  statics: ['赠送静态 IP', 'Grant addresses'],
  release: ['释放', 'Release'],
  releaseHow: ['{name}：客户立即失去该静态 IP，套餐随之结束，地址休眠后可再售出。', '{name}: the customer loses the static address at once, and its package ends; the address rests before it is sold again.'],
  released: ['静态 IP 已释放', 'The address is released'],
  action: ['操作', 'What to do'],
  grant: ['赠送套餐', 'Grant a package'],
  type: ['类型', 'Type'],
  left: ['剩余', 'Left'],
  of: ['总量', 'Of'],
  until: ['到期', 'Until'],
  state: ['状态', 'State'],
  active: ['有效', 'Active'],
  used: ['已用', 'Used'],
  over: ['已结束', 'Over'],
  noPackage: ['没有套餐', 'No package yet'],
  noPackageHow: ['客户购买或由您赠送后会出现在这里。', 'What the customer buys, or you grant, appears here.'],
  noAccount: ['没有代理账号', 'No proxy account yet'],
  noAccountHow: ['客户可在控制台自行创建。', 'Customers make them in their console.'],
  limit: ['上限', 'Limit'],
})

interface Whole extends CustomerRow {
  phone: string | null
  username: string | null
  topped_up: number
  currency: string
  totp: boolean
  /** The name itself only for who decides on it. */
  real_name: { status: string; name?: string; country?: string; reason?: string | null; version: number } | null
}

export function Customer() {
  const { id } = useParams({ strict: false }) as { id: string }
  const customer = useAsk<Whole>('customer/show', { email: id })
  return (
    <Screen title={customer.data?.email ?? t.title} actions={customer.data && <Actions customer={customer.data} />}>
      <Loaded from={customer} lines={8}>{(data) => <Body customer={data} />}</Loaded>
    </Screen>
  )
}

function Actions({ customer }: { customer: Whole }) {
  const [question, setQuestion] = useState<Question>()
  const [amount, setAmount] = useState('')
  const [granting, setGranting] = useState(false)
  const [statics, setStatics] = useState(false)
  const client = useQueryClient()
  const navigate = useNavigate()
  const allowed = useMay()
  const run = async (path: string, input: object) => {
    await door('POST', path, { email: String(customer.id), ...input })
    await client.invalidateQueries({ queryKey: ['control'] })
  }
  const crediting = question?.title === t.credit
  return (
    <>
      {allowed('customer/see-as') && (
        <Button variant="default" leftSection={<IconEye size={16} />} onClick={() => setQuestion({ title: t.seeAs, text: t.seeAsHow, yes: t.seeAs, reason: 'needed', run: async (reason) => { await door('POST', 'customer/see-as', { email: String(customer.id), reason }); void navigate({ href: '/', reloadDocument: true }) } })}>{t.seeAs}</Button>
      )}
      {allowed('package/grant') && <Button variant="default" leftSection={<IconGift size={16} />} onClick={() => setGranting(true)}>{t.grant}</Button>}
      {allowed('static-ip/grant') && <Button variant="default" leftSection={<IconServer2 size={16} />} onClick={() => setStatics(true)}>{t.statics}</Button>}
      {allowed('customer/credit') && (
        <Button variant="default" leftSection={<IconCoins size={16} />} onClick={() => { setAmount(''); setQuestion({ title: t.credit, text: t.creditHow, yes: t.credit, reason: 'needed', told: t.credited, run: () => Promise.resolve() }) }}>{t.credit}</Button>
      )}
      {allowed('customer/verify') && !customer.verified && (
        <Button variant="default" leftSection={<IconCircleCheck size={16} />} onClick={() => setQuestion({ title: t.verify, text: customer.email, yes: t.verify, reason: 'welcome', told: t.verified, run: (reason) => run('customer/verify', { seen: customer.real_name?.version ?? 0, reason }) })}>{t.verify}</Button>
      )}
      <Access customer={customer} run={run} />
      {allowed('customer/disable') && (customer.disabled ? (
        <Button variant="default" onClick={() => setQuestion({ title: t.enable, text: customer.email, yes: t.enable, reason: 'welcome', told: t.enabled, run: (reason) => run('customer/enable', { reason }) })}>{t.enable}</Button>
      ) : (
        <Button variant="light" color="red" leftSection={<IconBan size={16} />} onClick={() => setQuestion({ title: t.disable, text: t.disableHow, yes: t.disable, danger: true, reason: 'needed', told: t.disabled, run: (reason) => run('customer/disable', { reason }) })}>{t.disable}</Button>
      ))}
      <Ask question={question && crediting ? { ...question, run: (reason) => run('customer/credit', { amount: amount.trim(), reason }) } : question} close={() => setQuestion(undefined)} fields={['amount']}>
        {(wrong) => crediting && <Sum label={`${t.amount} (${customer.currency})`} value={amount} set={setAmount} signed placeholder="12.50" required error={wrong.amount} />}
      </Ask>
      {statics && <GrantStatics close={() => setStatics(false)} customer={String(customer.id)} />}
      <Grant opened={granting} close={() => setGranting(false)} customer={String(customer.id)} />
    </>
  )
}

function Body({ customer }: { customer: Whole }) {
  const tab = useTab('packages', 'accounts', 'orders', 'ledger', 'audit')
  const owner = useMay()('audit/list')
  const realName = customer.real_name
  // Sites share addresses: an id names one customer.
  const named = String(customer.id)
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Panel title={t.facts} right={<CustomerMark row={customer} />}>
          <Facts rows={[
            [t.id, `#${customer.id}`],
            [t.site, customer.site_name],
            [t.username, customer.username],
            [t.phone, customer.phone],
            [t.since, when(customer.created_at)],
            [t.totp, customer.totp ? t.on : t.off],
            [t.realName, realName ? <>{realName.name && `${realName.name}, ${country(realName.country ?? '')} `}<Mark tone={realName.status === 'passed' ? 'good' : realName.status === 'refused' ? 'bad' : 'warn'}>{realName.status === 'passed' ? t.passed : realName.status === 'refused' ? t.refused : t.waits}</Mark>{realName.reason && <Text fz="xs" c="dimmed">{realName.reason}</Text>}</> : null],
          ]} />
        </Panel>
        <Panel title={t.money}>
          <Text fz={32} fw={650} className="nums" lts="-0.02em">{money(customer.balance, customer.currency)}</Text>
          <Text fz="sm" c="dimmed" mb="md">{t.balance}</Text>
          <Facts rows={[[t.topped, money(customer.topped_up, customer.currency)]]} />
        </Panel>
      </SimpleGrid>
      <Panel pad={false}>
        <Tabs {...tab} keepMounted={false}>
          <Strip px="md" pt="xs">
            <Tabs.Tab value="packages" leftSection={<IconPackages size={16} />}>{t.packages}</Tabs.Tab>
            <Tabs.Tab value="accounts" leftSection={<IconUserCircle size={16} />}>{t.accounts}</Tabs.Tab>
            <Tabs.Tab value="orders" leftSection={<IconReceipt2 size={16} />}>{t.orders}</Tabs.Tab>
            <Tabs.Tab value="ledger" leftSection={<IconReportMoney size={16} />}>{t.ledger}</Tabs.Tab>
            {(owner || tab.value === 'audit') && <Tabs.Tab value="audit" leftSection={<IconHistory size={16} />}>{t.audit}</Tabs.Tab>}
          </Strip>
          <Tabs.Panel value="packages"><Packages customer={named} /></Tabs.Panel>
          <Tabs.Panel value="accounts"><Accounts customer={named} /></Tabs.Panel>
          <Tabs.Panel value="orders"><OrderGrid filter={{ customer: named }} /></Tabs.Panel>
          <Tabs.Panel value="ledger"><LedgerGrid customer={named} /></Tabs.Panel>
          <Tabs.Panel value="audit">{owner ? <AuditGrid filter={{ customer: named }} /> : <Closed command="audit/list" />}</Tabs.Panel>
        </Tabs>
      </Panel>
    </Stack>
  )
}

interface PackageRow { id: number; type: number; title: string; title_zh: string; status: number; total: number; used: number; left: number; expires_at: string }

const isCount = (type: number) => [17, 18, 20, 27, 28].includes(type)

function Packages({ customer }: { customer: string }) {
  const [page, setPage] = useState(1)
  const found = useAsk<Listed<PackageRow>>('package/list', { customer, page, size: PAGE })
  const [question, setQuestion] = useState<Question>()
  const release = useTell<{ package: number; reason: string }>('static-ip/release', ['package', 'static-ip', 'exit'])
  const allowed = useMay()('static-ip/release')
  const ask = (row: PackageRow) => setQuestion({ title: t.release, text: say(t.releaseHow, { name: `${either(row.title_zh, row.title)} #${row.id}` }), yes: t.release, danger: true, reason: 'needed', told: t.released, run: (reason) => release.mutateAsync({ package: row.id, reason }) })
  const amount = (row: PackageRow, n: number) => (row.total === 0 ? '–' : isCount(row.type) ? number(n) : bytes(n * 1024))
  return (
    <>
      <Grid
        label={t.packages} from={found} keyOf={(row) => row.id} page={page} setPage={setPage} empty={{ icon: IconPackages, title: t.noPackage, text: t.noPackageHow }}
        columns={[
          { head: t.packages, cell: (row) => <Typed>{either(row.title_zh, row.title)}</Typed> },
          { head: t.type, folds: true, cell: (row) => productName(row.type) },
          { head: t.state, cell: (row) => <Mark tone={row.status === 1 ? 'good' : 'plain'}>{row.status === 1 ? t.active : row.status === 2 ? t.used : t.over}</Mark> },
          { head: t.left, right: true, cell: (row) => amount(row, row.left) },
          { head: t.of, right: true, cell: (row) => amount(row, row.total) },
          { head: t.until, cell: (row) => day(row.expires_at) },
          ...(allowed ? [{ head: t.action, actions: true, cell: (row: PackageRow) => STATIC_TYPES.includes(row.type) && row.status === 1 && <Button size="compact-sm" variant="subtle" color="red" onClick={() => ask(row)}>{t.release}</Button> }] : []),
        ]}
      />
      <Ask question={question} close={() => setQuestion(undefined)} />
    </>
  )
}

interface AccountRow { id: number; username: string; type: number; enabled: boolean; used_kb: number; limit_bytes: number | null; remark: string; created_at: string; deleted_at: string | null }

function Accounts({ customer }: { customer: string }) {
  const [page, setPage] = useState(1)
  const found = useAsk<Listed<AccountRow>>('account/list', { customer, page, size: PAGE })
  return (
    <Grid
      label={t.accounts} from={found} keyOf={(row) => row.id} page={page} setPage={setPage} empty={{ icon: IconUserCircle, title: t.noAccount, text: t.noAccountHow }}
      columns={[
        { head: t.username, cell: (row) => <span className="mono"><Typed>{row.username}</Typed></span> },
        { head: t.type, cell: (row) => productName(row.type) },
        { head: t.state, cell: (row) => <Mark tone={row.enabled ? 'good' : 'plain'}>{row.enabled ? t.on : t.off}</Mark> },
        { head: t.used, right: true, cell: (row) => bytes(row.used_kb * 1024) },
        { head: t.limit, right: true, cell: (row) => (row.limit_bytes ? bytes(row.limit_bytes) : '–') },
        { head: t.since, cell: (row) => day(row.created_at) },
      ]}
    />
  )
}
