// Statements by month, and invoices: for whom, which orders, how far.

import { Button, Group, SimpleGrid, Stack, Tabs, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload, IconFileInvoice, IconPrinter, IconReceipt } from '@tabler/icons-react'
import { useState } from 'react'
import { urlOf } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { Stat, State, Typed } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { money, month as monthName, when } from '../lib/format'
import { texts } from '../lib/lang'
import { Strip, useTab } from '../lib/tabs'
import { Empty, Loaded, Panel, Screen, done, failed } from '../lib/ui'
import { useSite } from '../shell/site'
import { Profiles } from './Profiles'
import { RequestInvoice } from './RequestInvoice'

const t = texts({
  title: ['发票与对账单', 'Invoices & statements'],
  about: ['每月对账单精确到每一笔；发票按已支付订单申请。', 'Statements list every movement of a month. Invoices are asked for by paid order.'],
  statements: ['对账单', 'Statements'],
  invoices: ['发票', 'Invoices'],
  profiles: ['抬头', 'Profiles'],
  month: ['月份', 'Month'],
  opening: ['期初', 'Opening'],
  closing: ['期末', 'Closing'],
  csv: ['CSV', 'CSV'],
  html: ['打印', 'Print'],
  show: ['查看', 'Show'],
  noStatement: ['还没有对账单', 'No statements yet'],
  noStatementHow: ['有了第一笔充值或购买后，当月对账单会出现在这里。', 'The first top-up or purchase starts the month’s statement.'],
  kind: ['类型', 'Kind'],
  memo: ['说明', 'What for'],
  at: ['时间', 'When'],
  change: ['变动', 'Change'],
  balance: ['余额', 'Balance'],
  paid: ['外部支付', 'Paid outside'],
  invoiceable: ['可开票', 'Can be invoiced'],
  processing: ['开票中', 'Asked for'],
  invoiced: ['已开票', 'Invoiced'],
  ask: ['申请发票', 'Ask for an invoice'],
  noInvoice: ['还没有发票', 'No invoices yet'],
  noInvoiceHow: ['选择已支付的订单并申请。余额支付的订单在充值时开票。', 'Choose paid orders and ask. What the balance paid is invoiced with the top-up.'],
  number: ['发票号', 'Number'],
  amount: ['金额', 'Amount'],
  whom: ['抬头', 'For'],
  state: ['状态', 'State'],
  i0: ['处理中', 'In work'],
  i1: ['已开具', 'Issued'],
  i2: ['已驳回', 'Refused'],
  i3: ['已撤回', 'Taken back'],
  cancel: ['撤回', 'Take back'],
  cancelled: ['已撤回', 'Taken back'],
})

export function Invoices() {
  const tab = useTab('statements', 'invoices', 'profiles')
  return (
    <Screen title={t.title} about={t.about}>
      <Tabs {...tab} keepMounted={false}>
        <Strip mb="lg">
          <Tabs.Tab value="statements">{t.statements}</Tabs.Tab>
          <Tabs.Tab value="invoices">{t.invoices}</Tabs.Tab>
          <Tabs.Tab value="profiles">{t.profiles}</Tabs.Tab>
        </Strip>
        <Tabs.Panel value="statements"><Statements /></Tabs.Panel>
        <Tabs.Panel value="invoices"><InvoiceList /></Tabs.Panel>
        <Tabs.Panel value="profiles"><Profiles /></Tabs.Panel>
      </Tabs>
    </Screen>
  )
}

function Statements() {
  const read = useRead('statement/list')
  const [shown, setShown] = useState<string>()
  return (
    <Loaded from={read}>
      {({ list }) => {
        if (list.length === 0) return <Panel><Empty icon={IconReceipt} title={t.noStatement}>{t.noStatementHow}</Empty></Panel>
        const month = shown ?? list[0]!.month
        return (
          <Stack gap="lg">
            <Panel pad={false}>
              <DataTable
                label={t.statements} rows={list} id={(row) => row.month}
                columns={[
                  { head: t.month, cell: (row) => <Text fw={600} fz="sm" className="nums">{monthName(row.month)}</Text> },
                  {
                    head: '', actions: true, cell: (row) => (
                      <Group gap={6} justify="flex-end">
                        <Button size="compact-sm" variant={row.month === month ? 'light' : 'subtle'} aria-label={`${t.show} ${monthName(row.month)}`} onClick={() => setShown(row.month)}>{t.show}</Button>
                        <Button size="compact-sm" variant="default" component="a" href={urlOf('statement/month', { month: row.month, format: 'csv' } as never)} download={`statement-${row.month}.csv`} leftSection={<IconDownload size={14} />} aria-label={`${t.csv} ${monthName(row.month)}`}>{t.csv}</Button>
                        <Button size="compact-sm" variant="default" component="a" href={urlOf('statement/month', { month: row.month, format: 'html' } as never)} target="_blank" rel="noreferrer" leftSection={<IconPrinter size={14} />} aria-label={`${t.html} ${monthName(row.month)}`}>{t.html}</Button>
                      </Group>
                    ),
                  },
                ]}
              />
            </Panel>
            <Month month={month} />
          </Stack>
        )
      }}
    </Loaded>
  )
}

function Month({ month }: { month: string }) {
  const read = useRead('statement/month', { month } as never)
  return (
    <Panel title={monthName(month)} pad={false} right={read.data && <Text fz="sm" c="dimmed" className="nums">{t.opening} {money(read.data.opening, read.data.currency)} → {t.closing} {money(read.data.closing, read.data.currency)}</Text>}>
      <Loaded from={read} lines={6}>
        {(data) => (
          <DataTable
            label={monthName(data.month)} rows={data.list.map((row, i) => ({ ...row, i }))} id={(row) => String(row.i)}
            columns={[
              { head: t.kind, cell: (row) => <>{row.kind}<Text fz="xs" c="dimmed" className="mono">{row.trade_no}</Text></> },
              { head: t.memo, cell: (row) => <Typed>{row.memo || '–'}</Typed> },
              { head: t.at, cell: (row) => when(row.created_at) },
              { head: t.paid, right: true, cell: (row) => (row.paid ? money(row.paid, data.currency) : '–') },
              { head: t.change, right: true, cell: (row) => <Text span fz="sm" fw={600} c={row.change > 0 ? 'var(--good)' : undefined}>{row.change > 0 ? '+' : ''}{money(row.change, data.currency)}</Text> },
              { head: t.balance, right: true, cell: (row) => money(row.balance, data.currency) },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

const TONES = ['info', 'good', 'bad', 'idle'] as const

function InvoiceList() {
  const { currency } = useSite()
  const [page, setPage] = useState(1)
  const sums = useRead('user-invoice/statistics')
  const read = useRead('user-invoice/record-list', { page, size: 20 })
  const [asking, ask] = useDisclosure(false)
  const names = [t.i0, t.i1, t.i2, t.i3]
  const sum = (value?: number) => (value === undefined ? '…' : money(value, sums.data?.currency ?? currency))
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <Stat label={t.invoiceable} value={sum(sums.data?.invoiceable)} action={<Button size="compact-xs" variant="light" onClick={ask.open}>{t.ask}</Button>} />
        <Stat label={t.processing} value={sum(sums.data?.processing)} />
        <Stat label={t.invoiced} value={sum(sums.data?.invoiced)} />
      </SimpleGrid>
      <Panel pad={false}>
        <Loaded from={read}>
          {(data) =>
            data.list.length === 0 ? <Empty icon={IconFileInvoice} title={t.noInvoice} action={<Button onClick={ask.open}>{t.ask}</Button>}>{t.noInvoiceHow}</Empty> : (
              <>
                <DataTable
                  label={t.invoices} rows={data.list} id={(row) => String(row.id)}
                  columns={[
                    { head: t.number, cell: (row) => <span className="mono">{row.number || `#${row.id}`}</span> },
                    { head: t.whom, cell: (row) => <Typed>{row.profile.org_name || row.profile.name || '–'}</Typed> },
                    { head: t.at, cell: (row) => when(row.created_at) },
                    { head: t.state, cell: (row) => <><State tone={TONES[row.status] ?? 'idle'}>{names[row.status] ?? row.status}</State>{row.reason && <Text fz="xs" c="dimmed" className="typed">{row.reason}</Text>}</> },
                    { head: t.amount, right: true, cell: (row) => money(row.amount, row.currency) },
                    { head: '', actions: true, cell: (row) => (row.status === 0 ? <Cancel id={row.id} /> : null) },
                  ]}
                />
                <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
              </>
            )
          }
        </Loaded>
      </Panel>
      <RequestInvoice opened={asking} close={ask.close} />
    </Stack>
  )
}

function Cancel({ id }: { id: number }) {
  const cancel = useWrite('user-invoice/cancel', ['user-invoice/record-list', 'user-invoice/statistics', 'user-invoice/invoiceable-orders'])
  return <Button size="compact-sm" variant="subtle" color="gray" loading={cancel.isPending} aria-label={`${t.cancel} #${id}`} onClick={() => cancel.mutate({ id }, { onError: failed, onSuccess: () => done(t.cancelled) })}>{t.cancel}</Button>
}
