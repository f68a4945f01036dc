// Whom invoices are for.

import { Button, SegmentedControl, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconId, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import type { Sent } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { Typed } from '../lib/bits'
import { CountrySelect } from '../lib/CountrySelect'
import { DataTable } from '../lib/DataTable'
import { FormDrawer } from '../lib/forms'
import { texts } from '../lib/lang'
import { Empty, Failed, Loaded, Panel, done, failed } from '../lib/ui'

const t = texts({
  title: ['发票抬头', 'Invoice profiles'],
  add: ['新建抬头', 'New profile'],
  none: ['还没有抬头', 'No profiles yet'],
  noneHow: ['先添加个人或企业抬头，再申请发票。', 'Add a person or a company first, then ask for an invoice.'],
  person: ['个人', 'Person'],
  company: ['企业', 'Company'],
  name: ['抬头名称', 'Name on the invoice'],
  org: ['企业名称', 'Company'],
  vat: ['税号', 'Tax number'],
  email: ['接收邮箱', 'Email'],
  phone: ['电话', 'Phone'],
  city: ['城市', 'City'],
  line: ['地址', 'Address'],
  postal: ['邮编', 'Postal code'],
  save: ['保存', 'Save'],
  saved: ['已保存', 'Saved'],
  remove: ['删除', 'Delete'],
  removed: ['已删除', 'Deleted'],
  kind: ['类型', 'Kind'],
})

export function Profiles() {
  const read = useRead('user-invoice/list')
  const [adding, add] = useDisclosure(false)
  return (
    <Panel title={t.title} pad={false} right={<Button size="xs" leftSection={<IconPlus size={14} />} onClick={add.open}>{t.add}</Button>}>
      <Loaded from={read}>
        {({ list }) =>
          list.length === 0 ? <Empty icon={IconId} title={t.none}>{t.noneHow}</Empty> : (
            <DataTable
              label={t.title} rows={list} id={(p) => String(p.id)}
              columns={[
                { head: t.name, cell: (p) => <Typed>{p.org_name || p.name}</Typed> },
                { head: t.kind, cell: (p) => (p.role_type === 2 ? t.company : t.person) },
                { head: t.vat, cell: (p) => <span className="mono"><Typed>{p.vat_id || '–'}</Typed></span> },
                { head: t.email, cell: (p) => <Typed>{p.email}</Typed> },
                { head: '', actions: true, cell: (p) => <Remove id={p.id} name={p.name ?? ''} /> },
              ]}
            />
          )
        }
      </Loaded>
      <FormDrawer opened={adding} onClose={add.close} position="right" title={t.add}><Form close={add.close} /></FormDrawer>
    </Panel>
  )
}

function Remove({ id, name }: { id: number; name: string }) {
  const remove = useWrite('user-invoice/delete', ['user-invoice/list'])
  return <Button size="compact-sm" variant="subtle" color="gray" loading={remove.isPending} aria-label={`${t.remove} ${name}`} onClick={() => remove.mutate({ id }, { onError: failed, onSuccess: () => done(t.removed) })}>{t.remove}</Button>
}

function Form({ close }: { close: () => void }) {
  const add = useWrite('user-invoice/add', ['user-invoice/list'])
  const [form, setForm] = useState<Sent<'user-invoice/add'>>({ name: '', email: '', role_type: 1 })
  const company = form.role_type === 2
  const field = (key: keyof Sent<'user-invoice/add'>, label: string, need = false) => (
    <TextInput key={key} label={label} required={need} value={String(form[key] ?? '')} error={add.error?.fields[key]} onChange={(e) => { const value = e.currentTarget.value; setForm((old) => ({ ...old, [key]: value })) }} />
  )
  return (
    <Stack>
      <SegmentedControl aria-label={t.kind} fullWidth value={String(form.role_type)} onChange={(next) => setForm((old) => ({ ...old, role_type: Number(next) }))} data={[{ value: '1', label: t.person }, { value: '2', label: t.company }]} />
      {field('name', t.name, true)}
      {company && field('org_name', t.org)}
      {company && field('vat_id', t.vat, true)}
      {field('email', t.email, true)}
      {field('phone', t.phone)}
      <SimpleGrid cols={2} spacing="sm">
        <CountrySelect value={form.address_country || null} set={(next) => setForm((old) => ({ ...old, address_country: next ?? '' }))} error={add.error?.fields.address_country} />
        {field('address_city', t.city)}
      </SimpleGrid>
      {field('address_line1', t.line)}
      {field('address_postal_code', t.postal)}
      {add.error && Object.keys(add.error.fields).length === 0 && <Failed error={add.error} />}
      <Button loading={add.isPending} onClick={() => add.mutate(form, { onSuccess: () => { done(t.saved); close() } })}>{t.save}</Button>
    </Stack>
  )
}
