// Connections that run now through the gateway of this server: where they lead, whose they are, what they moved.

import { Button, Card, Text } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Row } from '../api/client'
import { useRead } from '../api/hooks'
import { Place, Typed } from '../lib/bits'
import { DataTable, Pager } from '../lib/DataTable'
import { size, when } from '../lib/format'
import { texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Empty, Loaded } from '../lib/ui'

const t = texts({
  title: ['进行中的连接', 'Running connections'],
  none: ['没有正在进行的连接', 'No connection runs now'],
  noneHow: ['使用代理账号或白名单地址连接代理入口，连接建立后会立即显示在这里。', 'Connect to the proxy entry with a proxy account or from an allowlisted address: connections show here as soon as they open.'],
  make: ['生成连接参数', 'How to connect'],
  destination: ['目标', 'Destination'],
  account: ['账号', 'Account'],
  byAddress: ['白名单地址', 'allowlisted address'],
  client: ['来源', 'From'],
  place: ['出口位置', 'Leaves from'],
  since: ['开始', 'Since'],
  up: ['已发送', 'Sent'],
  down: ['已接收', 'Received'],
})

/** Names of protocols, the same in every language. */
const KINDS: Record<string, string> = { http: 'HTTP', connect: 'HTTP CONNECT', socks4: 'SOCKS4', socks5: 'SOCKS5', udp: 'UDP' }

export function RunningConnections() {
  const [page, setPage] = useState(1)
  const read = useRead('connection/list', { page, size: 20 }, { refetchInterval: 3_000 })
  const pages = read.data?.total_page
  // Connections end at any time: whoever looked at a page that is no more sees the last one.
  useEffect(() => {
    if (pages !== undefined && page > Math.max(1, pages)) setPage(Math.max(1, pages))
  }, [page, pages])
  return (
    <Card withBorder radius="lg" padding={0}>
      <Loaded from={read}>
        {(data) =>
          data.total_count === 0 ? <Empty icon={IconArrowsExchange} title={t.none} action={<Button component={Link} to="/generator">{t.make}</Button>}>{t.noneHow}</Empty> : (
            <>
              <Rows list={data.list} />
              <Pager page={page} pages={data.total_page} total={data.total_count} onPage={setPage} />
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

function Rows({ list }: { list: readonly Row<'connection/list'>[] }) {
  // Two may be alike in everything: a row is known by its place.
  const rows = list.map((one, place) => ({ ...one, place: String(place) }))
  return (
    <DataTable
      label={t.title} rows={rows} id={(one) => one.place}
      columns={[
        { head: t.destination, cell: (one) => <><span className="mono"><Typed>{one.destination}</Typed></span><Text fz="xs" c="dimmed">{KINDS[one.kind] ?? one.kind}</Text></> },
        { head: t.account, cell: (one) => <>{one.username ? <span className="mono"><Typed>{one.username}</Typed></span> : <Text span fz="sm" c="dimmed">{t.byAddress}</Text>}<Text fz="xs" c="dimmed">{productName(one.product_type)}</Text></> },
        { head: t.client, cell: (one) => <span className="mono">{one.client}</span> },
        { head: t.place, cell: (one) => <><Place code={one.country_code} state={one.state} city={one.city} /><Text fz="xs" c="dimmed" className="mono">#{one.exit_id}</Text></> },
        { head: t.since, cell: (one) => when(one.opened_at) },
        { head: t.up, right: true, cell: (one) => <span className="line">{size(one.up)}</span> },
        { head: t.down, right: true, cell: (one) => <span className="line">{size(one.down)}</span> },
      ]}
    />
  )
}
