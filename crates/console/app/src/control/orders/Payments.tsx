// Ways to pay with their terms, refunds to be made by hand, invoices asked for, and the daily comparison with providers.

import { Button, Group, Select, SimpleGrid, Stack, Switch, Tabs, Text, TextInput, Textarea } from '@mantine/core'
import { IconCashBanknote, IconFileInvoice, IconReceiptRefund, IconScale } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Count } from '../../lib/Count'
import { FormModal } from '../../lib/forms'
import { Sum } from '../../lib/Sum'
import { money, when } from '../../lib/format'
import { either, say, texts } from '../../lib/lang'
import { Strip, useTab } from '../../lib/tabs'
import { Panel, Screen, done } from '../../lib/ui'
import { type Listed, door, useAsk, useMay, useTell } from '../api'
import { Ask, FieldFault, Grid, Mark, type Question } from '../kit'
import { NoSite } from '../sites/NoSite'
import { useSites } from '../sites/data'
import { useQueryClient } from '@tanstack/react-query'

const t = texts({
  title: ['支付与发票', 'Payments & invoices'],
  about: ['支付方式、人工退款、发票和对账。', 'Ways to pay, refunds by hand, invoices, and the comparison with providers.'],
  methods: ['支付方式', 'Ways to pay'],
  refunds: ['人工退款', 'Refunds'],
  invoices: ['发票', 'Invoices'],
  checks: ['对账', 'Comparison'],
  site: ['站点', 'Site'],
  name: ['名称', 'Name'],
  terms: ['手续费', 'Handling'],
  bounds: ['限额', 'Bounds'],
  edit: ['修改', 'Change'],
  rate: ['费率（万分之）', 'Rate, basis points'],
  fee: ['固定手续费', 'Fixed fee'],
  min: ['最低金额', 'Least amount'],
  max: ['最高金额（0 不限）', 'Largest amount, 0: any'],
  noteZh: ['支付前的说明（中文）', 'What customers read first, Chinese'],
  noteEn: ['支付前的说明（英文）', 'What customers read first, English'],
  on: ['启用', 'Offered'],
  save: ['保存', 'Save'],
  saved: ['已保存', 'Saved'],
  noMethod: ['没有启用的支付方式', 'No way to pay is on'],
  noMethodHow: ['在设置中填写支付渠道的密钥后，支付方式会出现在这里。', 'Ways to pay appear here once the settings name a provider’s keys.'],
  order: ['订单', 'Order'],
  amount: ['金额', 'Amount'],
  state: ['状态', 'State'],
  at: ['时间', 'When'],
  made: ['已完成', 'Made'],
  promised: ['待处理', 'To be made'],
  bad: ['失败', 'Failed'],
  mark: ['标记已退', 'It is made'],
  markHow: ['填写银行流水号。', 'Give the bank’s number of your transfer.'],
  reference: ['流水号', 'Number'],
  marked: ['退款已标记完成', 'The refund is marked as made'],
  noRefund: ['没有退款', 'No refund'],
  noRefundHow: ['需要您手动退回的款项会列在这里，例如银行转账。', 'Money that you have to send back by hand, such as bank transfers, is listed here.'],
  issue: ['开具', 'Issue'],
  reject: ['拒绝', 'Reject'],
  issueHow: ['填写发票号码。', 'Give the invoice’s number.'],
  number: ['发票号码', 'Number'],
  issued: ['发票已开具', 'The invoice is issued'],
  rejected: ['发票已拒绝', 'The invoice is rejected'],
  noInvoice: ['没有发票申请', 'No invoice was asked for'],
  noInvoiceHow: ['客户申请发票后，您可以在这里开具或拒绝。', 'When customers ask for one, you issue or refuse it here.'],
  toCorrect: ['待开红字发票 {n}', '{n} to be credited'],
  correct: ['开红字发票', 'Credit note'],
  correctHow: ['开票后已退款的金额需开红字发票，填写其号码。', 'What was paid back since needs a credit note; give its number.'],
  corrected: ['红字发票已登记', 'The credit note is noted'],
  unmatched: ['未匹配款项', 'Unmatched payments'],
  noUnmatched: ['没有未匹配款项', 'Every payment fits an order'],
  giveBack: ['退回', 'Return'],
  giveBackHow: ['该款项币种与订单不符，将原路退回。', 'It came in another currency than the order’s; it goes back the way it came.'],
  returning: ['退回中', 'On its way'],
  returned: ['已退回', 'Returned'],
  waits: ['待处理', 'Waits'],
  customer: ['客户', 'Customer'],
  holder: ['抬头', 'For'],
  asked: ['待开具', 'Asked for'],
  cancelled: ['已取消', 'Cancelled'],
  compared: ['笔数', 'Compared'],
  agree: ['一致', 'All agree'],
  differ: ['不一致', 'Differ'],
  broken: ['支付渠道中断，已比对至 {until}，稍后继续', 'The provider was away; compared until {until}, it goes on later'],
  result: ['结果', 'Result'],
  method: ['方式', 'Way'],
  noCheck: ['每日对账后显示', 'It shows after the daily comparison'],
  noCheckHow: ['每天与支付渠道核对一次，差异会列在这里。', 'Once a day the books are compared with the providers’; what differs is listed here.'],
})

interface Method { id: number; method: string; title: string; title_zh: string; rate: number; fee: number; min: number; max: number; note: string; note_zh: string }
interface Refund { id: number; trade_no: string; customer: number; pm_id: number; amount: number; currency: string; status: string; created_at: string }
interface Invoice { id: number; customer: number; status: number; amount: number; currency: string; number: string | null; to_correct: number; title?: string; created_at: string }
interface Unmatched { id: number; trade_no: string; amount: number; currency: string; status: string; note: string; created_at: string }
interface Run { at: string; pm_id: number; until: string; complete: boolean; compared: number; differences: string | string[] }

export function Payments() {
  const tab = useTab('methods', 'refunds', 'invoices', 'checks')
  const sites = useSites()
  const names = sites.data?.list.map((one) => one.name) ?? []
  const [chosen, setChosen] = useState<string | null>(null)
  const site = chosen ?? names[0]
  return (
    <Screen title={t.title} about={t.about} actions={names.length > 1 && <Select aria-label={t.site} value={site} onChange={setChosen} data={names} allowDeselect={false} w={170} />}>
      <Panel pad={false}>
        <Tabs {...tab} keepMounted={false}>
          <Strip px="md" pt="xs">
            <Tabs.Tab value="methods" leftSection={<IconCashBanknote size={16} />}>{t.methods}</Tabs.Tab>
            <Tabs.Tab value="refunds" leftSection={<IconReceiptRefund size={16} />}>{t.refunds}</Tabs.Tab>
            <Tabs.Tab value="invoices" leftSection={<IconFileInvoice size={16} />}>{t.invoices}</Tabs.Tab>
            <Tabs.Tab value="checks" leftSection={<IconScale size={16} />}>{t.checks}</Tabs.Tab>
          </Strip>
          <Tabs.Panel value="methods">{sites.data && !site && <NoSite />}{site && <Methods site={site} currency={sites.data?.list.find((one) => one.name === site)?.currency ?? 'CNY'} />}</Tabs.Panel>
          <Tabs.Panel value="refunds"><Refunds /><Strays /></Tabs.Panel>
          <Tabs.Panel value="invoices"><Invoices /></Tabs.Panel>
          <Tabs.Panel value="checks"><Checks /></Tabs.Panel>
        </Tabs>
      </Panel>
    </Screen>
  )
}

function Methods({ site, currency }: { site: string; currency: string }) {
  const [edited, setEdited] = useState<Method>()
  const methods = useAsk<Listed<Method>>('payment-method/list', { site })
  const allowed = useMay()('payment-method/set')
  return (
    <>
      <Grid
        label={t.methods} from={methods} keyOf={(row) => row.id} empty={{ icon: IconCashBanknote, title: t.noMethod, text: t.noMethodHow }}
        columns={[
          { head: t.name, cell: (row) => <><Text fz="sm" fw={550} className="typed">{either(row.title_zh, row.title)}</Text><Text fz="xs" c="dimmed">{row.method} · {row.id}</Text></> },
          { head: t.terms, right: true, cell: (row) => `${row.rate / 100}% + ${money(row.fee, currency)}` },
          { head: t.bounds, right: true, cell: (row) => `${money(row.min, currency)} – ${row.max ? money(row.max, currency) : '∞'}` },
          ...(allowed ? [{ head: t.edit, actions: true, cell: (row: Method) => <Button size="xs" variant="default" onClick={() => setEdited(row)}>{t.edit}</Button> }] : []),
        ]}
      />
      {edited && <EditMethod key={edited.id} method={edited} site={site} currency={currency} close={() => setEdited(undefined)} />}
    </>
  )
}

function EditMethod({ method, site, currency, close }: { method: Method; site: string; currency: string; close: () => void }) {
  const [on, setOn] = useState(true)
  const [rate, setRate] = useState(method.rate)
  const [amounts, setAmounts] = useState({ fee: String(method.fee), min: String(method.min), max: String(method.max) })
  const [notes, setNotes] = useState({ note_zh: method.note_zh, note_en: method.note })
  const save = useTell('payment-method/set', ['payment-method'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ id: method.id, site, off: !on, rate, ...amounts, ...notes }, { onSuccess: () => { done(t.saved); close() } })
  }
  return (
    <FormModal opened onClose={close} title={either(method.title_zh, method.title)} radius="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <Switch label={t.on} checked={on} onChange={(e) => setOn(e.currentTarget.checked)} />
          <SimpleGrid cols={2} spacing="sm">
            <Count label={t.rate} value={rate} set={setRate} min={0} max={10_000} error={save.error?.fields.rate} />
            {(['fee', 'min', 'max'] as const).map((name) => <Sum key={name} label={`${t[name]} (${currency})`} value={amounts[name]} set={(text) => setAmounts((old) => ({ ...old, [name]: text }))} error={save.error?.fields[name]} />)}
          </SimpleGrid>
          <Textarea label={t.noteZh} value={notes.note_zh} onChange={(e) => { const { value } = e.currentTarget; setNotes((old) => ({ ...old, note_zh: value })) }} autosize minRows={2} lang="zh" />
          <Textarea label={t.noteEn} value={notes.note_en} onChange={(e) => { const { value } = e.currentTarget; setNotes((old) => ({ ...old, note_en: value })) }} autosize minRows={2} lang="en" />
          {save.error && <FieldFault error={save.error} shown={['rate', 'fee', 'min', 'max']} />}
          <Button type="submit" loading={save.isPending}>{t.save}</Button>
        </Stack>
      </form>
    </FormModal>
  )
}

function useRun() {
  const client = useQueryClient()
  return async (path: string, input: object) => {
    await door('POST', path, input)
    await client.invalidateQueries({ queryKey: ['control'] })
  }
}

function Refunds() {
  const [question, setQuestion] = useState<Question>()
  const [reference, setReference] = useState('')
  const [open, setOpen] = useState<Refund>()
  const refunds = useAsk<Listed<Refund>>('payment/refunds')
  const allowed = useMay()('payment/refunded')
  const run = useRun()
  const mark = (row: Refund) => {
    setReference('')
    setOpen(row)
    setQuestion({ title: t.mark, text: t.markHow, yes: t.mark, told: t.marked, run: () => Promise.resolve() })
  }
  return (
    <>
      <Grid
        label={t.refunds} from={refunds} keyOf={(row) => row.id} empty={{ icon: IconReceiptRefund, title: t.noRefund, text: t.noRefundHow }}
        columns={[
          { head: t.order, cell: (row) => <span className="mono">{row.trade_no}</span> },
          { head: t.state, cell: (row) => <Mark tone={row.status === 'made' ? 'good' : row.status === 'failed' ? 'bad' : 'warn'}>{row.status === 'made' ? t.made : row.status === 'failed' ? t.bad : t.promised}</Mark> },
          { head: t.amount, right: true, cell: (row) => money(row.amount, row.currency) },
          { head: t.at, cell: (row) => when(row.created_at) },
          ...(allowed ? [{ head: t.mark, actions: true, cell: (row: Refund) => row.status === 'promised' && <Button size="xs" variant="default" onClick={() => mark(row)}>{t.mark}</Button> }] : []),
        ]}
      />
      <Ask question={question && open ? { ...question, run: () => run('payment/refunded', { id: open.id, reference: reference.trim() }) } : undefined} close={() => setQuestion(undefined)}>
        <TextInput label={t.reference} value={reference} onChange={(e) => setReference(e.currentTarget.value)} required data-autofocus />
      </Ask>
    </>
  )
}

function Invoices() {
  const [question, setQuestion] = useState<Question>()
  const [number, setNumber] = useState('')
  const [open, setOpen] = useState<Invoice>()
  const invoices = useAsk<Listed<Invoice>>('invoice/list')
  const allowed = useMay()('invoice/issue')
  const run = useRun()
  const begin = (row: Invoice, next: Question) => {
    setNumber('')
    setOpen(row)
    setQuestion(next)
  }
  const issuing = question?.title === t.issue || question?.title === t.correct
  const stateOf = (row: Invoice) => (row.status === 1 ? (['warn', t.asked] as const) : row.status === 2 ? (['good', t.issued] as const) : row.status === 3 ? (['bad', t.rejected] as const) : (['plain', t.cancelled] as const))
  return (
    <>
      <Grid
        label={t.invoices} from={invoices} keyOf={(row) => row.id} empty={{ icon: IconFileInvoice, title: t.noInvoice, text: t.noInvoiceHow }}
        columns={[
          { head: t.number, cell: (row) => row.number ?? `#${row.id}` },
          { head: t.state, cell: (row) => { const [tone, text] = stateOf(row); return <Mark tone={tone}>{text}</Mark> } },
          { head: t.amount, right: true, cell: (row) => <>{money(Number(row.amount), row.currency)}{Number(row.to_correct) > 0 && <Text fz="xs" c="orange">{say(t.toCorrect, { n: money(Number(row.to_correct), row.currency) })}</Text>}</> },
          { head: t.customer, cell: (row) => `#${row.customer}` },
          { head: t.at, cell: (row) => when(row.created_at) },
          ...(allowed ? [{ head: t.edit, actions: true, cell: (row: Invoice) => Number(row.to_correct) > 0 ? <Button size="xs" onClick={() => begin(row, { title: t.correct, text: t.correctHow, yes: t.correct, told: t.corrected, run: () => Promise.resolve() })}>{t.correct}</Button> : row.status === 1 && (
            <Group gap="xs" justify="flex-end" wrap="nowrap">
              <Button size="xs" variant="default" onClick={() => begin(row, { title: t.reject, yes: t.reject, danger: true, reason: 'needed', told: t.rejected, run: (reason) => run('invoice/reject', { id: row.id, reason }) })}>{t.reject}</Button>
              <Button size="xs" onClick={() => begin(row, { title: t.issue, text: t.issueHow, yes: t.issue, told: t.issued, run: () => Promise.resolve() })}>{t.issue}</Button>
            </Group>
          ) }] : []),
        ]}
      />
      <Ask question={question && issuing && open ? { ...question, run: () => run(question.title === t.correct ? 'invoice/correct' : 'invoice/issue', { id: open.id, number: number.trim() }) } : question} close={() => setQuestion(undefined)}>
        {issuing && <TextInput label={t.number} value={number} onChange={(e) => setNumber(e.currentTarget.value)} required data-autofocus />}
      </Ask>
    </>
  )
}

function Strays() {
  const [question, setQuestion] = useState<Question>()
  const found = useAsk<Listed<Unmatched>>('payment/unmatched')
  const allowed = useMay()('payment/return')
  const run = useRun()
  const ask = (row: Unmatched) => setQuestion({ title: t.giveBack, text: t.giveBackHow, yes: t.giveBack, danger: true, reason: 'needed', told: t.returning, run: (reason) => run('payment/return', { id: row.id, reason }) })
  if (!found.data?.list.length) return null
  return (
    <>
      <Grid
        label={t.unmatched} from={found} keyOf={(row) => row.id} empty={{ icon: IconReceiptRefund, title: t.noUnmatched }}
        columns={[
          { head: t.unmatched, cell: (row) => <span className="mono">{row.trade_no}</span> },
          { head: t.state, cell: (row) => <><Mark tone={row.status === 'returned' ? 'good' : 'warn'}>{row.status === 'returned' ? t.returned : row.status === 'returning' ? t.returning : t.waits}</Mark>{row.note && <Text fz="xs" c="dimmed" className="typed">{row.note}</Text>}</> },
          { head: t.amount, right: true, cell: (row) => money(Number(row.amount), row.currency) },
          { head: t.at, cell: (row) => when(row.created_at) },
          ...(allowed ? [{ head: t.giveBack, actions: true, cell: (row: Unmatched) => row.status === 'open' && <Button size="xs" variant="default" onClick={() => ask(row)}>{t.giveBack}</Button> }] : []),
        ]}
      />
      <Ask question={question} close={() => setQuestion(undefined)} />
    </>
  )
}

function Checks() {
  const runs = useAsk<Listed<Run>>('payment/reconciliations')
  return (
    <Grid
      label={t.checks} from={runs} keyOf={(row) => `${row.pm_id} ${row.at}`} empty={{ icon: IconScale, title: t.noCheck, text: t.noCheckHow }}
      columns={[
        { head: t.at, cell: (row) => when(row.at) },
        { head: t.method, cell: (row) => row.pm_id },
        { head: t.compared, right: true, cell: (row) => row.compared },
        { head: t.result, cell: (row) => (row.differences.length === 0 ? !row.complete ? <Mark tone="bad">{say(t.broken, { until: when(row.until) })}</Mark> : <Mark tone="good">{t.agree}</Mark> : <><Mark tone="bad">{t.differ}</Mark><Text fz="xs" style={{ whiteSpace: 'pre-wrap' }}>{[row.differences].flat().join('\n')}</Text></>) },
      ]}
    />
  )
}
