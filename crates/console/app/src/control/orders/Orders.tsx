// Orders: found by number or customer, opened to confirm a transfer or pay back.

import { Button, Group, Image, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconReceipt2 } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { Typed } from '../../lib/bits'
import { Sum } from '../../lib/Sum'
import { Drawer } from '../../lib/dialog'
import { money, number as format, when } from '../../lib/format'
import { either, texts } from '../../lib/lang'
import { Loaded, Panel, Screen, failed } from '../../lib/ui'
import { LOOK, type Listed, door, useAsk, useMay } from '../api'
import { productName } from '../catalogue/types'
import { Ask, Facts, Grid, Mark, PAGE, type Question, Search, type Tone, bytes, download } from '../kit'

const t = texts({
  title: ['订单', 'Orders'],
  about: ['全部站点的订单，最新的在前。', 'Orders of every site, the newest first.'],
  find: ['订单号或客户邮箱', 'Number, or the customer’s address'],
  number: ['订单号', 'Number'],
  customer: ['客户', 'Customer'],
  what: ['内容', 'What'],
  fee: ['金额', 'Amount'],
  state: ['状态', 'State'],
  at: ['创建', 'Made'],
  paidAt: ['支付', 'Paid'],
  all: ['全部', 'All'],
  unpaid: ['未支付', 'Unpaid'],
  some: ['部分到账', 'Paid in part'],
  paid: ['已支付', 'Paid'],
  closed: ['已关闭', 'Closed'],
  refunded: ['已退款', 'Refunded'],
  part: ['部分退款', 'Partly refunded'],
  proven: ['待确认转账', 'Transfers to confirm'],
  none: ['没有符合条件的订单', 'No order fits'],
  noneHow: ['换一个条件；客户下单后会出现在这里。', 'Try another filter; what customers order appears here.'],
  received: ['已收', 'Received'],
  back: ['已退', 'Paid back'],
  gave: ['发放', 'What it gave'],
  until: ['到期', 'Until'],
  expires: ['支付截止', 'To be paid by'],
  proofs: ['转账凭证', 'Proofs of transfer'],
  showProof: ['查看凭证', 'Look at it'],
  saveProof: ['下载 PDF', 'Download the PDF'],
  confirm: ['确认到账', 'Confirm a transfer'],
  confirmHow: ['填写银行流水号；同一笔转账只入账一次。', 'Give the bank’s number of the transfer: the same one is booked once.'],
  reference: ['银行流水号', 'Bank’s number'],
  came: ['到账金额（留空为应付金额）', 'What came; empty: what is due'],
  confirmed: ['转账已入账', 'The transfer is booked'],
  refund: ['退款', 'Pay back'],
  refundHow: ['退回未使用的部分，原路退回；留空则退回全部可退金额。', 'What is unused goes back the way it came. Empty: all of it.'],
  refundDone: ['已退款', 'It is paid back'],
  amount: ['金额', 'Amount'],
  reject: ['关闭订单', 'Close the order'],
  rejectHow: ['凭证无效或无人付款时使用：占用的库存立即释放。', 'For a proof that is worth nothing, or an order nobody pays: what it holds is free at once.'],
  rejected: ['订单已关闭', 'The order is closed'],
  toReturn: ['余额中可原路退回', 'On the balance, can go back'],
  giveBack: ['退回余额款项', 'Return'],
  giveBackHow: ['此订单的这部分款项（迟到、多付或订单已关闭）已记入客户余额，现原路退回并从余额扣除；留空则全部退回。', 'Came late, too much or for a closed order, and is on the customer’s balance: it leaves the balance and goes back the way it came. Empty: all of it.'],
  returning: ['退回中', 'On its way back'],
})

/** What an order gives, by its kind. */
const gives = texts({
  count: ['次数', 'uses'],
  caps: ['不限量使用', 'unmetered use'],
  address: ['静态 IP', 'static address'],
  addon: ['追加流量', 'added traffic'],
  renewal: ['续费', 'renewal'],
})

export interface Order {
  id: number
  trade_no: string
  customer: number
  email?: string
  type: number
  title: string
  title_zh: string
  amount: number
  currency: string
  pay_fee: string
  received: string
  refund_fee: string
  pm_id: number
  status: number
  created_at: string
  paid_at: string | null
}

interface Whole extends Order {
  expire_at: string
  proofs: number
  /** What came for it, bought nothing and is on the balance. */
  returnable: number
  grants: { kind: string; package: number; quantity: number; taken_back: number; starts_at: string; ends_at: string }[]
}

export function OrderState({ order }: { order: Order }) {
  const [tone, text]: [Tone, string] = order.status === 0 ? ['warn', Number(order.received) > 0 ? t.some : t.unpaid] : order.status === 2 ? ['plain', t.closed] : order.status === 3 ? ['bad', t.refunded] : Number(order.refund_fee) > 0 ? ['warn', t.part] : ['good', t.paid]
  return <Mark tone={tone}>{text}</Mark>
}

const fee = (order: Order, text: string) => money(Number(text), order.currency)

/** Orders that fit a filter, each to be opened. */
export function OrderGrid({ filter }: { filter: object }) {
  const [page, setPage] = useState(1)
  const [open, setOpen] = useState<string>()
  const found = useAsk<Listed<Order>>('order/list', { ...filter, page, size: PAGE })
  return (
    <>
      <Grid
        label={t.title} from={found} keyOf={(row) => row.id} page={page} setPage={setPage} onOpen={(row) => setOpen(row.trade_no)} empty={{ icon: IconReceipt2, title: t.none, text: t.noneHow }}
        columns={[
          { head: t.number, cell: (row) => <span className="mono">{row.trade_no}</span> },
          { head: t.state, cell: (row) => <OrderState order={row} /> },
          { head: t.fee, right: true, cell: (row) => fee(row, row.pay_fee) },
          { head: t.customer, cell: (row) => <Typed>{row.email ?? `#${row.customer}`}</Typed> },
          { head: t.what, folds: true, cell: (row) => <Typed>{either(row.title_zh, row.title) || productName(row.type)}</Typed> },
          { head: t.at, folds: true, cell: (row) => when(row.created_at) },
        ]}
      />
      <Drawer opened={open !== undefined} onClose={() => setOpen(undefined)} position="right" size="lg" title={<Text fw={600} className="mono">{open}</Text>}>{open && <Details number={open} />}</Drawer>
    </>
  )
}

export function Orders() {
  const [search, setSearch] = useState('')
  const [state, setState] = useState('')
  const looked = useCallback((text: string) => setSearch(text), [])
  const filter = { search, ...(state === 'proven' ? { proven: true } : state ? { status: Number(state) } : {}) }
  return (
    <Screen title={t.title} about={t.about}>
      <Panel pad={false}>
        <Group p="md" gap="sm" className="filters">
          <Search placeholder={t.find} onSearch={looked} />
          <SegmentedControl
            size="sm" value={state} onChange={setState}
            data={[{ value: '', label: t.all }, { value: 'proven', label: t.proven }, { value: '0', label: t.unpaid }, { value: '1', label: t.paid }, { value: '3', label: t.refunded }]}
          />
        </Group>
        <OrderGrid key={JSON.stringify(filter)} filter={filter} />
      </Panel>
    </Screen>
  )
}

function Details({ number }: { number: string }) {
  const [question, setQuestion] = useState<Question>()
  const [amount, setAmount] = useState('')
  const [reference, setReference] = useState('')
  const order = useAsk<Whole>('order/show', { trade_no: number })
  const client = useQueryClient()
  const allowed = useMay()('order/refund')
  const run = async (path: string, input: object) => {
    await door('POST', path, { trade_no: number, ...(amount.trim() ? { amount: amount.trim() } : {}), ...input })
    await client.invalidateQueries({ queryKey: ['control'] })
  }
  const kind = question?.title
  const begin = (next: Question) => {
    setAmount('')
    setReference('')
    setQuestion(next)
  }
  const now: Question | undefined = question && { ...question, run: (reason) => (kind === t.confirm ? run('order/confirm', { reference: reference.trim(), reason: reason || undefined }) : run(kind === t.reject ? 'order/reject' : kind === t.giveBack ? 'payment/return' : 'order/refund', { reason })) }
  return (
    <Loaded from={order}>
      {(data) => (
        <Stack gap="lg">
          <Group justify="space-between">
            <Text fz={28} fw={650} className="nums" lts="-0.02em">{fee(data, data.pay_fee)}</Text>
            <OrderState order={data} />
          </Group>
          <Facts rows={[
            [t.what, either(data.title_zh, data.title)],
            [t.customer, data.email],
            [t.at, when(data.created_at)],
            [t.paidAt, data.paid_at ? when(data.paid_at) : null],
            ...(data.status === 0 ? [[t.expires, when(data.expire_at)] as [string, string]] : []),
            [t.received, fee(data, data.received)],
            [t.back, Number(data.refund_fee) > 0 ? fee(data, data.refund_fee) : null],
            ...(data.returnable > 0 ? [[t.toReturn, money(data.returnable, data.currency)] as [string, string]] : []),
          ]} />
          {data.grants.length > 0 && (
            <Stack gap={6}>
              <Text fz="sm" fw={600}>{t.gave}</Text>
              {data.grants.map((grant) => (
                <Group key={grant.package} justify="space-between" gap="sm">
                  <Text fz="sm">{grant.kind === 'bucket' ? bytes(grant.quantity) : grant.kind === 'balance' ? money(grant.quantity / 100, data.currency) : `${format(grant.quantity || 1)} × ${(gives as Record<string, string>)[grant.kind] ?? grant.kind}`}</Text>
                  <Text fz="sm" c="dimmed">{t.until} {when(grant.ends_at)}</Text>
                </Group>
              ))}
            </Stack>
          )}
          {data.proofs > 0 && allowed && <Proofs number={number} />}
          {allowed && (
            <Group>
              {data.status === 0 && <Button onClick={() => begin({ title: t.confirm, text: t.confirmHow, yes: t.confirm, told: t.confirmed, run: () => Promise.resolve() })}>{t.confirm}</Button>}
              {data.status === 0 && <Button variant="light" color="red" onClick={() => begin({ title: t.reject, text: t.rejectHow, yes: t.reject, danger: true, reason: 'needed', told: t.rejected, run: () => Promise.resolve() })}>{t.reject}</Button>}
              {data.status === 1 && <Button variant="light" color="red" onClick={() => begin({ title: t.refund, text: t.refundHow, yes: t.refund, danger: true, reason: 'needed', told: t.refundDone, run: () => Promise.resolve() })}>{t.refund}</Button>}
              {data.returnable > 0 && <Button variant="light" color="red" onClick={() => begin({ title: t.giveBack, text: t.giveBackHow, yes: t.giveBack, danger: true, reason: 'needed', told: t.returning, run: () => Promise.resolve() })}>{t.giveBack}</Button>}
            </Group>
          )}
          <Ask question={now} close={() => setQuestion(undefined)} fields={['amount', ...(kind === t.confirm ? ['reference'] : [])]}>
            {(wrong) => (
              <>
                {kind === t.confirm && <TextInput label={t.reference} value={reference} onChange={(e) => setReference(e.currentTarget.value)} required maxLength={140} data-autofocus error={wrong.reference} />}
                {kind !== t.reject && <Sum label={`${kind === t.confirm ? t.came : t.amount} (${data.currency})`} value={amount} set={setAmount} placeholder="12.50" error={wrong.amount} />}
              </>
            )}
          </Ask>
        </Stack>
      )}
    </Loaded>
  )
}

/** The bytes of Base64. */
const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))

interface Proof { id: number; reference: string; kind: string; bytes: number; file: string | null; created_at: string }

function Proofs({ number }: { number: string }) {
  const [shown, setShown] = useState<Proof>()
  const proofs = useAsk<Listed<Proof>>('order/proofs', { trade_no: number }, LOOK)
  const look = async (id: number) => {
    try {
      const found = await door<Listed<Proof>>('POST', 'order/proofs', { trade_no: number, proof: id })
      const proof = found.list.find((one) => one.id === id)
      if (!proof?.file) return
      if (proof.kind.startsWith('image/')) setShown(proof)
      // Documents are for a program of their own.
      else download(`${number}-${id}.${proof.kind.split('/').pop()}`, bytesOf(proof.file), proof.kind)
    } catch (error) {
      failed(error)
    }
  }
  return (
    <Stack gap={6}>
      <Text fz="sm" fw={600}>{t.proofs}</Text>
      {proofs.data?.list.map((one) => (
        <Group key={one.id} justify="space-between">
          <Text fz="sm"><span className="mono">{one.reference || '–'}</span> · {when(one.created_at)}</Text>
          {one.bytes > 0 && <Button size="xs" variant="default" onClick={() => void look(one.id)}>{one.kind.startsWith('image/') ? t.showProof : t.saveProof}</Button>}
        </Group>
      ))}
      {shown?.file && <Image src={`data:${shown.kind};base64,${shown.file}`} alt={t.proofs} radius="md" />}
    </Stack>
  )
}
