// What comes out: the lines to copy, what they would select, a real test, and code.

import { Alert, Button, Group, SegmentedControl, Stack, Tabs, Text } from '@mantine/core'
import { IconBolt, IconCircleCheck, IconPlayerPlay, IconUserOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { shown, userOf } from '../accounts/lines'
import type { Answer } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { Code, Place, State } from '../lib/bits'
import { number } from '../lib/format'
import { say, texts } from '../lib/lang'
import { productName } from '../lib/products'
import { Strip } from '../lib/tabs'
import { Empty, Failed, Panel, Waiting } from '../lib/ui'
import { LANGUAGES, snippet } from './snippets'
import { type Wish, sessionsOf, wishesOf } from './wish'

const t = texts({
  endpoint: ['端点', 'Endpoint'],
  url: ['URL', 'URL'],
  line: ['host:port:user:pass', 'host:port:user:pass'],
  at: ['user:pass@host:port', 'user:pass@host:port'],
  format: ['格式', 'Form'],
  meaning: ['将选择', 'It selects'],
  exits: ['可用出口：{n}', 'Exits that can serve: {n}'],
  refused: ['会被拒绝', 'It would be refused'],
  test: ['实时测试', 'Live test'],
  run: ['测试', 'Test'],
  worked: ['已连接', 'It works'],
  failed: ['未成功', 'It did not work'],
  left: ['出口 #{exit}，公网地址 {ip}，用时 {ms} 毫秒', 'Left from exit #{exit}, seen as {ip}, in {ms} ms'],
  leftNoIp: ['出口 #{exit}，用时 {ms} 毫秒', 'Left from exit #{exit}, in {ms} ms'],
  code: ['代码', 'Code'],
  none: ['先创建一个代理账号', 'Create a proxy account first'],
  noneHow: ['端点由账号、位置和会话组成。', 'An endpoint is an account, a place and a session.'],
  create: ['创建账号', 'Create an account'],
  lost: ['没有名为 {name} 的账号', 'There is no account {name}'],
  lostHow: ['它可能已删除。请在左侧选择其他账号。', 'It may have been deleted. Choose another one among the options.'],
  accounts: ['查看账号', 'See the accounts'],
})

type Form = 'url' | 'line' | 'at'

export function Result({ wish }: { wish: Wish }) {
  const entry = useRead('entry')
  const found = useRead('whitelist-account/search', { keyword: wish.account ?? '', size: 20 }, { enabled: wish.account !== null })
  const any = useRead('whitelist-account/search', { status: 1, size: 1 })
  const [form, setForm] = useState<Form>('url')
  const account = found.data?.list.find((a) => a.username === wish.account)
  if (wish.account === null && any.data?.list.length === 0) {
    return <Panel><Empty icon={IconPlayerPlay} title={t.none} action={<Button component={Link} to="/accounts">{t.create}</Button>}>{t.noneHow}</Empty></Panel>
  }
  const broken = [entry, found, any].find((read) => read.error !== null)
  if (broken?.error && !(entry.data && account)) return <Failed error={broken.error} retry={() => [entry, found, any].forEach((read) => read.error && void read.refetch())} />
  if (wish.account !== null && found.data && !found.isPlaceholderData && !account) {
    return <Panel><Empty icon={IconUserOff} title={say(t.lost, { name: wish.account })} action={<Button component={Link} to="/accounts">{t.accounts}</Button>}>{t.lostHow}</Empty></Panel>
  }
  if (!entry.data || !account) return <Panel><Waiting lines={6} /></Panel>
  const user = userOf(entry.data, account.username, wishesOf(wish))
  const lines = sessionsOf(wish).map((session) => lineFor(form, entry.data, userOf(entry.data, account.username, wishesOf(wish, session)), shown(account.password)))
  return (
    <Stack gap="lg">
      <Panel title={t.endpoint} right={<SegmentedControl size="xs" aria-label={t.format} value={form} onChange={(next) => setForm(next as Form)} data={(['url', 'line', 'at'] as const).map((value) => ({ value, label: t[value] }))} />}>
        <Stack gap="md">
          <Code text={lines.join('\n')} label={t.endpoint} />
          <Meaning username={user} />
          <Test username={user} />
        </Stack>
      </Panel>
      <Panel title={t.code}>
        <Tabs defaultValue="curl" keepMounted={false}>
          <Strip mb="sm">{LANGUAGES.map((name) => <Tabs.Tab key={name} value={name}>{name}</Tabs.Tab>)}</Strip>
          {LANGUAGES.map((name) => <Tabs.Panel key={name} value={name}><Code label={name} text={snippet(name, { host: entry.data.host, port: entry.data.port, user, password: shown(account.password) }, entry.data.sample_url)} /></Tabs.Panel>)}
        </Tabs>
      </Panel>
    </Stack>
  )
}

function lineFor(form: Form, entry: Answer<'entry'>, user: string, password: string): string {
  if (form === 'line') return `${entry.host}:${entry.port}:${user}:${password}`
  const at = `${user}:${password}@${entry.host}:${entry.port}`
  return form === 'at' ? at : `http://${at}`
}

function Meaning({ username }: { username: string }) {
  const read = useRead('proxy-account/explain', { username })
  if (!read.data) return null
  const { allowed, refusal, country_code, state, city, exits, product_type } = read.data
  if (!allowed) return <Alert color="orange" title={t.refused}><Text fz="sm">{refusal?.text} <Text span className="mono" c="dimmed">{refusal?.reason}</Text></Text></Alert>
  return (
    <Group gap="sm" aria-live="polite">
      <Text fz="sm" c="dimmed">{t.meaning}</Text>
      <Text fz="sm" fw={600}>{productName(product_type)}</Text>
      {country_code && <Text fz="sm" component="div"><Place code={country_code} state={state} city={city} /></Text>}
      <State tone={exits > 0 ? 'good' : 'bad'}>{say(t.exits, { n: number(exits) })}</State>
    </Group>
  )
}

function Test({ username }: { username: string }) {
  const test = useWrite('proxy-account/test', ['proxy-account/refusals', 'session/list'])
  const seen = test.data
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fz="sm" fw={600}>{t.test}</Text>
        <Button size="xs" leftSection={<IconBolt size={15} />} loading={test.isPending} onClick={() => test.mutate({ username })}>{t.run}</Button>
      </Group>
      {test.error && <Failed error={test.error} />}
      {seen && !test.isPending && (
        <Alert color={seen.ok ? 'green' : 'red'} icon={seen.ok ? <IconCircleCheck size={18} /> : undefined} title={seen.ok ? t.worked : t.failed} role="status">
          {seen.ok ? (
            <Stack gap={4}>
              {seen.country_code && <Text fz="sm" component="div"><Place code={seen.country_code} city={seen.city} /></Text>}
              <Text fz="sm" className="nums">{say(seen.ip ? t.left : t.leftNoIp, { exit: seen.exit, ip: seen.ip, ms: number(seen.milliseconds) })}</Text>
            </Stack>
          ) : (
            <Text fz="sm">{seen.text} <Text span className="mono" c="dimmed">{seen.reason}</Text></Text>
          )}
        </Alert>
      )}
    </Stack>
  )
}
