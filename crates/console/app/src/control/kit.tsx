// Pieces of the control room's screens: tables with pages, search, figures, marks, and a question before something is done.

import {
  Box, Button, Card, Group, Pagination, ScrollArea, Stack, Table, Text, Textarea, TextInput, UnstyledButton, VisuallyHidden,
} from '@mantine/core'
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks'
import { IconSearch, type Icon } from '@tabler/icons-react'
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/client'
import { Modal } from '../lib/dialog'
import { country as countryName, number, size } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Flag, State } from '../lib/bits'
import { Cards, useNarrow } from '../lib/DataTable'
import { Empty, Failed, Waiting, again, beyond, done, failed } from '../lib/ui'
import type { Listed } from './api'

const t = texts({
  search: ['搜索', 'Search'],
  of: ['共 {n} 条', '{n} in all'],
  open: ['打开', 'Open'],
  cancel: ['取消', 'Cancel'],
  reason: ['原因', 'Reason'],
  reasonHow: ['会记入审计，最多 200 个字符', 'Stands in the audit; at most 200 characters'],
  pages: ['分页', 'Pages'],
})

export const PAGE = 20

export interface Column<T> {
  head: string
  cell: (row: T) => ReactNode
  right?: boolean
  /** Buttons of a row: they stay in sight where the rest scrolls. */
  actions?: boolean
  /** On a narrow desktop it stands in a line of its own below the row, so that the table needs no scrolling sideways. */
  folds?: boolean
}

/** What stands in the row and what below it. */
export function folded<C extends { folds?: boolean }>(columns: C[], narrow: boolean): [row: C[], below: C[]] {
  const below = (column: C) => narrow && column.folds === true
  return [columns.filter((column) => !below(column)), columns.filter(below)]
}

/** Whether columns that fold do: the menu beside them takes its part of the window. */
const useFolds = () => useMediaQuery('(max-width: 85em)', false, { getInitialValueInEffect: false })

interface Rows<T> { label: string; list: T[]; columns: Column<T>[]; keyOf: (row: T) => string | number; onOpen?: (row: T) => void }

/** A cell; the first one opens its row, where rows open. */
function Cell<T>({ column, row, onOpen }: { column: Column<T>; row: T; onOpen?: (row: T) => void }) {
  if (!onOpen) return column.cell(row)
  return <UnstyledButton fz="sm" fw={550} onClick={(e) => { e.stopPropagation(); onOpen(row) }}>{column.cell(row)}<VisuallyHidden> {t.open}</VisuallyHidden></UnstyledButton>
}

const side = (c: { right?: boolean; actions?: boolean }) => ({ ta: c.right || c.actions ? ('right' as const) : undefined, className: c.actions ? 'stays' : c.right ? 'nums' : undefined })

/** Scrolls sideways where it is too wide, by keys too. */
function Sheet<T>({ label, list, columns, keyOf, onOpen }: Rows<T>) {
  const narrow = useFolds() ?? false
  const [across, below] = folded(columns, narrow)
  const opening = (row: T) => ({ onClick: onOpen && (() => onOpen(row)), style: onOpen && { cursor: 'pointer' } })
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <Table verticalSpacing={10} horizontalSpacing={narrow ? 'sm' : 'md'} highlightOnHover={Boolean(onOpen)} className="sheet">
        <Table.Thead>
          <Table.Tr>
            {across.map((c) => <Table.Th key={c.head} {...side(c)} fz="xs" c="dimmed" fw={600}>{c.head}</Table.Th>)}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {list.map((row) => (
            <Fragment key={keyOf(row)}>
              <Table.Tr {...opening(row)} className={below.length > 0 ? 'goes-on' : undefined}>
                {across.map((c, i) => (
                  <Table.Td key={c.head} {...side(c)}>
                    <Cell column={c} row={row} onOpen={i === 0 ? onOpen : undefined} />
                  </Table.Td>
                ))}
              </Table.Tr>
              {below.length > 0 && (
                <Table.Tr {...opening(row)}>
                  <Table.Td colSpan={across.length} pt={0} className="below">
                    <Group gap="lg" align="baseline" style={{ rowGap: 4 }}>
                      {below.map((c) => <Group key={c.head} gap={8} align="baseline" wrap="nowrap"><Text span fz="xs" c="dimmed" style={{ flexShrink: 0 }}>{c.head}</Text><Box fz="sm" className={c.right ? 'nums' : undefined}>{c.cell(row)}</Box></Group>)}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}

function CardRows<T>({ label, list, columns, keyOf, onOpen }: Rows<T>) {
  return <Cards label={label} rows={list} id={(row: T) => String(keyOf(row))} columns={columns.map((column, i) => ({ head: column.head, cell: (row: T) => <Cell column={column} row={row} onOpen={i === 0 ? onOpen : undefined} /> }))} />
}

/** A table of one page; on phones each row is a card. */
export function Grid<T>({ label, from, columns, keyOf, onOpen, page, setPage, empty }: {
  label: string
  from: { data?: Listed<T>; error: unknown; isPending: boolean; refetch: () => unknown }
  columns: Column<T>[]
  keyOf: (row: T) => string | number
  onOpen?: (row: T) => void
  page?: number
  setPage?: (page: number) => void
  empty: { icon: Icon; title: string; text?: string; action?: ReactNode }
}) {
  const narrow = useNarrow()
  if (!from.data) return <Box p="lg">{from.error ? <Failed error={from.error} retry={again(from)} /> : <Waiting lines={6} />}</Box>
  const { list, total } = from.data
  if (list.length === 0) return <Empty icon={empty.icon} title={empty.title} action={empty.action}>{empty.text}</Empty>
  const pages = Math.ceil(total / PAGE)
  const rows = { label, list, columns, keyOf, onOpen }
  return (
    <>
      {narrow ? <CardRows {...rows} /> : <Sheet {...rows} />}
      {setPage && (
        <Group justify="space-between" px="lg" py="sm" gap="sm">
          <Text fz="sm" c="dimmed" className="nums">{say(t.of, { n: number(total) })}</Text>
          {pages > 1 && <Pagination size="sm" total={pages} value={page ?? 1} onChange={setPage} siblings={1} getControlProps={(c) => ({ 'aria-label': `${t.pages} ${c}` })} />}
        </Group>
      )}
    </>
  )
}

/** What was typed, told a moment after the last key. */
export function Search({ label, onSearch, placeholder }: { label?: string; placeholder: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text, 250)
  useEffect(() => onSearch(settled), [settled, onSearch])
  return <TextInput aria-label={label ?? t.search} placeholder={placeholder} value={text} onChange={(e) => setText(e.currentTarget.value)} leftSection={<IconSearch size={16} aria-hidden />} w={{ base: '100%', sm: 280 }} type="search" />
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain' | 'brand'
const COLOURS: Record<Tone, string> = { good: 'teal', warn: 'yellow', bad: 'red', plain: 'gray', brand: 'brand' }
const TONES = { good: 'good', warn: 'warn', bad: 'bad', plain: 'idle', brand: 'info' } as const

/** A state in a word; its colour says the same again. */
export const Mark = ({ tone, children }: { tone: Tone; children: ReactNode }) => <State tone={TONES[tone]}>{children}</State>

export function Figure({ label, value, note, icon: Picture, tone }: { label: string; value: ReactNode; note?: ReactNode; icon?: Icon; tone?: Tone }) {
  return (
    <Card withBorder radius="lg" padding={0} p={{ base: 'sm', sm: 'md' }}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text fz="sm" c="dimmed" truncate>{label}</Text>
        {Picture && <Picture size={18} stroke={1.6} aria-hidden color={tone ? `var(--mantine-color-${COLOURS[tone]}-6)` : 'var(--mantine-color-dimmed)'} />}
      </Group>
      <Text fz={{ base: 20, sm: 26 }} fw={650} lts="-0.02em" className="nums" mt={4} lh={1.2}>{value}</Text>
      {note && <Text fz="xs" c="dimmed" mt={4}>{note}</Text>}
    </Card>
  )
}

export function Country({ code }: { code: string }) {
  const known = /^[A-Z]{2}$/.test(code) && code !== 'ZZ'
  return (
    <span className="place">
      {known && <Flag code={code} />}
      {countryName(code)}
    </span>
  )
}

/** Names and values, two columns. */
export function Facts({ rows }: { rows: [label: string, value: ReactNode][] }) {
  return (
    <Box component="dl" m={0} style={{ display: 'grid', gridTemplateColumns: 'minmax(96px, max-content) 1fr', gap: '10px 20px' }}>
      {rows.map(([label, value]) => (
        <Box key={label} style={{ display: 'contents' }}>
          <Text component="dt" fz="sm" c="dimmed">{label}</Text>
          <Text component="dd" fz="sm" m={0} style={{ overflowWrap: 'anywhere' }}>{value ?? '–'}</Text>
        </Box>
      ))}
    </Box>
  )
}

export interface Question {
  title: string
  text?: ReactNode
  yes: string
  danger?: boolean
  /** Whether it has to be said why. */
  reason?: 'needed' | 'welcome'
  told?: string
  run: (reason: string) => Promise<unknown>
}

/** Asks before something is done; what fails stays in the question. */
export function Ask({ question, close, fields = [], children }: {
  question: Question | undefined
  close: () => void
  /** The fields of its own, which show what is wrong with them. */
  fields?: readonly string[]
  children?: ReactNode | ((wrong: Record<string, string>) => ReactNode)
}) {
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  // Screens make their question anew each time they are drawn; what was typed stays until another one is asked.
  const asked = question?.title
  useEffect(() => {
    setReason('')
    setError(undefined)
  }, [asked])
  const go = async () => {
    if (!question) return
    setBusy(true)
    setError(undefined)
    try {
      await question.run(reason.trim())
      if (question.told) done(question.told)
      close()
    } catch (e) {
      setError(e)
    } finally {
      setBusy(false)
    }
  }
  const wrong = error instanceof ApiError ? error.fields : {}
  return (
    <Modal opened={question !== undefined} onClose={close} title={question?.title} radius="lg" centered>
      {/* Events bubble by the tree of components: a question that is asked within a form would send that form, too. */}
      <form onSubmit={(e) => { e.preventDefault(); e.stopPropagation(); void go() }}>
        <Stack>
          {question?.text && <Text fz="sm" c="dimmed">{question.text}</Text>}
          {typeof children === 'function' ? children(wrong) : children}
          {question?.reason && <Textarea label={t.reason} description={t.reasonHow} value={reason} onChange={(e) => setReason(e.currentTarget.value)} required={question.reason === 'needed'} maxLength={200} autosize minRows={2} error={wrong.reason} data-autofocus />}
          {error !== undefined && <FieldFault error={error} shown={[...fields, ...(question?.reason ? ['reason'] : [])]} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>{t.cancel}</Button>
            <Button type="submit" color={question?.danger ? 'red.8' : undefined} loading={busy}>{question?.yes}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** What was wrong, with what each field has to be; but for those that the form shows at the field. */
export function FieldFault({ error, shown = [] }: { error: unknown; shown?: readonly string[] }) {
  const here = useRef<HTMLDivElement>(null)
  useEffect(() => lead(here.current), [error])
  const rest = beyondFields(error, shown)
  return <div ref={here} hidden={rest === undefined}>{rest !== undefined && <Failed error={rest} />}</div>
}

/** Leads to what is wrong, which may be far from the button that was pressed: the first such field, or the alert. */
function lead(here: HTMLElement | null) {
  const found = here?.closest('form')?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? here?.querySelector<HTMLElement>('[role="alert"]')
  if (!found) return
  if (found.getAttribute('role') === 'alert') found.tabIndex = -1
  found.focus({ preventScroll: true })
  found.scrollIntoView({ block: 'center' })
}

function beyondFields(error: unknown, shown: readonly string[]): unknown {
  if (!(error instanceof ApiError)) return error
  if (!beyond(error, shown)) return undefined
  const lines = Object.entries(error.reasons).flatMap(([name, reasons]) => (shown.includes(name) ? [] : reasons.map((text) => `${name}: ${text}`)))
  return lines.length === 0 ? error : new Error(lines.join('\n'))
}

/** Runs a command and says how it went. */
export async function told(work: Promise<unknown>, text: string) {
  try {
    await work
    done(text)
  } catch (error) {
    failed(error)
  }
}

export const bytes = (n: number) => size(n / 1024)

/** How often it worked, as a share; nothing where nothing was tried. */
export function share(connections: number, failures: number): number | undefined {
  const tries = connections + failures
  return tries > 0 ? connections / tries : undefined
}

export const toneOf = (rate: number | undefined): Tone => (rate === undefined ? 'plain' : rate >= 0.98 ? 'good' : rate >= 0.9 ? 'warn' : 'bad')

/** Saves a text or bytes as a file. */
export function download(name: string, text: BlobPart, type = 'text/plain') {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
