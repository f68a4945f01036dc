// The stock of static addresses: what is free, held, resting or under maintenance.

import { Button, Group, Select, Text, TextInput } from '@mantine/core'
import { IconFileImport, IconServer2, IconTool, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { Typed } from '../../lib/bits'
import { day } from '../../lib/format'
import { say, texts } from '../../lib/lang'
import { Panel, Screen, done } from '../../lib/ui'
import { type Listed, door, useAsk, useMay, useTell } from '../api'
import { productName } from '../catalogue/types'
import { ImportFile } from '../exits/Add'
import { Ask, Country, Grid, Mark, PAGE, type Question, Search } from '../kit'

const t = texts({
  title: ['静态 IP 库存', 'Static stock'],
  about: ['可出售的静态地址，以及谁在使用。', 'Static addresses for sale, and how many hold each.'],
  file: ['导入文件', 'Import a file'],
  fileHow: ['以逗号分隔，首行为列名：address、type（14 或 25）、country，可选 state、city、asn、isp、sharing、holders、via。全部成功或全部不导入。', 'Comma-separated lines under a line of column names: address, type (14 or 25), country; optional state, city, asn, isp, sharing, holders, via. All of them are taken, or none.'],
  imported: ['地址已入库', 'The addresses are in stock'],
  find: ['地址、运营商或城市', 'Address, network or city'],
  address: ['地址', 'Address'],
  place: ['位置', 'Place'],
  country: ['国家代码', 'Country code'],
  type: ['类型', 'Type'],
  anyType: ['全部类型', 'Both types'],
  state: ['状态', 'State'],
  anyState: ['全部状态', 'Any state'],
  free: ['可售', 'Free'],
  held: ['使用中', 'Held'],
  resting: ['冷却中', 'Resting'],
  maintenance: ['维护中', 'Maintenance'],
  holders: ['{n} / {m} 位客户', '{n} of {m} holders'],
  until: ['至 {d}', 'until {d}'],
  network: ['运营商', 'Network'],
  action: ['操作', 'What to do'],
  maintain: ['维护', 'Maintain'],
  maintainHow: ['立即断开持有者的连接，且不再出售，直到恢复使用。', 'Connections of its holders end, and it is not sold until it is back.'],
  maintained: ['地址已进入维护', 'The address is under maintenance'],
  back: ['恢复使用', 'Put back'],
  isBack: ['地址已恢复使用', 'The address is back'],
  remove: ['移出库存', 'Remove'],
  removeHow: ['该地址及其出口立即移除，运行中的连接断开；曾持有它的客户仍可查看记录，之后可以重新导入。', 'It goes at once, with its exit and the connections through it. Those who held it still see that they did; it can be imported again.'],
  removed: ['地址已移出库存', 'The address is out of stock'],
  none: ['没有符合条件的地址', 'No address fits'],
  noneHow: ['导入您的静态地址后即可出售。', 'Import addresses of yours to sell them.'],
})

interface Address { id: number; address: string; type: number; country: string; state: string | null; city: string | null; asn: number | null; isp: string; holders: number; most_holders: number; maintenance: boolean; rests_until: string | null }

function State({ row }: { row: Address }) {
  if (row.maintenance) return <Mark tone="warn">{t.maintenance}</Mark>
  if (row.holders > 0) return <Mark tone="brand">{t.held}</Mark>
  if (row.rests_until && new Date(row.rests_until) > new Date()) return <Group gap={6} wrap="nowrap"><Mark tone="plain">{t.resting}</Mark><Text fz="xs" c="dimmed">{say(t.until, { d: day(row.rests_until) })}</Text></Group>
  return <Mark tone="good">{t.free}</Mark>
}

export function Statics() {
  const [search, setSearch] = useState('')
  const [type, setType] = useState<string | null>(null)
  const [state, setState] = useState<string | null>(null)
  const [place, setPlace] = useState('')
  const [page, setPage] = useState(1)
  const [importing, setImporting] = useState(false)
  const [question, setQuestion] = useState<Question>()
  const client = useQueryClient()
  const allowed = useMay()('static-ip/import')
  const back = useTell<{ address: string; off: boolean }>('static-ip/maintain', ['static-ip', 'exit'])
  const stock = useAsk<Listed<Address>>('static-ip/list', { search, type: type ? Number(type) : undefined, state, country: /^[A-Z]{2}$/.test(place) ? place : undefined, page, size: PAGE })
  const looked = useCallback((text: string) => { setSearch(text); setPage(1) }, [])
  const run = (command: string, row: Address) => async (reason: string) => {
    await door('POST', command, { address: row.address, ...(reason ? { reason } : {}) })
    await client.invalidateQueries({ queryKey: ['control'] })
  }
  const maintain = (row: Address) => setQuestion({ title: `${t.maintain} · ${row.address}`, text: t.maintainHow, yes: t.maintain, danger: row.holders > 0, reason: 'welcome', told: t.maintained, run: run('static-ip/maintain', row) })
  const remove = (row: Address) => setQuestion({ title: `${t.remove} · ${row.address}`, text: t.removeHow, yes: t.remove, danger: true, reason: 'welcome', told: t.removed, run: run('static-ip/remove', row) })
  return (
    <Screen title={t.title} about={t.about} actions={allowed && <Button leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>{t.file}</Button>}>
      <Panel pad={false}>
        <Group p="md" gap="sm" className="filters">
          <Search placeholder={t.find} onSearch={looked} />
          <Select aria-label={t.type} placeholder={t.anyType} clearable value={type} onChange={(v) => { setType(v); setPage(1) }} data={[14, 25].map((n) => ({ value: String(n), label: productName(n) }))} w={{ base: '100%', sm: 210 }} />
          <Select aria-label={t.state} placeholder={t.anyState} clearable value={state} onChange={(v) => { setState(v); setPage(1) }} data={[{ value: 'free', label: t.free }, { value: 'held', label: t.held }, { value: 'resting', label: t.resting }, { value: 'maintenance', label: t.maintenance }]} w={{ base: '100%', sm: 150 }} />
          <TextInput aria-label={t.country} placeholder={t.country} value={place} onChange={(e) => { setPlace(e.currentTarget.value.toUpperCase().slice(0, 2)); setPage(1) }} w={130} />
        </Group>
        <Grid
          label={t.title} from={stock} keyOf={(row) => row.id} page={page} setPage={setPage} empty={{ icon: IconServer2, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.address, cell: (row) => <span className="mono">{row.address}</span> },
            { head: t.state, cell: (row) => <State row={row} /> },
            { head: t.place, cell: (row) => <><Country code={row.country} />{row.city && <Text fz="xs" c="dimmed">{row.city}</Text>}</> },
            { head: t.type, folds: true, cell: (row) => productName(row.type) },
            { head: t.network, folds: true, cell: (row) => <Typed>{[row.isp, row.asn && `AS${row.asn}`].filter(Boolean).join(' · ') || '–'}</Typed> },
            { head: t.held, right: true, folds: true, cell: (row) => say(t.holders, { n: row.holders, m: row.most_holders }) },
            ...(allowed ? [{ head: t.action, actions: true, cell: (row: Address) => (
              <Group gap={4} wrap="nowrap" justify="flex-end">
                {row.maintenance ? <Button size="xs" variant="default" onClick={() => back.mutate({ address: row.address, off: true }, { onSuccess: () => done(t.isBack) })}>{t.back}</Button> : <Button size="xs" variant="subtle" leftSection={<IconTool size={14} />} onClick={() => maintain(row)}>{t.maintain}</Button>}
                {row.holders === 0 && <Button size="xs" variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={() => remove(row)}>{t.remove}</Button>}
              </Group>
            ) }] : []),
          ]}
        />
      </Panel>
      <ImportFile opened={importing} close={() => setImporting(false)} title={t.file} about={t.fileHow} command="static-ip/import" changes={['static-ip', 'exit']} told={t.imported} sample={'address,type,country,state,city,asn,isp,sharing,holders\n203.0.113.20,25,US,CA,Los Angeles,64500,Acme,exclusive,\n203.0.113.21,14,DE,,Frankfurt am Main,64501,Bolt,shared,3\n'} />
      <Ask question={question} close={() => setQuestion(undefined)} />
    </Screen>
  )
}
