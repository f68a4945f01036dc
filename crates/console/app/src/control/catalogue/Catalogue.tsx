// What a site sells, in the order customers see it: edited one by one, or as a file.

import { ActionIcon, Button, Group, Select, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconBuildingStore, IconDownload, IconFileImport, IconPlus, IconSettings } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { money, number } from '../../lib/format'
import { either, say, texts } from '../../lib/lang'
import { Panel, Screen, failed } from '../../lib/ui'
import { type Listed, door, useAsk, useMay, useTell } from '../api'
import { ImportFile } from '../exits/Add'
import { Grid, Mark, download } from '../kit'
import { NoSite } from '../sites/NoSite'
import { useSites } from '../sites/data'
import { Shop, type ShopSpec } from './Shop'
import { productName } from './types'

const t = texts({
  title: ['套餐目录', 'Catalogue'],
  about: ['站点出售的套餐，按客户看到的顺序。', 'What a site sells, in the order customers see it.'],
  site: ['站点', 'Site'],
  add: ['新建套餐', 'New product'],
  load: ['导入', 'Load'],
  save: ['导出', 'Export'],
  loadHow: ['TOML 或 JSON。按代码更新或新增；未列出的套餐保持不变。', 'TOML or JSON. Products are found by their code; those not named stay as they are.'],
  loaded: ['目录已导入', 'The catalogue is loaded'],
  name: ['套餐', 'Product'],
  type: ['类型', 'Type'],
  price: ['起价', 'From'],
  stock: ['库存', 'Stock'],
  sold: ['已售 {n}', '{n} sold'],
  any: ['不限', 'Any number'],
  left: ['剩 {n} / {m}', '{n} of {m} left'],
  state: ['状态', 'State'],
  on: ['在售', 'For sale'],
  off: ['已下架', 'Withdrawn'],
  request: ['需咨询', 'On request'],
  trial: ['试用', 'Trial'],
  best: ['推荐', 'Recommended'],
  order: ['顺序', 'Order'],
  up: ['上移', 'Move up'],
  down: ['下移', 'Move down'],
  none: ['目录为空', 'The catalogue is empty'],
  noneHow: ['新建套餐，或导入一个目录文件。', 'Make a product, or load a catalogue file.'],
  shop: ['商店设置', 'Shop settings'],
})

interface Row { id: number; code: string; type: number; title: string; title_zh: string; price: string; currency: string; show_type: number; stock: number; taken: number; withdrawn: boolean }

export function Catalogue() {
  const sites = useSites()
  const asked = useSearch({ strict: false }) as { site?: string }
  const names = sites.data?.list.map((one) => one.name) ?? []
  const [chosen, setChosen] = useState<string | null>(asked.site ?? null)
  const site = chosen ?? names[0]
  const [loading, setLoading] = useState(false)
  const [settings, setSettings] = useState(false)
  const products = useAsk<Listed<Row> & { shop: ShopSpec }>('product/list', { site }, { enabled: site !== undefined })
  const sort = useTell<{ codes: string[]; site?: string }>('product/sort', ['product'])
  const allowed = useMay()('product/save')
  const navigate = useNavigate()
  const list = products.data?.list ?? []
  const move = (at: number, by: number) => {
    const codes = list.map((row) => row.code)
    const [code] = codes.splice(at, 1)
    codes.splice(at + by, 0, code!)
    sort.mutate({ codes, site }, { onError: failed })
  }
  const open = (code: string) => void navigate({ to: `/control/catalogue/${encodeURIComponent(code)}` as never, search: { site } as never })
  const exported = async () => {
    try {
      const { file } = await door<{ file: string }>('POST', 'product/export', { site })
      download(`catalogue-${site}.toml`, file)
    } catch (error) {
      failed(error)
    }
  }
  const state = (row: Row) => (row.withdrawn ? (['plain', t.off] as const) : row.show_type === 2 ? (['brand', t.best] as const) : row.show_type === 3 ? (['plain', t.request] as const) : row.show_type === 4 ? (['warn', t.trial] as const) : (['good', t.on] as const))
  return (
    <Screen
      title={t.title} about={t.about}
      actions={(
        <>
          {names.length > 1 && <Select aria-label={t.site} value={site} onChange={setChosen} data={names} allowDeselect={false} w={200} />}
          <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => void exported()}>{t.save}</Button>
          {allowed && <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setLoading(true)}>{t.load}</Button>}
          {allowed && <Button variant="default" leftSection={<IconSettings size={16} />} onClick={() => setSettings(true)}>{t.shop}</Button>}
          {allowed && <Button leftSection={<IconPlus size={16} />} onClick={() => open('new')}>{t.add}</Button>}
        </>
      )}
    >
      <Panel pad={false}>
        {sites.data?.list.length === 0 ? <NoSite /> : <Grid
          label={t.title} from={products} keyOf={(row) => row.id} onOpen={(row) => open(row.code)} empty={{ icon: IconBuildingStore, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.name, cell: (row) => <><Text fz="sm" fw={550} className="typed">{either(row.title_zh, row.title)}</Text><Text fz="xs" c="dimmed" className="mono typed">{row.code}</Text></> },
            { head: t.state, cell: (row) => { const [tone, text] = state(row); return <Mark tone={tone}>{text}</Mark> } },
            { head: t.price, right: true, cell: (row) => (Number(row.price) > 0 ? money(Number(row.price), row.currency) : '–') },
            { head: t.type, folds: true, cell: (row) => productName(row.type) },
            { head: t.stock, right: true, folds: true, cell: (row) => (row.stock ? say(t.left, { n: number(Math.max(0, row.stock - row.taken)), m: number(row.stock) }) : t.any) },
            ...(allowed ? [{ head: t.order, actions: true, cell: (row: Row) => {
              const at = list.indexOf(row)
              return (
                <Group gap={2} justify="flex-end" wrap="nowrap" onClick={(e) => e.stopPropagation()}>
                  <ActionIcon variant="subtle" color="gray" disabled={at === 0} aria-label={`${t.up}: ${row.code}`} onClick={() => move(at, -1)}><IconArrowUp size={16} /></ActionIcon>
                  <ActionIcon variant="subtle" color="gray" disabled={at === list.length - 1} aria-label={`${t.down}: ${row.code}`} onClick={() => move(at, 1)}><IconArrowDown size={16} /></ActionIcon>
                </Group>
              )
            } }] : []),
          ]}
        />}
      </Panel>
      <ImportFile opened={loading} close={() => setLoading(false)} title={t.load} about={t.loadHow} command="product/load" extra={{ site }} changes={['product']} told={t.loaded} />
      {settings && site && products.data && <Shop site={site} shop={products.data.shop} close={() => setSettings(false)} />}
    </Screen>
  )
}
