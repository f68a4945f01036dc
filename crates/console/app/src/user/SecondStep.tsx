// The second step at log-in: an authenticator app, and recovery codes for when it is lost.

import { Alert, Box, Button, Code as Inline, Group, PasswordInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useRead, useWrite } from '../api/hooks'
import { State } from '../lib/bits'
import { CopyButton } from '../lib/copy'
import { say, texts } from '../lib/lang'
import { Failed, Loaded, Panel, done } from '../lib/ui'
import { Qr } from './Qr'

const t = texts({
  title: ['两步验证', 'Two-step log-in'],
  on: ['已开启', 'On'],
  off: ['未开启', 'Off'],
  about: ['登录时除密码外，还要输入验证器应用中的 6 位数字。', 'Besides the password, log-in asks for six digits from an authenticator app.'],
  password: ['密码', 'Password'],
  begin: ['开启', 'Switch on'],
  scan: ['用验证器应用扫描，然后输入它显示的数字。', 'Scan this with an authenticator app, then type the digits that it shows.'],
  typed: ['无法扫描？手动输入密钥', 'Can’t scan? Type the secret'],
  code: ['6 位数字', 'Six digits'],
  confirm: ['确认', 'Confirm'],
  codes: ['恢复码', 'Recovery codes'],
  codesHow: ['手机丢失时可用它登录，每个只能用一次。只显示这一次，请保存好。', 'They log you in when the phone is lost, each once. They are shown this once; keep them safe.'],
  codesLeft: ['剩余 {n} 个恢复码', '{n} recovery codes left'],
  kept: ['我已保存', 'I have kept them'],
  renew: ['重新生成恢复码', 'New recovery codes'],
  disable: ['关闭两步验证', 'Switch off'],
  disabled: ['已关闭两步验证', 'Two-step log-in is off'],
  qr: ['两步验证二维码', 'QR code for the authenticator'],
})

export function SecondStep() {
  const read = useRead('user/security')
  const [codes, setCodes] = useState<string[]>()
  return (
    <Panel title={t.title} right={read.data && <State tone={read.data.totp ? 'good' : 'warn'}>{read.data.totp ? t.on : t.off}</State>}>
      <Stack maw={520}>
        <Text fz="sm" c="dimmed">{t.about}</Text>
        {codes ? <Codes codes={codes} done={() => setCodes(undefined)} /> : (
          <Loaded from={read} lines={2}>{(data) => (data.totp ? <Manage left={data.recovery_codes} show={setCodes} /> : <Enrol show={setCodes} />)}</Loaded>
        )}
      </Stack>
    </Panel>
  )
}

function Codes({ codes, done: keep }: { codes: string[]; done: () => void }) {
  return (
    <Alert color="green" title={t.codes}>
      <Stack gap="sm">
        <Text fz="sm">{t.codesHow}</Text>
        <SimpleGrid cols={2} spacing={6}>{codes.map((code) => <Inline key={code} fz="sm">{code}</Inline>)}</SimpleGrid>
        <Group justify="space-between"><CopyButton text={codes.join('\n')} /><Button size="xs" onClick={keep}>{t.kept}</Button></Group>
      </Stack>
    </Alert>
  )
}

function Enrol({ show }: { show: (codes: string[]) => void }) {
  const enrol = useWrite('user/totp-enrol')
  const confirm = useWrite('user/totp-confirm', ['user/security', 'user/info'])
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  if (!enrol.data) {
    return (
      <>
        <PasswordInput label={t.password} autoComplete="current-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={enrol.error?.fields.password} />
        {enrol.error && !enrol.error.fields.password && <Failed error={enrol.error} />}
        <Group><Button loading={enrol.isPending} disabled={!password} onClick={() => enrol.mutate({ password })}>{t.begin}</Button></Group>
      </>
    )
  }
  return (
    <>
      <Text fz="sm">{t.scan}</Text>
      <Group align="flex-start" gap="lg">
        <Qr text={enrol.data.url} label={t.qr} />
        <Stack flex={1} miw={200}>
          <Box><Text fz="xs" c="dimmed">{t.typed}</Text><Group gap={4} wrap="nowrap"><span className="mono" data-testid="totp-secret">{enrol.data.secret}</span><CopyButton text={enrol.data.secret} /></Group></Box>
          <TextInput label={t.code} inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(e) => setCode(e.currentTarget.value)} error={confirm.error?.fields.code} />
          {confirm.error && !confirm.error.fields.code && <Failed error={confirm.error} />}
          <Button loading={confirm.isPending} disabled={code.trim().length < 6} onClick={() => confirm.mutate({ code: code.trim() }, { onSuccess: (given) => show(given.recovery_codes) })}>{t.confirm}</Button>
        </Stack>
      </Group>
    </>
  )
}

function Manage({ left, show }: { left: number; show: (codes: string[]) => void }) {
  const disable = useWrite('user/totp-disable', ['user/security', 'user/info'])
  const renew = useWrite('user/recovery-codes', ['user/security'])
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const proof = { password, verify_code: code.trim() }
  const error = disable.error ?? renew.error
  const fields = error?.fields ?? {}
  const ready = password !== '' && code.trim().length >= 6
  return (
    <>
      <Text fz="sm">{say(t.codesLeft, { n: left })}</Text>
      <SimpleGrid cols={2} spacing="sm">
        <PasswordInput label={t.password} autoComplete="current-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={fields.password} />
        <TextInput label={t.code} inputMode="numeric" autoComplete="one-time-code" value={code} onChange={(e) => setCode(e.currentTarget.value)} error={fields.verify_code} />
      </SimpleGrid>
      {error && !fields.password && !fields.verify_code && <Failed error={error} />}
      <Group>
        <Button variant="default" disabled={!ready} loading={renew.isPending} onClick={() => renew.mutate(proof, { onSuccess: (given) => show(given.recovery_codes) })}>{t.renew}</Button>
        <Button variant="subtle" color="red" disabled={!ready} loading={disable.isPending} onClick={() => disable.mutate(proof, { onSuccess: () => done(t.disabled) })}>{t.disable}</Button>
      </Group>
    </>
  )
}
