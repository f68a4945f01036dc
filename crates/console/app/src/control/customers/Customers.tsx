// Customers: found by any part of their address, opened to see all of one.

import { Button, Group, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import { IconUserPlus, IconUsersGroup } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useCallback, useState } from 'react'
import { Typed } from '../../lib/bits'
import { FormModal } from '../../lib/forms'
import { day, money } from '../../lib/format'
import { texts } from '../../lib/lang'
import { Panel, Screen, done } from '../../lib/ui'
import { type Listed, useAsk, useMay, useTell } from '../api'
import { FieldFault, Grid, Mark, PAGE, Search } from '../kit'
import { type Site, useSites } from '../sites/data'

const t = texts({
  title: ['客户', 'Customers'],
  about: ['全部站点的客户。', 'Those who buy, of every site.'],
  find: ['邮箱、用户名、手机号或 #编号', 'Address, user name, phone or #id'],
  email: ['邮箱', 'Email'],
  site: ['站点', 'Site'],
  allSites: ['全部站点', 'Every site'],
  balance: ['余额', 'Balance'],
  state: ['状态', 'State'],
  since: ['注册', 'Since'],
  active: ['正常', 'Active'],
  off: ['已停用', 'Disabled'],
  pending: ['邮箱未验证', 'Email not verified'],
  named: ['已实名', 'Verified'],
  any: ['全部状态', 'Any state'],
  unnamed: ['未实名', 'Not verified'],
  none: ['没有符合条件的客户', 'No customer fits'],
  noneHow: ['客户注册后会出现在这里，也可以由您添加。', 'They appear here once they register; you can add one too.'],
  add: ['添加客户', 'Add a customer'],
  password: ['密码（留空则不能登录控制台）', 'Password; without one they can’t log in'],
  added: ['客户已添加', 'The customer is added'],
})

export interface CustomerRow {
  id: number
  email: string
  site: number
  site_name: string | null
  verified: boolean
  disabled: boolean
  email_pending: boolean
  created_at: string
  balance: number
}

export function CustomerMark({ row }: { row: Pick<CustomerRow, 'disabled' | 'email_pending' | 'verified'> }) {
  return (
    <Group gap={6} wrap="nowrap">
      {row.disabled ? <Mark tone="bad">{t.off}</Mark> : row.email_pending ? <Mark tone="warn">{t.pending}</Mark> : <Mark tone="good">{t.active}</Mark>}
      {row.verified && <Mark tone="plain">{t.named}</Mark>}
    </Group>
  )
}

const STATES: Record<string, object> = { disabled: { disabled: true }, verified: { verified: true }, unverified: { verified: false } }

export function Customers() {
  const [search, setSearch] = useState('')
  const [site, setSite] = useState<string | null>(null)
  const [state, setState] = useState<string | null>(null)
  const [page, setPage] = useState(1)
  const [adding, setAdding] = useState(false)
  const navigate = useNavigate()
  const allowed = useMay()
  const sites = useSites()
  const found = useAsk<Listed<CustomerRow>>('customer/list', { search, site, ...STATES[state ?? ''], page, size: PAGE })
  const looked = useCallback((text: string) => { setSearch(text); setPage(1) }, [])
  const currency = (row: CustomerRow) => sites.data?.list.find((one: Site) => one.id === row.site)?.currency ?? 'CNY'
  return (
    <Screen title={t.title} about={t.about} actions={allowed('customer/create') && <Button leftSection={<IconUserPlus size={16} />} onClick={() => setAdding(true)}>{t.add}</Button>}>
      <Panel pad={false}>
        <Group p="md" gap="sm" className="filters">
          <Search placeholder={t.find} onSearch={looked} />
          <Select aria-label={t.site} placeholder={t.allSites} clearable value={site} onChange={(v) => { setSite(v); setPage(1) }} data={sites.data?.list.map((one) => one.name) ?? []} w={{ base: '100%', sm: 170 }} />
          <Select aria-label={t.state} placeholder={t.any} clearable value={state} onChange={(v) => { setState(v); setPage(1) }} data={[{ value: 'disabled', label: t.off }, { value: 'verified', label: t.named }, { value: 'unverified', label: t.unnamed }]} w={{ base: '100%', sm: 170 }} />
        </Group>
        <Grid
          label={t.title} from={found} keyOf={(row) => row.id} page={page} setPage={setPage} onOpen={(row) => void navigate({ to: `/control/customers/${row.id}` as never })}
          empty={{ icon: IconUsersGroup, title: t.none, text: t.noneHow }}
          columns={[
            { head: t.email, cell: (row) => <Typed>{row.email}</Typed> },
            { head: t.state, cell: (row) => <CustomerMark row={row} /> },
            { head: t.balance, right: true, cell: (row) => money(row.balance, currency(row)) },
            { head: t.site, cell: (row) => <Typed>{row.site_name ?? '–'}</Typed> },
            { head: t.since, cell: (row) => day(row.created_at) },
          ]}
        />
      </Panel>
      <Add opened={adding} close={() => setAdding(false)} sites={sites.data?.list.map((one) => one.name) ?? []} />
    </Screen>
  )
}

function Add({ opened, close, sites }: { opened: boolean; close: () => void; sites: string[] }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [site, setSite] = useState<string | null>(null)
  const create = useTell('customer/create', ['customer'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ email: email.trim(), password, site: site ?? sites[0] }, {
      onSuccess: () => {
        done(t.added)
        setEmail('')
        setPassword('')
        close()
      },
    })
  }
  return (
    <FormModal opened={opened} onClose={close} title={t.add} radius="lg" centered>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={t.email} type="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} required data-autofocus />
          <PasswordInput label={t.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="new-password" />
          {sites.length > 1 && <Select label={t.site} value={site ?? sites[0]} onChange={setSite} data={sites} allowDeselect={false} />}
          {create.error && <FieldFault error={create.error} />}
          <Button type="submit" loading={create.isPending}>{t.add}</Button>
        </Stack>
      </form>
    </FormModal>
  )
}
