// Exits: where they are, how they are, and what may be done with one. New ones one by one or as a file.

import { ActionIcon, Button, Group, Menu, Select, Text, Tooltip } from '@mantine/core'
import { IconActivityHeartbeat, IconDots, IconDroplet, IconFileImport, IconPlayerPlay, IconPlayerStop, IconPlus, IconTrash, IconWorldPin, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { country as countryName, number, percent, when } from '../../lib/format'
import { either, texts } from '../../lib/lang'
import { Loaded, Panel, Screen } from '../../lib/ui'
import { type Listed, door, useAsk, useMay } from '../api'
import { Ask, Country, Grid, Mark, PAGE, type Question, Search, bytes, share, told, toneOf } from '../kit'
import { AddExit, ImportFile } from './Add'
import { type Stand, WorldMap } from './Map'
import { poolName, poolOptions } from './pools'

const t = texts({
  title: ['出口', 'Exits'],
  about: ['流量离开的地方：本机地址和上游代理。', 'The ways out: addresses of your machines, and parent proxies.'],
  add: ['添加出口', 'Add an exit'],
  file: ['导入文件', 'Import a file'],
  fileHow: ['以逗号分隔，首行为列名：target、pools（用分号分隔）、country，可选 state、city、asn、resolve。全部成功或全部不导入。', 'Comma-separated lines under a line of column names: target, pools (with ; between), country; optional state, city, asn, resolve. All of them are taken, or none.'],
  find: ['地址、城市或 #编号', 'Target, city or #id'],
  target: ['出口', 'Exit'],
  place: ['位置', 'Place'],
  pools: ['资源池', 'Pools'],
  pool: ['资源池', 'Pool'],
  anyPool: ['全部资源池', 'Every pool'],
  anyState: ['全部状态', 'Any state'],
  state: ['状态', 'State'],
  serving: ['可用', 'Serves'],
  out: ['无响应', 'Out'],
  draining: ['排空中', 'Draining'],
  disabled: ['已停用', 'Disabled'],
  withheld: ['位置不符', 'Misplaced'],
  latency: ['延迟', 'Latency'],
  day: ['24 小时', '24 hours'],
  success: ['成功率', 'Success'],
  more: ['操作', 'What to do'],
  probe: ['立即检测', 'Probe now'],
  probed: ['检测已开始，结果稍后显示', 'The gateways probe it; what they see appears here'],
  drain: ['排空', 'Drain'],
  drainHow: ['不再接受新连接，运行中的连接继续。', 'No new connection leaves through it; running ones go on.'],
  drained: ['出口正在排空', 'The exit drains'],
  enable: ['启用', 'Put to use'],
  enabled: ['出口已启用', 'The exit is in use'],
  disable: ['停用', 'Disable'],
  disableHow: ['立即停止使用并断开运行中的连接。', 'Out of use at once; running connections are reset.'],
  disabledNow: ['出口已停用', 'The exit is disabled'],
  remove: ['删除', 'Remove'],
  removeHow: ['立即删除并断开运行中的连接，无法撤销。', 'It goes at once with its running connections. There is no way back.'],
  removed: ['出口已删除', 'The exit is removed'],
  none: ['没有符合条件的出口', 'No exit fits'],
  noneHow: ['添加您拥有的地址或上游代理，流量才能离开。', 'Add an address of yours or a parent proxy, so that traffic can leave.'],
  all: ['显示全部国家', 'Show every country'],
  imported: ['出口已导入', 'The exits are imported'],
})

export interface Exit {
  id: number
  target: string
  pools: string
  country: string
  state: string | null
  city: string | null
  asn: number | null
  status: 'enabled' | 'draining' | 'disabled'
  healthy: boolean
  latency_us: number
  error: string | null
  public_address: string | null
  static: boolean
  withheld: boolean
  mismatch: string | null
  seen_at: string | null
  day_bytes: number
  day_connections: number
  day_failures: number
}

const STATES: Record<string, object> = { out: { status: 'enabled', healthy: false }, serving: { status: 'enabled', healthy: true }, draining: { status: 'draining' }, disabled: { status: 'disabled' } }

function State({ exit }: { exit: Exit }) {
  const [tone, text] = exit.status === 'draining' ? (['warn', t.draining] as const) : exit.status === 'disabled' ? (['plain', t.disabled] as const) : exit.withheld ? (['bad', t.withheld] as const) : exit.healthy ? (['good', t.serving] as const) : (['bad', t.out] as const)
  const why = exit.error ?? exit.mismatch
  const mark = <Mark tone={tone}>{text}</Mark>
  return why ? <Tooltip label={why} multiline maw={320}><span tabIndex={0}>{mark}</span></Tooltip> : mark
}

export function Exits() {
  const asked = useSearch({ strict: false }) as { search?: string | number }
  const [search, setSearch] = useState(asked.search === undefined ? '' : `#${asked.search}`)
  const [place, setPlace] = useState<string | null>(null)
  const [pool, setPool] = useState<string | null>(null)
  const [state, setState] = useState<string | null>(null)
  const [page, setPage] = useState(1)
  const [adding, setAdding] = useState(false)
  const [importing, setImporting] = useState(false)
  const [question, setQuestion] = useState<Question>()
  const allowed = useMay()('exit/add')
  const map = useAsk<Listed<Stand>>('exit/map', {}, { refetchInterval: 15_000 })
  const exits = useAsk<Listed<Exit>>('exit/list', { search, country: place, pool, ...STATES[state ?? ''], page, size: PAGE }, { refetchInterval: 5_000 })
  const looked = useCallback((text: string) => { if (text) { setSearch(text); setPage(1) } else setSearch((old) => (old.startsWith('#') ? old : '')) }, [])
  const first = <T,>(set: (value: T) => void) => (value: T) => { set(value); setPage(1) }
  return (
    <Screen
      title={t.title} about={t.about}
      actions={allowed && (
        <>
          <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>{t.file}</Button>
          <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>{t.add}</Button>
        </>
      )}
    >
      <Panel><Loaded from={map}>{({ list }) => <WorldMap stands={list} chosen={place} choose={(code) => { setPlace((old) => (old === code ? null : code)); setPage(1) }} />}</Loaded></Panel>
      <Panel pad={false}>
        <Group p="md" gap="sm" className="filters">
          <Search placeholder={t.find} onSearch={looked} />
          <Select aria-label={t.pool} placeholder={t.anyPool} clearable value={pool} onChange={first(setPool)} data={poolOptions()} w={{ base: '100%', sm: 160 }} />
          <Select aria-label={t.state} placeholder={t.anyState} clearable value={state} onChange={first(setState)} data={[{ value: 'serving', label: t.serving }, { value: 'out', label: t.out }, { value: 'draining', label: t.draining }, { value: 'disabled', label: t.disabled }]} w={{ base: '100%', sm: 160 }} />
          {place && <Button variant="subtle" size="compact-sm" rightSection={<IconX size={14} aria-hidden />} onClick={() => setPlace(null)} aria-label={t.all}>{countryName(place)}</Button>}
        </Group>
        <Grid
          label={t.title} from={exits} keyOf={(row) => row.id} page={page} setPage={setPage}
          empty={{ icon: IconWorldPin, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.target, cell: (row) => <><Text fz="sm" className="mono typed">{row.target}</Text><Text fz="xs" c="dimmed">#{row.id}{row.public_address && row.public_address !== row.target ? ` · ${row.public_address}` : ''}</Text></> },
            { head: t.state, cell: (row) => <State exit={row} /> },
            { head: t.place, cell: (row) => <><Country code={row.country} />{(row.city ?? row.state) && <Text fz="xs" c="dimmed" className="typed">{[row.city, row.state, row.asn && `AS${row.asn}`].filter(Boolean).join(' · ')}</Text>}</> },
            { head: t.pools, folds: true, cell: (row) => <Text fz="sm" c="dimmed" maw={{ xl: 170 }} style={{ whiteSpace: 'normal' }}>{row.pools.split(',').map(poolName).join(either('、', ', '))}</Text> },
            { head: t.latency, right: true, cell: (row) => <><Text fz="sm">{row.latency_us ? `${number(Math.max(0.1, Math.round(row.latency_us / 100) / 10))} ms` : '–'}</Text><Text fz="xs" c="dimmed">{when(row.seen_at)}</Text></> },
            { head: t.success, right: true, folds: true, cell: (row) => <Rate row={row} /> },
            { head: t.day, right: true, folds: true, cell: (row) => bytes(row.day_bytes) },
            ...(allowed ? [{ head: t.more, actions: true, cell: (row: Exit) => <Actions exit={row} ask={setQuestion} /> }] : []),
          ]}
        />
      </Panel>
      <AddExit opened={adding} close={() => setAdding(false)} />
      <ImportFile opened={importing} close={() => setImporting(false)} title={t.file} about={t.fileHow} command="exit/import" changes={['exit', 'overview']} told={t.imported} sample={'target,pools,country,state,city,asn\n203.0.113.7,residential;isp,US,CA,Los Angeles,64500\nsocks5://user:password@parent.example:1080,datacenter,DE,,,\n'} />
      <Ask question={question} close={() => setQuestion(undefined)} />
    </Screen>
  )
}

function Rate({ row }: { row: Exit }) {
  const rate = share(row.day_connections, row.day_failures)
  return rate === undefined ? '–' : <Mark tone={toneOf(rate)}>{percent(rate)}</Mark>
}

function Actions({ exit, ask }: { exit: Exit; ask: (question: Question) => void }) {
  const client = useQueryClient()
  const run = async (verb: string, reason?: string) => {
    await door('POST', `exit/${verb}`, { id: exit.id, ...(reason ? { reason } : {}) })
    await client.invalidateQueries({ queryKey: ['control'] })
  }
  const question = (title: string, text: string, verb: string, said: string, danger = false) =>
    ask({ title: `${title} · ${exit.target}`, text, yes: title, danger, reason: 'welcome', told: said, run: (reason) => run(verb, reason) })
  return (
    <Menu position="bottom-end" width={190}>
      <Menu.Target><ActionIcon variant="subtle" color="gray" aria-label={`${t.more}: ${exit.target}`}><IconDots size={18} /></ActionIcon></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconActivityHeartbeat size={16} />} onClick={() => void told(run('probe'), t.probed)}>{t.probe}</Menu.Item>
        {exit.status === 'enabled' ? (
          <Menu.Item leftSection={<IconDroplet size={16} />} onClick={() => question(t.drain, t.drainHow, 'drain', t.drained)}>{t.drain}</Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => void told(run('enable'), t.enabled)}>{t.enable}</Menu.Item>
        )}
        {exit.status !== 'disabled' && <Menu.Item leftSection={<IconPlayerStop size={16} />} onClick={() => question(t.disable, t.disableHow, 'disable', t.disabledNow, true)}>{t.disable}</Menu.Item>}
        {!exit.static && <Menu.Item className="danger" leftSection={<IconTrash size={16} />} onClick={() => question(t.remove, t.removeHow, 'remove', t.removed, true)}>{t.remove}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

