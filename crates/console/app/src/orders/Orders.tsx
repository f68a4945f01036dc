// Orders: find, see, pay, close.

import { Anchor, Button, Card, CloseButton, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconReceipt, IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useRead } from '../api/hooks'
import { State, Typed } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { money, when } from '../lib/format'
import { texts } from '../lib/lang'
import { productName } from '../lib/products'
import { regionsInWords } from '../lib/regions'
import { Empty, Loaded, Screen } from '../lib/ui'
import { stateName, stateTone } from './states'

const t = texts({
  title: ['订单', 'Orders'],
  shop: ['去购买', 'Go to the shop'],
  find: ['按订单号查找', 'Find by number'],
  clear: ['清除', 'Clear'],
  anyState: ['全部状态', 'Every state'],
  state: ['状态', 'State'],
  what: ['内容', 'What'],
  number: ['订单号', 'Number'],
  made: ['创建时间', 'Made'],
  method: ['支付方式', 'Paid with'],
  sum: ['金额', 'Amount'],
  open: ['查看', 'Open'],
  pay: ['支付', 'Pay'],
  none: ['还没有订单', 'No orders yet'],
  noneHow: ['在商店选购第一个套餐。', 'Buy a first package in the shop.'],
  noMatch: ['没有匹配的订单', 'No order fits'],
})

export function Orders() {
  const [page, setPage] = useState(1)
  const [status, setStatus] = useState<string | null>(null)
  const [word, setWord] = useState('')
  const [trade_no] = useDebouncedValue(word.trim(), 300)
  const read = useRead('order/list', { page_no: page, page_size: 20, status: status === null ? undefined : Number(status), trade_no: trade_no || undefined })
  return (
    <Screen title={t.title} actions={<Button component={Link} to="/shop">{t.shop}</Button>}>
      <Card withBorder radius="lg" padding={0}>
        <Group p="md" gap="sm" className="filters">
          <TextInput flex={1} miw={200} maw={340} aria-label={t.find} placeholder={t.find} leftSection={<IconSearch size={16} />} value={word} onChange={(e) => { setWord(e.currentTarget.value); setPage(1) }} rightSection={word && <CloseButton size="sm" aria-label={t.clear} onClick={() => setWord('')} />} />
          <Select w={170} aria-label={t.state} placeholder={t.anyState} clearable clearButtonProps={{ 'aria-label': t.clear }} value={status} onChange={(next) => { setStatus(next); setPage(1) }} data={[0, 1, 2, 3].map((n) => ({ value: String(n), label: stateName(n) }))} />
        </Group>
        <Loaded from={read} lines={6}>
          {({ list, pagination }) =>
            list.length === 0 ? (
              status !== null || trade_no ? <Empty icon={IconSearch} title={t.noMatch} /> : <Empty icon={IconReceipt} title={t.none} action={<Button component={Link} to="/shop">{t.shop}</Button>}>{t.noneHow}</Empty>
            ) : (
              <>
                <DataTable
                  label={t.title} rows={list} id={(o) => o.trade_no}
                  columns={[
                    { head: t.what, cell: (o) => <><Anchor component={Link} to="/orders/$no" params={{ no: o.trade_no } as never} fz="sm" fw={600}><Typed>{o.title}</Typed></Anchor><Text fz="xs" c="dimmed" className="typed">{productName(o.product_type)}{o.region_desc && ` · ${regionsInWords(o.region_desc)}`}</Text></> },
                    { head: t.number, cell: (o) => <span className="mono">{o.trade_no}</span> },
                    { head: t.made, cell: (o) => when(o.created_at) },
                    { head: t.method, cell: (o) => o.pm_title || '–' },
                    { head: t.state, cell: (o) => <State tone={stateTone(o.status)}>{stateName(o.status)}</State> },
                    { head: t.sum, right: true, cell: (o) => money(o.pay_fee, o.currency) },
                    { head: '', actions: true, cell: (o) => <Button component={Link} to="/orders/$no" params={{ no: o.trade_no } as never} size="compact-sm" variant={o.status === 0 ? 'filled' : 'subtle'} aria-label={`${o.status === 0 ? t.pay : t.open} ${o.trade_no}`}>{o.status === 0 ? t.pay : t.open}</Button> },
                  ]}
                />
                <Pager page={page} pages={pagination.total_pages} total={pagination.total} onPage={setPage} />
              </>
            )
          }
        </Loaded>
      </Card>
    </Screen>
  )
}
