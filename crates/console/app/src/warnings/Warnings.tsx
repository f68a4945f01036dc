// What a customer hears of packages: which warnings by mail, which to a webhook of his own.

import { Alert, Box, Button, Code as Inline, Group, PasswordInput, Stack, Switch, Table, Text, TextInput } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import type { Answer, Sent } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { State, useQuestion } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { when } from '../lib/format'
import { texts } from '../lib/lang'
import { Failed, Loaded, Panel, done, failed } from '../lib/ui'

const t = texts({
  title: ['套餐提醒', 'Package warnings'],
  about: ['选择何时以及如何提醒您。邮件使用您的邮件语言。', 'When to tell you, and how. Mails are in the language of your profile.'],
  warning: ['提醒', 'Warning'],
  mail: ['邮件', 'Mail'],
  webhook: ['Webhook', 'Webhook'],
  used_80: ['流量已用 80%', '80% of a package is used'],
  used_100: ['套餐已用完', 'A package is used up'],
  expires: ['套餐将在 3 天内到期', 'A package expires within 3 days'],
  renews: ['套餐即将自动续费', 'A package is about to renew'],
  renewal_failed: ['自动续费失败', 'A renewal failed'],
  hook: ['您的 Webhook', 'Your webhook'],
  hookHow: ['提醒会以签名的 JSON 事件发送到该地址。您的服务器应返回 2xx，否则会在约一天内多次重试；事件按顺序逐个发送。', 'Warnings go there as signed JSON events. Answer with 2xx; anything else is tried again for about a day. They come one after the other, in order.'],
  url: ['接收地址', 'URL'],
  save: ['保存', 'Save'],
  saved: ['Webhook 已保存，密钥已更新', 'Saved, with a new secret'],
  remove: ['删除', 'Remove'],
  removeTitle: ['删除 Webhook？', 'Remove the webhook?'],
  removeText: ['不再发送事件，尚未送达的事件会被丢弃。', 'No more events are sent; those that wait are dropped.'],
  removed: ['Webhook 已删除', 'The webhook is removed'],
  test: ['发送测试事件', 'Send a trial event'],
  tested: ['测试事件已发送，结果稍后显示', 'The trial event is on its way; how it fares shows here'],
  secret: ['签名密钥', 'Signing secret'],
  secretHow: ['请求头 {header} 为 t=SECONDS,v1=HEX：HEX 是“SECONDS.请求体”的 HMAC-SHA256（十六进制）。', 'The header {header} is t=SECONDS,v1=the HMAC-SHA256 of "SECONDS.BODY" in hexadecimal digits.'],
  hidden: ['已隐藏', 'Hidden'],
  never: ['尚未发送过事件', 'No event was sent yet'],
  taken: ['上次发送成功', 'The last event was taken'],
  refused: ['上次发送失败', 'The last event was not taken'],
})

type Kind = Sent<'warning/set'>['kind']
type View = Answer<'warning/list'>

export function Warnings() {
  const read = useRead('warning/list', undefined, { refetchInterval: 5_000 })
  return <Loaded from={read} lines={6}>{(data) => <Stack gap="lg"><Choices data={data} /><Hook key={data.webhook?.url ?? ''} hook={data.webhook} /></Stack>}</Loaded>
}

function Choices({ data }: { data: View }) {
  return (
    <Panel title={t.title} pad={false}>
      <Text fz="sm" c="dimmed" px="lg" pb="sm">{t.about}</Text>
      <Table verticalSpacing="sm" horizontalSpacing="lg" aria-label={t.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th fz="xs" c="dimmed" fw={600}>{t.warning}</Table.Th>
            <Table.Th fz="xs" c="dimmed" fw={600} w={96} ta="center">{t.mail}</Table.Th>
            {data.webhook && <Table.Th fz="xs" c="dimmed" fw={600} w={96} ta="center">{t.webhook}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.list.map((row) => (
            <Table.Tr key={row.kind}>
              <Table.Td>{t[row.kind as Kind]}</Table.Td>
              <Table.Td><Choice kind={row.kind as Kind} way="mail" on={row.mail === 1} /></Table.Td>
              {data.webhook && <Table.Td><Choice kind={row.kind as Kind} way="webhook" on={row.webhook === 1} /></Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}

function Choice({ kind, way, on }: { kind: Kind; way: 'mail' | 'webhook'; on: boolean }) {
  const set = useWrite('warning/set', ['warning/list'])
  return <Switch size="sm" style={{ display: 'flex', justifyContent: 'center' }} checked={on} disabled={set.isPending} aria-label={`${t[kind]}: ${t[way]}`} onChange={() => set.mutate({ kind, [way]: on ? 0 : 1 }, { onError: failed })} />
}

function Hook({ hook }: { hook: View['webhook'] }) {
  const set = useWrite('warning/set-webhook', ['warning/list'])
  const { dialog, question } = useQuestion()
  const [url, setUrl] = useState(hook?.url ?? '')
  const fields = set.error?.fields ?? {}
  const save = () => set.mutate({ url: url.trim() }, { onSuccess: () => done(t.saved) })
  const remove = () => question({ title: t.removeTitle, text: t.removeText, yes: t.remove, then: () => set.mutate({ url: '' }, { onError: failed, onSuccess: () => done(t.removed) }) })
  return (
    <Panel title={t.hook}>
      <Stack maw={640}>
        <Text fz="sm" c="dimmed">{t.hookHow}</Text>
        <form onSubmit={(e) => { e.preventDefault(); save() }}>
          <Group align="flex-start" gap="xs" wrap="nowrap">
            <TextInput flex={1} aria-label={t.url} type="url" placeholder="https://example.com/hook" maxLength={500} value={url} onChange={(e) => setUrl(e.currentTarget.value)} error={fields.url} />
            <Button type="submit" loading={set.isPending} disabled={!url.trim() || url.trim() === hook?.url}>{t.save}</Button>
          </Group>
        </form>
        {set.error && Object.keys(fields).length === 0 && <Failed error={set.error} />}
        {hook && <Kept hook={hook} remove={remove} />}
      </Stack>
      {dialog}
    </Panel>
  )
}

function Kept({ hook, remove }: { hook: NonNullable<View['webhook']>; remove: () => void }) {
  const test = useWrite('warning/test-webhook', ['warning/list'])
  const [before, after] = t.secretHow.split('{header}')
  return (
    <>
      <Box>
        <Group align="flex-end" gap={4} wrap="nowrap">
          <PasswordInput flex={1} label={t.secret} readOnly value={hook.secret} placeholder={t.hidden} classNames={{ innerInput: 'mono' }} autoComplete="off" />
          {hook.secret && <CopyButton text={hook.secret} />}
        </Group>
        <Text fz="xs" c="dimmed" mt={6}>{before}<Inline>X-Turnpike-Signature</Inline>{after}</Text>
      </Box>
      {hook.failure ? (
        <Alert color="orange" title={t.refused}><Text fz="sm">{hook.failure}</Text><Text fz="xs" c="dimmed">{when(hook.tried_at)}</Text></Alert>
      ) : (
        <Group gap={8}><State tone={hook.tried_at ? 'good' : 'idle'}>{hook.tried_at ? t.taken : t.never}</State>{hook.tried_at && <Text fz="xs" c="dimmed">{when(hook.tried_at)}</Text>}</Group>
      )}
      <Group gap="xs">
        <Button variant="default" leftSection={<IconSend size={16} />} loading={test.isPending} onClick={() => test.mutate({}, { onError: failed, onSuccess: () => done(t.tested) })}>{t.test}</Button>
        <Button variant="subtle" color="gray" onClick={remove}>{t.remove}</Button>
      </Group>
    </>
  )
}
