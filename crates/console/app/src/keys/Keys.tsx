// API keys: several, each with what it may do, from where and until when.

import { Alert, Button, Group, MultiSelect, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { Given, Row } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { Code, State, useQuestion, Typed } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { DataTable } from '../lib/DataTable'
import { Drawer } from '../lib/dialog'
import { wall, when } from '../lib/format'
import { say, texts } from '../lib/lang'
import { Empty, Failed, Loaded, Panel, Screen, done, failed } from '../lib/ui'
import { useSite } from '../shell/site'
import { Rotate } from './Rotate'

const t = texts({
  title: ['API 密钥', 'API keys'],
  about: ['程序用密钥调用 API。为每个程序建一个密钥，可限制权限、来源和有效期。', 'Programs call the API with a key. Give each program its own, with what it may do, from where and until when.'],
  add: ['新建密钥', 'New key'],
  main: ['主密钥', 'Your main key'],
  mainHow: ['可调用全部接口，请妥善保管。', 'It may call everything; keep it safe.'],
  show: ['显示', 'Show'],
  hide: ['隐藏', 'Hide'],
  try: ['试一试', 'Try it'],
  name: ['名称', 'Name'],
  key: ['密钥', 'Key'],
  scopes: ['权限', 'May'],
  scopesHow: ['留空表示全部；read 表示只读', 'Blank: everything. read: reading alone'],
  sources: ['来源地址', 'From'],
  sourcesHow: ['IP 或网段，逗号分隔；留空表示任意', 'Addresses or ranges, separated by commas; blank: anywhere'],
  any: ['任意', 'anywhere'],
  all: ['全部', 'everything'],
  until: ['有效期至', 'Until'],
  untilHow: ['含当天，{zone} 时间；留空表示长期', 'That day is the last, by the time of {zone}; blank: for good'],
  never: ['长期', 'for good'],
  used: ['上次使用', 'Last used'],
  unused: ['未使用', 'never'],
  state: ['状态', 'State'],
  live: ['有效', 'Active'],
  gone: ['已失效', 'Ended'],
  none: ['没有密钥', 'No keys'],
  revoke: ['吊销', 'Revoke'],
  revokeTitle: ['吊销密钥 {name}？', 'Revoke {name}?'],
  revokeText: ['使用它的程序会立即收到“app_key 无效”。', 'Programs that use it are refused at once.'],
  revoked: ['已吊销', 'Revoked'],
  made: ['密钥已创建', 'The key is made'],
  once: ['完整密钥只显示这一次，请立即保存。', 'It is shown whole this once; keep it now.'],
  go: ['创建', 'Make it'],
  close: ['关闭', 'Close'],
})

type Key = Row<'api-keys/list'>

export function Keys() {
  const read = useRead('api-keys/list')
  const [adding, add] = useDisclosure(false)
  return (
    <Screen title={t.title} about={t.about} actions={<Button leftSection={<IconPlus size={16} />} onClick={add.open}>{t.add}</Button>}>
      <Main />
      <Panel pad={false}>
        <Loaded from={read}>
          {({ list }) =>
            list.length === 0 ? <Empty icon={IconKey} title={t.none} action={<Button onClick={add.open}>{t.add}</Button>} /> : (
              <DataTable
                label={t.title} rows={list} id={(k) => String(k.id)}
                columns={[
                  { head: t.name, cell: (k) => <Text fz="sm" fw={600} className="typed">{k.name || t.main}</Text> },
                  { head: t.key, cell: (k) => <span className="mono">{k.hint}</span> },
                  { head: t.scopes, cell: (k) => (k.scopes.some((word) => word === '*' || word === 'write') ? t.all : <Typed>{k.scopes.join(', ')}</Typed>) },
                  { head: t.sources, cell: (k) => (k.sources.length ? <Typed>{k.sources.join(', ')}</Typed> : t.any) },
                  { head: t.until, cell: (k) => (k.expired_at ? when(k.expired_at) : t.never) },
                  { head: t.used, cell: (k) => (k.last_used_at ? <>{when(k.last_used_at)}<Text fz="xs" c="dimmed" className="mono">{k.last_used_from}</Text></> : t.unused) },
                  { head: t.state, cell: (k) => <State tone={k.status === 1 ? 'good' : 'idle'}>{k.status === 1 ? t.live : t.gone}</State> },
                  { head: '', actions: true, cell: (k) => <Revoke of={k} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Drawer opened={adding} onClose={add.close} position="right" title={t.add}><Add close={add.close} /></Drawer>
    </Screen>
  )
}

function Main() {
  const site = useSite()
  const user = useRead('user/info')
  const [seen, setSeen] = useState(false)
  const key = user.data?.openid ?? ''
  if (!key) return null
  return (
    <Panel title={t.main} right={<Group gap={4}><Button size="compact-sm" variant="subtle" onClick={() => setSeen(!seen)}>{seen ? t.hide : t.show}</Button><CopyButton text={key} /><Rotate /></Group>}>
      <Stack gap="sm">
        <Text fz="sm" c="dimmed">{t.mainHow}</Text>
        <Text className="mono" fz="sm">{seen ? key : `${key.slice(0, 4)}${'•'.repeat(24)}${key.slice(-4)}`}</Text>
        <Text fz="sm" fw={600}>{t.try}</Text>
        <Code text={`curl -H "Authorization: Bearer ${seen ? key : '$APP_KEY'}" \\\n     ${window.location.origin}${site.prefix}/user-product/summary`} />
      </Stack>
    </Panel>
  )
}

function Revoke({ of: k }: { of: Key }) {
  const revoke = useWrite('api-keys/delete', ['api-keys/list', 'user/info'])
  const { dialog, question } = useQuestion()
  const name = k.name || k.hint
  const ask = () => question({ title: say(t.revokeTitle, { name }), text: t.revokeText, yes: t.revoke, then: () => revoke.mutate({ id: k.id }, { onError: failed, onSuccess: () => done(t.revoked) }) })
  return <>{k.status === 1 && k.classic === 0 && <Button size="compact-sm" variant="subtle" color="gray" aria-label={`${t.revoke} ${name}`} onClick={ask}>{t.revoke}</Button>}{dialog}</>
}

const SCOPES = ['read', 'accounts', 'allowlist', 'api-keys', 'endpoints', 'orders', 'usage', 'packages', 'statics', 'places', 'payments', 'sessions']

function Add({ close }: { close: () => void }) {
  const { time_zone } = useSite()
  const add = useWrite('api-keys/add', ['api-keys/list'])
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<string[]>([])
  const [sources, setSources] = useState('')
  const [until, setUntil] = useState('')
  const fields = add.error?.fields ?? {}
  const made = add.data as Given<'api-keys/add'> & { app_key?: string; key?: string } | undefined
  /** By the form: a day that was typed in part is told, not taken for none. */
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ name, scopes: scopes.join(',') || undefined, sources: sources || undefined, expired_at: until ? `${until} 23:59:59` : undefined })
  }
  if (made) {
    return (
      <Stack>
        <Alert color="green" title={t.made}><Text fz="sm">{t.once}</Text></Alert>
        <Code text={made.app_key ?? made.key ?? ''} label={t.key} />
        <Button onClick={close}>{t.close}</Button>
      </Stack>
    )
  }
  return (
    <Stack component="form" onSubmit={submit}>
      <TextInput label={t.name} required value={name} onChange={(e) => setName(e.currentTarget.value)} error={fields.name} />
      <MultiSelect label={t.scopes} description={t.scopesHow} data={SCOPES} value={scopes} onChange={setScopes} error={fields.scopes} />
      <Textarea label={t.sources} description={t.sourcesHow} value={sources} onChange={(e) => setSources(e.currentTarget.value)} error={fields.sources} />
      <TextInput type="date" label={t.until} description={say(t.untilHow, { zone: time_zone })} min={wall(new Date(), time_zone).slice(0, 10)} value={until} onChange={(e) => setUntil(e.currentTarget.value)} error={fields.expired_at} />
      {add.error && Object.keys(fields).length === 0 && <Failed error={add.error} />}
      <Button type="submit" loading={add.isPending} disabled={!name.trim()}>{t.go}</Button>
    </Stack>
  )
}
