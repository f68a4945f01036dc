// Coupons: made, looked at, switched off.

import { Button, Input, MultiSelect, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { IconDiscount2, IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { Typed } from '../../lib/bits'
import { Count } from '../../lib/Count'
import { Sum } from '../../lib/Sum'
import { FormModal } from '../../lib/forms'
import { day, money, number, percent } from '../../lib/format'
import { texts } from '../../lib/lang'
import { Panel, Screen, done, failed } from '../../lib/ui'
import { type Listed, useAsk, useMay, useTell } from '../api'
import { TYPES, productName } from '../catalogue/types'
import { FieldFault, Grid, Mark, PAGE } from '../kit'
import { useSites } from '../sites/data'

const t = texts({
  title: ['优惠券', 'Coupons'],
  about: ['客户下单时输入的折扣码。', 'Codes that make an order cheaper.'],
  add: ['新建优惠券', 'Make a coupon'],
  code: ['代码', 'Code'],
  name: ['名称', 'Name'],
  off: ['优惠', 'Takes off'],
  value: ['优惠多少', 'How much'],
  percent: ['百分比', 'Percent'],
  amount: ['金额', 'Amount'],
  minimum: ['订单最低金额', 'Least order'],
  types: ['适用类型（留空为全部）', 'Types it is for; empty: all'],
  sorts: ['适用类型', 'For'],
  every: ['全部', 'Everything'],
  days: ['有效天数', 'Valid for days'],
  per: ['每位客户次数（0 不限）', 'Times per customer, 0: any'],
  total: ['总次数（0 不限）', 'Times in all, 0: any'],
  customer: ['仅限客户（邮箱）', 'Only for (address)'],
  site: ['站点', 'Site'],
  used: ['已用', 'Used'],
  until: ['有效期至', 'Until'],
  state: ['状态', 'State'],
  on: ['有效', 'On'],
  over: ['已过期', 'Over'],
  disabled: ['已停用', 'Off'],
  action: ['操作', 'What to do'],
  disable: ['停用', 'Switch off'],
  enable: ['启用', 'Switch on'],
  made: ['优惠券已创建', 'The coupon is made'],
  changed: ['优惠券已更改', 'The coupon is changed'],
  none: ['还没有优惠券', 'No coupon yet'],
  noneHow: ['创建一个代码，客户下单时即可使用。', 'Make a code that customers type when they order.'],
})

interface Coupon { code: string; site: string; currency: string; name: string; percent: string | null; amount: string | null; minimum: string; types: number[]; customer: number | null; email: string | null; used: number; total: number; per_customer: number; disabled: boolean; ends_at: string }

export function Coupons() {
  const [page, setPage] = useState(1)
  const [adding, setAdding] = useState(false)
  const coupons = useAsk<Listed<Coupon>>('coupon/list', { page, size: PAGE })
  const turn = useTell<{ code: string; site: string; off: boolean }>('coupon/disable', ['coupon'])
  const allowed = useMay()('coupon/create')
  const state = (row: Coupon) => (row.disabled ? (['plain', t.disabled] as const) : new Date(row.ends_at) < new Date() ? (['plain', t.over] as const) : (['good', t.on] as const))
  return (
    <Screen title={t.title} about={t.about} actions={allowed && <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>{t.add}</Button>}>
      <Panel pad={false}>
        <Grid
          label={t.title} from={coupons} keyOf={(row) => `${row.site} ${row.code}`} page={page} setPage={setPage} empty={{ icon: IconDiscount2, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.code, cell: (row) => <span className="mono"><Typed>{row.code}</Typed></span> },
            { head: t.state, cell: (row) => { const [tone, text] = state(row); return <Mark tone={tone}>{text}</Mark> } },
            { head: t.off, right: true, cell: (row) => (row.percent ? percent(Number(row.percent) / 100) : money(Number(row.amount), row.currency)) },
            { head: t.minimum, right: true, cell: (row) => (Number(row.minimum) > 0 ? money(Number(row.minimum), row.currency) : '–') },
            { head: t.used, right: true, cell: (row) => `${number(row.used)}${row.total ? ` / ${number(row.total)}` : ''}` },
            { head: t.sorts, cell: (row) => <Typed>{[row.types.map(productName).join(', ') || t.every, row.customer !== null && (row.email ?? `#${row.customer}`)].filter(Boolean).join(' · ')}</Typed> },
            { head: t.until, cell: (row) => day(row.ends_at) },
            ...(allowed ? [{ head: t.action, actions: true, cell: (row: Coupon) => <Button size="xs" variant="default" onClick={() => turn.mutate({ code: row.code, site: row.site, off: row.disabled }, { onSuccess: () => done(t.changed), onError: failed })}>{row.disabled ? t.enable : t.disable}</Button> }] : []),
          ]}
        />
      </Panel>
      {adding && <Add close={() => setAdding(false)} />}
    </Screen>
  )
}

function Add({ close }: { close: () => void }) {
  const sites = useSites()
  const names = sites.data?.list.map((one) => one.name) ?? []
  const [kind, setKind] = useState('percent')
  const [words, setWords] = useState({ code: '', name: '', value: '10', minimum: '', customer: '' })
  const [types, setTypes] = useState<string[]>([])
  const [days, setDays] = useState(30)
  const [per, setPer] = useState(1)
  const [total, setTotal] = useState(0)
  const [site, setSite] = useState<string | null>(null)
  const create = useTell('coupon/create', ['coupon'])
  const currency = sites.data?.list.find((one) => one.name === (site ?? names[0]))?.currency ?? ''
  const field = (name: keyof typeof words) => ({ value: words[name], onChange: (e: { currentTarget: { value: string } }) => { const { value } = e.currentTarget; setWords((old) => ({ ...old, [name]: value })) } })
  const sum = (name: 'value' | 'minimum') => ({ value: words[name], set: (text: string) => setWords((old) => ({ ...old, [name]: text })) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { code, name, value, minimum, customer } = words
    create.mutate({ code: code.trim(), name, [kind]: value, minimum, customer, types: types.map(Number), days, per_customer: per, total, site: site ?? names[0] }, { onSuccess: () => { done(t.made); close() } })
  }
  return (
    <FormModal opened onClose={close} title={t.add} radius="lg" size="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput label={t.code} {...field('code')} required data-autofocus error={create.error?.fields.code} />
            <TextInput label={t.name} {...field('name')} error={create.error?.fields.name} />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <Input.Wrapper label={t.off} labelElement="div"><SegmentedControl aria-label={t.off} value={kind} onChange={setKind} data={[{ value: 'percent', label: t.percent }, { value: 'amount', label: `${t.amount} (${currency})` }]} /></Input.Wrapper>
            <Sum label={t.value} {...sum('value')} required error={create.error?.fields[kind]} />
            <Sum label={`${t.minimum} (${currency})`} {...sum('minimum')} error={create.error?.fields.minimum} />
            <MultiSelect label={t.types} error={create.error?.fields.types} value={types} onChange={setTypes} data={TYPES.map((n) => ({ value: String(n), label: productName(n) }))} searchable clearable />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <Count label={t.days} value={days} set={setDays} min={1} max={3660} error={create.error?.fields.days} />
            <Count label={t.per} value={per} set={setPer} min={0} error={create.error?.fields.per_customer} />
            <Count label={t.total} value={total} set={setTotal} min={0} error={create.error?.fields.total} />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <TextInput label={t.customer} {...field('customer')} error={create.error?.fields.customer} />
            {names.length > 1 && <Select label={t.site} value={site ?? names[0]} onChange={setSite} data={names} allowDeselect={false} />}
          </SimpleGrid>
          {create.error && <FieldFault error={create.error} shown={['code', 'name', kind, 'minimum', 'types', 'days', 'per_customer', 'total', 'customer']} />}
          <Button type="submit" loading={create.isPending}>{t.add}</Button>
        </Stack>
      </form>
    </FormModal>
  )
}
