// Who did what, when, from where, why, and how it ended.

import { Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { when } from '../../lib/format'
import { texts } from '../../lib/lang'
import { Panel, Screen } from '../../lib/ui'
import { type Listed, useAsk } from '../api'
import { Grid, Mark, PAGE } from '../kit'
import { ActSelect } from './ActSelect'
import { actOf } from './acts'
import { detailOf } from './details'
import { endOf, isPlain, toneOf } from './outcomes'

const t = texts({
  title: ['审计', 'Audit'],
  about: ['保留 400 天，只增不改。', 'Kept for 400 days; rows are only added.'],
  at: ['时间', 'When'],
  who: ['操作者', 'Who'],
  what: ['操作', 'What'],
  outcome: ['结果', 'Outcome'],
  whom: ['涉及客户', 'Concerns'],
  detail: ['详情', 'Detail'],
  any: ['全部操作者', 'Anybody'],
  customer: ['客户', 'Customers'],
  operator: ['运营人员', 'Operators'],
  token: ['令牌', 'The token'],
  command: ['命令行', 'Command line'],
  visitor: ['访客', 'Visitors'],
  customerBy: ['客户邮箱或 #编号', 'Customer: address or #id'],
  none: ['没有符合条件的记录', 'No note fits'],
  noneHow: ['换一个条件，或清空筛选。', 'Try other words, or clear the filters.'],
})

interface Note { id: number; at: string; actor: 'customer' | 'operator' | 'token' | 'command' | 'visitor'; actor_id: number; actor_name: string | null; action: string; detail: string; outcome: string; client: string; email: string | null }

/** A code beneath its words, where it has some. */
const Raw = ({ code }: { code: string }) => <Text fz="xs" c="dimmed" className="mono">{code}</Text>

function Act({ note }: { note: Note }) {
  const words = actOf(note.action)
  return (
    <>
      {words ? <><Text fz="sm">{words}</Text><Raw code={note.action} /></> : <span className="mono">{note.action}</span>}
      {note.email && note.email !== note.actor_name && <Text fz="xs" c="dimmed" className="typed">{note.email}</Text>}
    </>
  )
}

const End = ({ outcome }: { outcome: string }) => <><Mark tone={toneOf(outcome)}>{endOf(outcome)}</Mark>{!isPlain(outcome) && <Raw code={outcome} />}</>

export function AuditGrid({ filter }: { filter: object }) {
  const [page, setPage] = useState(1)
  const notes = useAsk<Listed<Note>>('audit/list', { ...filter, page, size: PAGE })
  return (
    <Grid
      label={t.title} from={notes} keyOf={(row) => row.id} page={page} setPage={setPage} empty={{ icon: IconHistory, title: t.none, text: t.noneHow }}
      columns={[
        { head: t.at, cell: (row) => when(row.at) },
        { head: t.who, cell: (row) => <><Text fz="sm" className="typed">{row.actor_name ?? t[row.actor]}</Text><Text fz="xs" c="dimmed">{[row.actor_name && t[row.actor], row.client].filter(Boolean).join(' · ')}</Text></> },
        { head: t.what, cell: (row) => <Act note={row} /> },
        { head: t.outcome, cell: (row) => <End outcome={row.outcome} /> },
        { head: t.detail, folds: true, cell: (row) => <Text fz="sm" maw={{ xl: 420 }} style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }} miw={{ xl: 220 }}>{detailOf(row.action, row.detail) || '–'}</Text> },
      ]}
    />
  )
}

/** What names a customer: a whole address or an id. Addresses that several sites know are refused with the ids they stand for. */
export function nameOf(typed: string): string | undefined {
  const name = typed.trim()
  return /^#?\d+$/.test(name) || /@.+\../.test(name) ? name : undefined
}

export function Audit() {
  const [actor, setActor] = useState<string | null>(null)
  const [action, setAction] = useState<string | null>(null)
  const [customer, setCustomer] = useState('')
  const [named] = useDebouncedValue(customer, 400)
  const filter = { actor, action, customer: nameOf(named) }
  return (
    <Screen title={t.title} about={t.about}>
      <Panel pad={false}>
        <Group p="md" gap="sm" className="filters">
          <Select aria-label={t.who} placeholder={t.any} clearable value={actor} onChange={setActor} data={(['operator', 'customer', 'token', 'command', 'visitor'] as const).map((kind) => ({ value: kind, label: t[kind] }))} w={{ base: '100%', sm: 170 }} />
          <ActSelect value={action} onChange={setAction} />
          <TextInput aria-label={t.whom} placeholder={t.customerBy} value={customer} onChange={(e) => setCustomer(e.currentTarget.value)} w={{ base: '100%', sm: 260 }} />
        </Group>
        <AuditGrid key={JSON.stringify(filter)} filter={filter} />
      </Panel>
    </Screen>
  )
}
