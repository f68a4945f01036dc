// Rows as a table on wide screens, as cards on phones; pages below.

import { Box, Checkbox, Group, Pagination, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { number } from './format'
import { say, texts } from './lang'

const t = texts({
  pick: ['选择 {name}', 'Select {name}'],
  pickAll: ['全选', 'Select all'],
  rows: ['共 {n} 条', '{n} in all'],
  actions: ['操作', 'Actions'],
  next: ['下一页', 'Next page'],
  previous: ['上一页', 'Previous page'],
})

export interface Column<R> {
  head: string
  cell: (row: R) => ReactNode
  /** Numbers stand at the right. */
  right?: boolean
  /** Buttons of a row: no heading that people see; they stay in sight where the rest scrolls. */
  actions?: boolean
}

interface Props<R> {
  rows: readonly R[]
  columns: Column<R>[]
  id: (row: R) => string
  label: string
  picked?: ReadonlySet<string>
  onPick?: (next: Set<string>) => void
}

/** Whether the window is a phone's, where rows are cards. */
export const useNarrow = () => useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false })

export function DataTable<R>(props: Props<R>) {
  return useNarrow() ? <Cards {...props} /> : <Wide {...props} />
}

function toggled(picked: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(picked)
  if (!next.delete(id)) next.add(id)
  return next
}

function Wide<R>({ rows, columns, id, label, picked, onPick }: Props<R>) {
  const all = rows.length > 0 && rows.every((row) => picked?.has(id(row)))
  return (
    <Table.ScrollContainer minWidth={640} type="native" tabIndex={0} role="region" aria-label={label}>
      <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover className="sheet" aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {picked && onPick && (
              <Table.Th w={44}>
                <Checkbox size="xs" aria-label={t.pickAll} checked={all} indeterminate={!all && rows.some((row) => picked.has(id(row)))} onChange={() => onPick(all ? new Set() : new Set(rows.map(id)))} />
              </Table.Th>
            )}
            {columns.map((column, i) => (
              <Table.Th key={i} ta={column.right || column.actions ? 'right' : undefined} fz="xs" c="dimmed" fw={600} className={column.actions ? 'stays' : undefined}>
                {column.actions ? <span className="skip">{t.actions}</span> : column.head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={id(row)} data-picked={picked?.has(id(row)) || undefined}>
              {picked && onPick && (
                <Table.Td><Checkbox size="xs" aria-label={say(t.pick, { name: id(row) })} checked={picked.has(id(row))} onChange={() => onPick(toggled(picked, id(row)))} /></Table.Td>
              )}
              {columns.map((column, i) => (
                <Table.Td key={i} ta={column.right || column.actions ? 'right' : undefined} className={column.actions ? 'stays' : column.right ? 'nums' : undefined}>{column.cell(row)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

export function Cards<R>({ rows, columns, id, label, picked, onPick }: Props<R>) {
  const [first, ...rest] = columns
  return (
    <Box component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={label}>
      {rows.map((row) => (
        <li key={id(row)} className="row-card">
          <Stack gap={6}>
            <Group justify="space-between" wrap="nowrap">
              <Box fw={600} miw={0}>{first?.cell(row)}</Box>
              {picked && onPick && <Checkbox size="sm" aria-label={say(t.pick, { name: id(row) })} checked={picked.has(id(row))} onChange={() => onPick(toggled(picked, id(row)))} />}
            </Group>
            {rest.map((column, i) =>
              column.actions ? (
                <Group key={i} justify="flex-end" gap={0}>{column.cell(row)}</Group>
              ) : (
                <Group key={i} className="row-fact" justify="space-between" gap="md" wrap="nowrap" align="flex-start">
                  <Text fz="xs" c="dimmed" style={{ flexShrink: 0 }}>{column.head}</Text>
                  <Box fz="sm" ta="right" miw={0} className="nums">{column.cell(row)}</Box>
                </Group>
              ),
            )}
          </Stack>
        </li>
      ))}
    </Box>
  )
}

export function Pager({ page, pages, total, onPage }: { page: number; pages: number; total?: number; onPage: (page: number) => void }) {
  if (pages <= 1 && !total) return null
  return (
    <Group justify="space-between" px="md" py="sm" gap="xs">
      <Text fz="sm" c="dimmed" className="nums">{total === undefined ? '' : say(t.rows, { n: number(total) })}</Text>
      {pages > 1 && (
        <Pagination
          value={page} total={pages} onChange={onPage} size="sm" siblings={1}
          getControlProps={(control) => ({ 'aria-label': control === 'next' ? t.next : t.previous })}
          getItemProps={(n) => ({ 'aria-label': number(n) })}
        />
      )}
    </Group>
  )
}
