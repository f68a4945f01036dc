// Addresses that may use the proxy without a password.

import { Alert, Button, Card, Group, SegmentedControl, Select, SimpleGrid, Stack, Tabs, Text, TextInput, Textarea } from '@mantine/core'
import { IconShieldCheck, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { useQuestion, Typed } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { DataTable } from '../lib/DataTable'
import { Modal } from '../lib/dialog'
import { number, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { type AccountType, accountTypeOptions, productName } from '../lib/products'
import { Strip, useTab } from '../lib/tabs'
import { Empty, Failed, Loaded, Panel, Screen, done, failed } from '../lib/ui'
import { Blocked } from './Blocked'

const t = texts({
  allowed: ['允许的地址', 'Allowed addresses'],
  blocked: ['屏蔽目标', 'Blocked destinations'],
  title: ['IP 白名单', 'IP allowlist'],
  about: ['这些地址连接代理时无需密码；提取的端点只接受白名单地址。', 'These addresses need no password at the proxy. Extracted endpoints accept them alone.'],
  add: ['添加地址', 'Add addresses'],
  ips: ['IP 地址', 'Addresses'],
  ipsHow: ['IPv4 或 IPv6，用逗号、空格或换行分隔', 'IPv4 or IPv6, separated by commas, blanks or lines'],
  mine: ['使用我的地址 {ip}', 'Use my address {ip}'],
  type: ['套餐类型', 'Product type'],
  pack: ['套餐', 'Package'],
  packHow: ['不限量套餐需要指定绑定的套餐', 'An unmetered address is bound to one package'],
  remark: ['备注', 'Remark'],
  go: ['添加', 'Add'],
  added: ['已添加', 'Added'],
  ip: ['地址', 'Address'],
  since: ['添加时间', 'Since'],
  none: ['白名单为空', 'The allowlist is empty'],
  noneHow: ['添加服务器的公网地址，即可免密使用代理。', 'Add the public address of your server to use the proxy without a password.'],
  remove: ['移除', 'Remove'],
  removeTitle: ['移除 {ip}？', 'Remove {ip}?'],
  removeText: ['来自该地址的免密连接会立即断开。', 'Connections from there without a password are cut at once.'],
  removed: ['已移除', 'Removed'],
  quota: ['该类型还可添加 {n} 个地址', '{n} more addresses of this type can be added'],
  verify: ['需要验证', 'Verification'],
  byMail: ['邮件', 'Mail'],
  byApp: ['验证器', 'Authenticator'],
  code: ['验证码', 'Code'],
})

const CHANGES = ['proxy-ip/list', 'white-ip/quotas'] as const

export function Allowlist() {
  const tab = useTab('allowed', 'blocked')
  return (
    <Screen title={t.title} about={t.about}>
      <Tabs {...tab} keepMounted={false}>
        <Strip mb="lg"><Tabs.Tab value="allowed">{t.allowed}</Tabs.Tab><Tabs.Tab value="blocked">{t.blocked}</Tabs.Tab></Strip>
        <Tabs.Panel value="allowed"><Allowed /></Tabs.Panel>
        <Tabs.Panel value="blocked"><Blocked /></Tabs.Panel>
      </Tabs>
    </Screen>
  )
}

function Allowed() {
  const read = useRead('proxy-ip/list')
  return (
    <Stack gap="lg">
      <Panel title={t.add}><AddForm /></Panel>
      <Card withBorder radius="lg" padding={0}>
        <Loaded from={read}>
          {({ list }) =>
            list.length === 0 ? <Empty icon={IconShieldCheck} title={t.none}>{t.noneHow}</Empty> : (
              <DataTable
                label={t.title} rows={list} id={(row) => `${row.ip}-${row.product_type}`}
                columns={[
                  { head: t.ip, cell: (row) => <Group gap={4} wrap="nowrap" display="inline-flex"><span className="mono">{row.ip}</span><CopyButton text={row.ip} /></Group> },
                  { head: t.type, cell: (row) => productName(row.product_type) },
                  { head: t.remark, cell: (row) => <Typed>{row.remark || '–'}</Typed> },
                  { head: t.since, cell: (row) => when(row.created_at) },
                  { head: '', actions: true, cell: (row) => <Remove ip={row.ip} type={row.product_type} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Card>
    </Stack>
  )
}

function AddForm() {
  const add = useWrite('proxy-ip/add', CHANGES)
  const entry = useRead('entry')
  const quotas = useRead('white-ip/quotas')
  const [ips, setIps] = useState('')
  const [type, setType] = useState('9')
  const [pack, setPack] = useState<string | null>(null)
  const [remark, setRemark] = useState('')
  const packages = useRead('user-product/list', { product_type: 11, size: 200, status: 1 } as never, { enabled: type === '11' })
  const quota = quotas.data?.list.find((q) => String(q.product_type) === type)
  const fields = add.error?.fields ?? {}
  const mine = entry.data?.client
  const submit = () =>
    add.mutate(
      { ips, product_type: Number(type) as AccountType, remark, user_product_id: type === '11' && pack ? Number(pack) : undefined },
      { onSuccess: () => { done(t.added); setIps(''); setRemark('') } },
    )
  return (
    <Stack>
      {add.error && Object.keys(fields).length === 0 && <Failed error={add.error} />}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: type === '11' ? 4 : 3 }} spacing="md">
        <Textarea label={t.ips} description={t.ipsHow} autosize minRows={1} maxRows={8} value={ips} onChange={(e) => setIps(e.currentTarget.value)} error={fields.ips} classNames={{ input: 'mono' }} />
        <Select label={t.type} description={quota ? say(t.quota, { n: number(quota.left) }) : undefined} data={accountTypeOptions()} value={type} allowDeselect={false} onChange={(next) => setType(next ?? '9')} error={fields.product_type} />
        {type === '11' && <Select label={t.pack} description={t.packHow} value={pack} onChange={setPack} error={fields.user_product_id} data={(packages.data?.list ?? []).map((p) => ({ value: String(p.id), label: `${p.title} #${p.id}` }))} />}
        <TextInput label={t.remark} value={remark} onChange={(e) => setRemark(e.currentTarget.value)} error={fields.remark} />
      </SimpleGrid>
      <Group justify="space-between">
        {mine ? <Button variant="subtle" size="compact-sm" onClick={() => setIps((old) => [old.trim(), mine].filter(Boolean).join('\n'))}>{say(t.mine, { ip: mine })}</Button> : <span />}
        <Button onClick={submit} loading={add.isPending} disabled={!ips.trim()}>{t.go}</Button>
      </Group>
    </Stack>
  )
}

function Remove({ ip, type }: { ip: string; type: number }) {
  const remove = useWrite('proxy-ip/delete', CHANGES)
  const { dialog, question } = useQuestion()
  const [asks, setAsks] = useState<string>()
  const product_type = type as AccountType
  const send = (proof?: { verify_type: 'email' | 'totp'; verify_code?: string }) =>
    remove.mutate({ ips: ip, product_type, ...proof }, {
      onSuccess: () => { setAsks(undefined); done(t.removed) },
      // 286: a code is due and was sent; 287: it was wrong.
      onError: (error) => (error instanceof ApiError && (error.code === 286 || error.code === 287) ? setAsks(error.message) : failed(error)),
    })
  const ask = () => question({ title: say(t.removeTitle, { ip }), text: t.removeText, yes: t.remove, then: () => send() })
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconTrash size={14} />} onClick={ask} aria-label={`${t.remove} ${ip}`}>{t.remove}</Button>
      {dialog}
      <Modal opened={asks !== undefined} onClose={() => setAsks(undefined)} title={t.verify} centered>
        <Proof busy={remove.isPending} told={asks ?? ''} send={send} />
      </Modal>
    </>
  )
}

function Proof({ told, busy, send }: { told: string; busy: boolean; send: (proof: { verify_type: 'email' | 'totp'; verify_code?: string }) => void }) {
  const security = useRead('user/security')
  const [way, setWay] = useState<'email' | 'totp'>('email')
  const [code, setCode] = useState('')
  return (
    <Stack>
      <Alert color="blue"><Text fz="sm">{told}</Text></Alert>
      {security.data?.totp && <SegmentedControl value={way} onChange={(next) => setWay(next as 'email' | 'totp')} data={[{ value: 'email', label: t.byMail }, { value: 'totp', label: t.byApp }]} />}
      <TextInput label={t.code} value={code} onChange={(e) => setCode(e.currentTarget.value)} autoComplete="one-time-code" />
      <Button loading={busy} disabled={!code.trim()} onClick={() => send({ verify_type: way, verify_code: code.trim() })}>{t.remove}</Button>
    </Stack>
  )
}
