// Ask for an invoice: choose orders and for whom.

import { Alert, Button, Select, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { DataTable } from '../lib/DataTable'
import { FormDrawer } from '../lib/forms'
import { day, money } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Failed, Loaded, done } from '../lib/ui'

const t = texts({
  title: ['申请发票', 'Ask for an invoice'],
  none: ['没有可开票的订单。余额支付的订单在充值时开票；充值或在线支付后即可申请。', 'No order can be invoiced right now. What the balance paid is invoiced with the top-up: top up, or pay an order directly.'],
  noProfile: ['发票需要抬头：请先添加一个，再回到这里申请。', 'An invoice says for whom it is: add a profile first, then come back here.'],
  addProfile: ['去添加抬头', 'Add a profile'],
  whom: ['抬头', 'For'],
  order: ['订单', 'Order'],
  paid: ['支付时间', 'Paid'],
  amount: ['金额', 'Amount'],
  go: ['申请 {sum}', 'Ask for {sum}'],
  asked: ['已申请，开具后会更新状态', 'Asked for; its state follows here'],
})

export function RequestInvoice({ opened, close }: { opened: boolean; close: () => void }) {
  return <FormDrawer opened={opened} onClose={close} position="right" size="lg" title={t.title}><Form close={close} /></FormDrawer>
}

function Form({ close }: { close: () => void }) {
  const orders = useRead('user-invoice/invoiceable-orders', { size: 200 })
  const profiles = useRead('user-invoice/list')
  const request = useWrite('user-invoice/request', ['user-invoice/record-list', 'user-invoice/statistics', 'user-invoice/invoiceable-orders'])
  const [picked, setPicked] = useState(new Set<string>())
  const [profile, setProfile] = useState<string | null>(null)
  return (
    <Loaded from={orders}>
      {({ list }) => {
        if (list.length === 0) return <Alert color="blue">{t.none}</Alert>
        if (profiles.data?.list.length === 0) {
          return (
            <Alert color="orange">
              <Stack gap="sm" align="flex-start">
                {t.noProfile}
                <Button component={Link} to="/invoices" search={{ tab: 'profiles' } as never} onClick={close}>{t.addProfile}</Button>
              </Stack>
            </Alert>
          )
        }
        const sum = list.filter((o) => picked.has(o.trade_no)).reduce((all, o) => all + Math.round(o.amount * 100), 0) / 100
        const currency = list[0]!.currency
        return (
          <Stack>
            <Select label={t.whom} value={profile} onChange={setProfile} data={(profiles.data?.list ?? []).map((p) => ({ value: String(p.id), label: (p.org_name || p.name) ?? '' }))} />
            <DataTable
              label={t.order} rows={list} id={(o) => o.trade_no} picked={picked} onPick={setPicked}
              columns={[
                { head: t.order, cell: (o) => <><Text fz="sm" fw={600} className="typed">{o.title}</Text><Text fz="xs" c="dimmed" className="mono">{o.trade_no}</Text></> },
                { head: t.paid, cell: (o) => day(o.pay_at) },
                { head: t.amount, right: true, cell: (o) => money(o.amount, o.currency) },
              ]}
            />
            {request.error && <Failed error={request.error} />}
            <Button loading={request.isPending} disabled={picked.size === 0 || !profile} onClick={() => request.mutate({ profile_id: Number(profile), trade_nos: [...picked].join(',') }, { onSuccess: () => { done(t.asked); close() } })}>{say(t.go, { sum: money(sum, currency) })}</Button>
          </Stack>
        )
      }}
    </Loaded>
  )
}
