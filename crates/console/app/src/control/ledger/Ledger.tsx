// The books: what stands on each account, every entry, and the proof that they balance.

import { Button, Group, Select, SimpleGrid, Text } from '@mantine/core'
import { IconReportMoney, IconScale } from '@tabler/icons-react'
import { useState } from 'react'
import { Typed } from '../../lib/bits'
import { money, number, when } from '../../lib/format'
import { either, texts } from '../../lib/lang'
import { Loaded, Panel, Screen, done, failed } from '../../lib/ui'
import { type Listed, door, useAsk } from '../api'
import { Grid, Mark, PAGE } from '../kit'
import { NoSite } from '../sites/NoSite'
import { useSites } from '../sites/data'

const t = texts({
  title: ['账本', 'Ledger'],
  about: ['复式记账，只增不改；每笔分录合计为零。', 'Double entry, append only: the lines of each entry sum to nothing.'],
  accounts: ['科目余额', 'What stands on each account'],
  entries: ['分录', 'Entries'],
  check: ['核对账本', 'Prove the books'],
  fine: ['账本一致', 'The books agree'],
  site: ['站点', 'Site'],
  at: ['时间', 'When'],
  kind: ['类型', 'Kind'],
  customer: ['客户', 'Customer'],
  lines: ['科目', 'Lines'],
  order: ['订单', 'Order'],
  balance: ['余额', 'Balance'],
  memo: ['备注', 'Memo'],
  none: ['还没有分录', 'No entry yet'],
  noneHow: ['资金变动时会自动记账。', 'Whatever moves money writes one.'],
  count: ['{n} 行', 'Lines: {n}'],
  cash: ['收款（借记为负）', 'Cash, grown by debits'],
  balanceOf: ['客户余额', 'Customers’ balances'],
  held: ['冻结', 'Held for orders'],
  revenue: ['收入', 'Revenue'],
  fees: ['手续费', 'Fees'],
  gifts: ['赠送', 'Gifts'],
  refunds: ['退款', 'Taken back'],
  disputes: ['争议', 'Disputes'],
  adjustments: ['人工调整', 'Adjusted by hand'],
  due: ['待退款', 'Refunds promised'],
})

/** What an entry tells of, by its kind. */
const kinds = texts({
  payment: ['购买', 'Purchase'],
  recharge: ['余额充值', 'Top-up'],
  gift: ['充值赠送', 'Top-up gift'],
  short: ['部分付款', 'Partial payment'],
  completed: ['补齐付款', 'Payment completed'],
  returned: ['部分付款转入余额', 'Partial payment to the balance'],
  surplus: ['多付金额转入余额', 'Surplus to the balance'],
  late: ['订单关闭后到账', 'Late payment to the balance'],
  refund: ['退款', 'Refund'],
  refund_paid: ['退款已原路退回', 'Refund paid out'],
  refund_failed: ['原路退款失败', 'Refund to the balance'],
  dispute: ['支付争议', 'Payment dispute'],
  dispute_won: ['支付争议撤销', 'Dispute withdrawn'],
  credit: ['人工调整', 'Adjustment'],
})

interface Sum { account: string; amount: number; lines: number }
interface Entry { id: number; at: string; customer: number; email?: string; kind: string; trade_no: string; memo: string; memo_zh: string; currency: string; lines: string; balance: number | null }

const NAMES: Record<string, keyof typeof t> = { cash: 'cash', balance: 'balanceOf', held: 'held', revenue: 'revenue', fees: 'fees', gifts: 'gifts', refunds: 'refunds', disputes: 'disputes', adjustments: 'adjustments', due: 'due' }
const accountName = (account: string) => {
  const [kind, id] = account.split(':')
  const known = NAMES[kind!]
  return `${known ? t[known] : account}${id ? ` · ${id}` : ''}`
}

/** `revenue 25.00` with the account's name and the amount as people read them. */
function Line({ line, currency }: { line: string; currency: string }) {
  const [account = '', amount] = line.split(' ')
  return <Text fz="sm" className="nums">{accountName(account)} {money(Number(amount), currency)}</Text>
}

export function Ledger() {
  const sites = useSites()
  const names = sites.data?.list.map((one) => one.name) ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const site = chosen ?? names[0]
  const currency = sites.data?.list.find((one) => one.name === site)?.currency ?? 'CNY'
  const sums = useAsk<Listed<Sum>>('ledger/accounts', { site }, { enabled: site !== undefined })
  const prove = async () => {
    try {
      const { ok, faults } = await door<{ ok: boolean; faults: string[] }>('POST', 'ledger/check', {})
      if (ok) done(t.fine)
      else failed(new Error(faults.join(' · ')))
    } catch (error) {
      failed(error)
    }
  }
  return (
    <Screen
      title={t.title} about={t.about}
      actions={(
        <>
          {names.length > 1 && <Select aria-label={t.site} value={site} onChange={setChosen} data={names} allowDeselect={false} w={160} />}
          <Button variant="default" leftSection={<IconScale size={16} />} onClick={() => void prove()}>{t.check}</Button>
        </>
      )}
    >
      <Panel title={t.accounts}>
        {sites.data?.list.length === 0 ? <NoSite /> : <Loaded from={sums}>
          {({ list }) => (list.length === 0 ? <Text fz="sm" c="dimmed">{t.none}</Text> : (
            <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="lg">
              {list.map((one) => (
                <div key={one.account}>
                  <Text fz="xs" c="dimmed">{accountName(one.account)}</Text>
                  <Text fz="lg" fw={600} className="nums">{money(one.amount, currency)}</Text>
                  <Text fz="xs" c="dimmed">{t.count.replace('{n}', number(one.lines))}</Text>
                </div>
              ))}
            </SimpleGrid>
          ))}
        </Loaded>}
      </Panel>
      <Panel title={t.entries} pad={false}><LedgerGrid /></Panel>
    </Screen>
  )
}

export function LedgerGrid({ customer }: { customer?: string }) {
  const [page, setPage] = useState(1)
  const entries = useAsk<Listed<Entry>>('ledger/list', { customer, page, size: PAGE })
  return (
    <Grid
      label={t.entries} from={entries} keyOf={(row) => row.id} page={page} setPage={setPage} empty={{ icon: IconReportMoney, title: t.none, text: t.noneHow }}
      columns={[
        { head: t.at, cell: (row) => when(row.at) },
        { head: t.kind, cell: (row) => <Mark tone="plain">{(kinds as Record<string, string>)[row.kind] ?? row.kind}</Mark> },
        ...(customer ? [] : [{ head: t.customer, cell: (row: Entry) => <Typed>{row.email ?? `#${row.customer}`}</Typed> }]),
        { head: t.lines, cell: (row) => <Group gap={10} style={{ rowGap: 0 }}>{row.lines.split(', ').map((line) => <Line key={line} line={line} currency={row.currency} />)}</Group> },
        { head: t.balance, right: true, folds: true, cell: (row) => (row.balance === null ? '–' : money(row.balance, row.currency)) },
        { head: t.memo, folds: true, cell: (row) => (either(row.memo_zh, row.memo) && <Typed>{either(row.memo_zh, row.memo)}</Typed>) || (row.trade_no && <span className="mono">{row.trade_no}</span>) || '–' },
      ]}
    />
  )
}
