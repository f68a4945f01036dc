// One order: what it is, what it costs, how it stands; pay or close it. It looks again by itself until it is paid.

import { Alert, Anchor, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconArrowLeft, IconCircleCheck } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, type ApiError, type Given, post } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { State, useQuestion } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { money, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { productName } from '../lib/products'
import { regionsInWords } from '../lib/regions'
import { Failed, Loaded, Panel, Screen, done, failed } from '../lib/ui'
import { PayMethods } from '../shop/PayMethods'
import { Proof } from './Proof'
import { stateName, stateTone } from './states'

const t = texts({
  title: ['订单详情', 'Order'],
  back: ['全部订单', 'All orders'],
  number: ['订单号', 'Number'],
  what: ['内容', 'What'],
  amount: ['数量', 'How many'],
  made: ['创建时间', 'Made'],
  paidAt: ['支付时间', 'Paid'],
  expires: ['支付截止', 'To be paid until'],
  method: ['支付方式', 'Paid with'],
  chosen: ['支付方式', 'Way to pay'],
  goods: ['商品', 'Goods'],
  discount: ['优惠', 'Discount'],
  fee: ['手续费', 'Handling fee'],
  pay: ['应付', 'To pay'],
  total: ['总额', 'Total'],
  received: ['已收', 'Received'],
  refunded: ['已退', 'Refunded'],
  how: ['支付', 'Pay'],
  go: ['支付', 'Pay'],
  close: ['关闭订单', 'Close the order'],
  closeText: ['关闭后不能再支付，占用的库存和优惠券会释放。', 'It can’t be paid afterwards; what it holds becomes free again.'],
  closed: ['订单已关闭', 'The order is closed'],
  toShop: ['去购买', 'Go to the shop'],
  toStatics: ['查看静态 IP', 'See your addresses'],
  toExchange: ['更换静态 IP', 'Exchange an address'],
  toGenerator: ['生成端点', 'Generate an endpoint'],
  toPackages: ['查看套餐', 'See packages'],
  paid: ['支付成功，已开通', 'Paid; everything is granted'],
  waiting: ['等待到账，本页会自动更新。', 'Waiting for the money; this page follows by itself.'],
  open: ['前往支付页面', 'Open the payment page'],
  transfer: ['转账说明', 'How to transfer'],
  short: ['收到的金额不足，还差 {sum}。', 'The payment was short by {sum}.'],
  over: ['收到的金额多于应付，多余部分已存入余额。', 'More came than was due; the rest is on your balance.'],
})

type OrderOf = Answer<'order/info'>

export function Order() {
  const { no } = useParams({ strict: false }) as { no: string }
  const read = useRead('order/info', { trade_no: no }, { refetchInterval: 3_000 })
  return (
    <Screen title={t.title} actions={<Button component={Link} to="/orders" variant="default" leftSection={<IconArrowLeft size={16} />}>{t.back}</Button>}>
      <Loaded from={read} lines={8}>
        {(order) => (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <Facts order={order} />
            {order.status === 0 ? <Pay order={order} /> : order.status === 1 ? <Paid type={order.product_type} /> : null}
          </SimpleGrid>
        )}
      </Loaded>
    </Screen>
  )
}

/** What to do with what was bought. */
function Paid({ type }: { type: number }) {
  const [to, text] = type === 3 ? (['/shop', t.toShop] as const) : [14, 19, 25].includes(type) ? (['/statics', t.toStatics] as const) : type === 20 ? (['/statics', t.toExchange] as const) : (['/generator', t.toGenerator] as const)
  return (
    <Panel>
      <Group justify="space-between">
        <Group wrap="nowrap"><IconCircleCheck size={32} color="var(--mantine-color-green-6)" aria-hidden /><Text fw={600}>{t.paid}</Text></Group>
        <Group gap="xs">
          {type !== 3 && <Button component={Link} to="/packages" variant="default">{t.toPackages}</Button>}
          <Button component={Link} to={to}>{text}</Button>
        </Group>
      </Group>
    </Panel>
  )
}

function Facts({ order: o }: { order: OrderOf }) {
  const line = (name: string, value: React.ReactNode) => value && <Group justify="space-between" wrap="nowrap" align="flex-start" key={name}><Text fz="sm" c="dimmed" style={{ flexShrink: 0 }}>{name}</Text><Text fz="sm" ta="right" component="div" className="nums">{value}</Text></Group>
  const sum = (value: number) => money(value, o.currency)
  return (
    <Panel title={o.title} right={<State tone={stateTone(o.status)}>{stateName(o.status)}</State>}>
      <Stack gap={10}>
        {line(t.number, <Group gap={2} justify="flex-end" wrap="nowrap"><span className="mono line" style={{ fontSize: 12 }}>{o.trade_no}</span><CopyButton text={o.trade_no} /></Group>)}
        {line(t.what, [productName(o.product_type), regionsInWords(o.region_desc), o.detail].filter(Boolean).join(' · '))}
        {o.product_type !== 3 && line(t.amount, o.amount)}
        {line(t.made, when(o.created_at))}
        {o.status === 0 ? line(t.expires, when(o.expire_at)) : line(t.paidAt, o.pay_at && when(o.pay_at))}
        {line(o.status === 0 ? t.chosen : t.method, o.pm_title)}
        {line(t.goods, sum(o.goods_fee + o.discount_fee))}
        {o.discount_fee > 0 && line(t.discount, sum(-o.discount_fee))}
        {o.handling_fee > 0 && line(t.fee, sum(o.handling_fee))}
        {line(o.status === 0 ? t.pay : t.total, <Text span fw={700}>{sum(o.pay_fee)}</Text>)}
        {o.received_fee > 0 && line(t.received, sum(o.received_fee))}
        {o.refund_fee > 0 && line(t.refunded, sum(o.refund_fee))}
        {o.pay_fee_status === 2 && <Alert color="orange">{say(t.short, { sum: sum(o.pay_fee - o.received_fee) })}</Alert>}
        {o.pay_fee_status === 1 && <Alert color="blue">{t.over}</Alert>}
      </Stack>
    </Panel>
  )
}

/** What is still due by a method, its fee included, and what to know before; asking binds nobody. */
function useDue(o: OrderOf, method: number) {
  const query = useQuery<Given<'pay/pay-check'>, ApiError>({
    queryKey: ['pay/pay-check', o.trade_no, method, o.pm_id, o.pay_fee, o.received_fee],
    queryFn: () => post('pay/pay-check', { trade_no: o.trade_no, pm_id: method }),
    enabled: method !== 0,
  })
  const fee = query.isSuccess && !query.isFetching ? query.data.missing_fee : undefined
  return { fee, instructions: query.data?.instructions, takesProofs: query.data?.takes_proofs, error: query.error, again: () => void query.refetch() }
}

function Pay({ order: o }: { order: OrderOf }) {
  const [method, setMethod] = useState(o.pm_id)
  const pay = useWrite('pay', ['order/info', 'order/list', 'user/info', 'user-product/list', 'ip/get-static-ip'])
  const close = useWrite('order/close', ['order/info', 'order/list'])
  const { dialog, question } = useQuestion()
  const answer = pay.data
  const due = useDue(o, method)
  // An address that leads elsewhere than the web is no payment page.
  const page = [answer?.pay_url, answer?.url].find((url) => url && /^https?:\/\//.test(url))
  const told = o.pm_id === method && due.instructions
  // Who transfers has chosen already: what is left to do is the transfer, and its proof.
  const transfers = told && due.takesProofs
  const submit = () => pay.mutate({ trade_no: o.trade_no, pm_id: method }, { onSuccess: (given) => given.paid && done(t.paid) })
  const ask = () => question({ title: t.close, text: t.closeText, yes: t.close, then: () => close.mutate({ trade_no: o.trade_no }, { onError: failed, onSuccess: () => done(t.closed) }) })
  return (
    <Panel title={t.how}>
      <Stack>
        <PayMethods value={method} onChange={setMethod} trade_no={o.trade_no} without={o.product_type === 3 ? [7] : []} />
        {pay.error && <Failed error={pay.error} />}
        {due.error && <Failed error={due.error} retry={due.again} />}
        {told && (
          <>
            <Alert color="blue" title={t.transfer}><Text fz="sm" style={{ whiteSpace: 'pre-wrap' }}>{told}</Text></Alert>
            {transfers && <Proof trade_no={o.trade_no} />}
          </>
        )}
        {page && <Anchor href={page} target="_blank" rel="noreferrer" fw={600} underline="always">{t.open}</Anchor>}
        {answer && !answer.paid && <Text fz="sm" c="dimmed" role="status">{t.waiting}</Text>}
        <Group justify="space-between">
          <Button variant="subtle" color="gray" onClick={ask}>{t.close}</Button>
          {!transfers && <Button loading={pay.isPending} disabled={due.fee === undefined} onClick={submit}>{due.fee === undefined ? t.go : say('{go} {sum}', { go: t.go, sum: money(due.fee, o.currency) })}</Button>}
        </Group>
      </Stack>
      {dialog}
    </Panel>
  )
}
