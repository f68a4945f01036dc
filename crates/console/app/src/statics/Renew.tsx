// Renew addresses: how far, what it costs, pay from the balance.

import { Alert, Button, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { useCheck } from '../shop/useCheck'
import { PriceLines } from '../shop/PriceLines'
import { PayMethods } from '../shop/PayMethods'
import { Drawer } from '../lib/dialog'
import { day } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Failed, Waiting, done } from '../lib/ui'
import { Support } from '../shell/Support'
import type { Static } from './Statics'

const t = texts({
  title: ['续费 {n} 个地址', 'Renew addresses ({n})'],
  how: ['从当前到期时间起延长。', 'Counted from where they end now.'],
  m1: ['1 个月', '1 month'],
  m2: ['2 个月', '2 months'],
  em: ['到下月底', 'End of next month'],
  period: ['续费时长', 'How far'],
  ip: ['地址', 'Address'],
  now: ['现到期', 'Ends now'],
  then: ['续费后', 'Then'],
  noProduct: ['没有可用的续费产品，请联系客服。', 'There is no renewal on offer for these; ask the support.'],
  mixed: ['请分别续费机房和住宅地址。', 'Renew data-center and residential addresses apart.'],
  pay: ['支付并续费', 'Pay and renew'],
  order: ['创建订单', 'Make the order'],
  paid: ['续费成功', 'Renewed'],
  topUp: ['去充值', 'Top up'],
})

export function Renew({ rows, close }: { rows: Static[]; close: () => void }) {
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={say(t.title, { n: rows.length })}>
      <Form rows={rows} close={close} />
    </Drawer>
  )
}

/** The product that renews addresses of a type. */
function useRenewal(type: number | undefined) {
  const products = useRead('product', { type: 19, parent_product_type: type as 14 | 25 | undefined } as never, { enabled: type !== undefined })
  return { products, renewal: products.data?.find((p) => p.parent_product_type === type) ?? products.data?.[0] }
}

function Form({ rows, close }: { rows: Static[]; close: () => void }) {
  const types = [...new Set(rows.map((row) => row.product_type))]
  const { products, renewal } = useRenewal(types.length === 1 ? types[0] : undefined)
  const [duration, setDuration] = useState<'1m' | '2m' | 'em'>('1m')
  const [method, setMethod] = useState<number>(7)
  const navigate = useNavigate()
  const create = useWrite('order/create', ['ip/get-static-ip', 'user-product/list', 'order/list', 'user/info'])
  const request = renewal && { pid: renewal.id, pm_id: method, upids: rows.map((row) => row.id).join(','), renew_duration: duration }
  const check = useCheck(request)
  if (types.length > 1) return <Alert color="orange">{t.mixed}</Alert>
  if (products.isPending) return <Waiting />
  if (!request) return <Alert color="orange">{t.noProduct} <Support /></Alert>
  const submit = () =>
    create.mutate(request, {
      onSuccess: (order) => {
        if (order.status === 1) { done(t.paid); close() } else void navigate({ to: '/orders/$no', params: { no: order.trade_no } as never })
      },
    })
  return (
    <Stack>
      <Text fz="sm" c="dimmed">{t.how}</Text>
      <SegmentedControl aria-label={t.period} fullWidth value={duration} onChange={(next) => setDuration(next as '1m')} data={[{ value: '1m', label: t.m1 }, { value: '2m', label: t.m2 }, { value: 'em', label: t.em }]} />
      {check.data && (
        <Table fz="sm">
          <Table.Thead><Table.Tr><Table.Th>{t.ip}</Table.Th><Table.Th>{t.now}</Table.Th><Table.Th>{t.then}</Table.Th></Table.Tr></Table.Thead>
          <Table.Tbody>
            {check.data.ip_result.map((row) => <Table.Tr key={row.id}><Table.Td className="mono">{row.ip}</Table.Td><Table.Td>{day(row.current_time)}</Table.Td><Table.Td fw={600}>{day(row.renewal_time)}</Table.Td></Table.Tr>)}
          </Table.Tbody>
        </Table>
      )}
      <PayMethods value={method} onChange={setMethod} />
      <PriceLines check={check} />
      {create.error && <Failed error={create.error} />}
      <Group justify="flex-end">
        {create.error?.code === 402 && <Button component={Link} to="/shop" search={{ type: 3 } as never} variant="default">{t.topUp}</Button>}
        <Button loading={create.isPending} disabled={!check.isTrue} onClick={submit}>{method === 7 ? t.pay : t.order}</Button>
      </Group>
    </Stack>
  )
}
