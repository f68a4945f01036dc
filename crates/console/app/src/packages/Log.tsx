// What came of renewals by themselves.

import { Anchor, Card, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useRead } from '../api/hooks'
import { State } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { money, when } from '../lib/format'
import { texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Empty, Loaded } from '../lib/ui'
import { useSite } from '../shell/site'

const t = texts({
  title: ['自动续费记录', 'Renewal log'],
  at: ['时间', 'When'],
  what: ['套餐', 'Package'],
  outcome: ['结果', 'Outcome'],
  renewed: ['已续费', 'Renewed'],
  failed: ['失败', 'Failed'],
  fee: ['金额', 'Amount'],
  order: ['订单', 'Order'],
  none: ['还没有自动续费', 'Nothing has renewed by itself yet'],
  noneHow: ['为套餐开启自动续费后，到期前会自动购买，并记录在这里。', 'Switch it on for a package: it is bought again before it ends, and that stands here.'],
})

/** Why a renewal failed, by the word that the API gives. */
const why = texts({
  balance_too_low: ['余额不足', 'The balance is too low'],
  renewal_impossible: ['该套餐不能再次购买', 'The package can’t be bought again'],
  customer_disabled: ['账户已被停用', 'The account is disabled'],
  other: ['未能购买', 'It could not be bought'],
})

const reasonOf = (slug: string) => (why as Record<string, string>)[slug] ?? `${why.other} (${slug})`

export function Log() {
  const { currency } = useSite()
  const [page, setPage] = useState(1)
  const read = useRead('user-product/auto-renewal-logs', { page, size: 20 })
  return (
    <Card withBorder radius="lg" padding={0}>
      <Loaded from={read}>
        {(data) =>
          data.list.length === 0 ? <Empty icon={IconRefresh} title={t.none}>{t.noneHow}</Empty> : (
            <>
              <DataTable
                label={t.title} rows={data.list} id={(row) => String(row.id)}
                columns={[
                  { head: t.at, cell: (row) => when(row.created_at) },
                  { head: t.what, cell: (row) => `${productName(row.product_type)} #${row.user_product_id}` },
                  { head: t.outcome, cell: (row) => <><State tone={row.status === 1 ? 'good' : 'bad'}>{row.status === 1 ? t.renewed : t.failed}</State>{row.reason && <Text fz="xs" c="dimmed" className="typed">{reasonOf(row.reason)}</Text>}</> },
                  { head: t.fee, right: true, cell: (row) => (row.fee > 0 ? money(row.fee, currency) : '–') },
                  { head: t.order, cell: (row) => (row.trade_no ? <Anchor component={Link} to="/orders/$no" params={{ no: row.trade_no } as never} fz="xs" className="mono">{row.trade_no}</Anchor> : '–') },
                ]}
              />
              <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Card>
  )
}
