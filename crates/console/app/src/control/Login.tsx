// The operators' way in: name and password, then a second factor. Who has none yet sets it up here with his first code.

import { Alert, Box, Button, Center, Code, CopyButton, Group, Paper, PasswordInput, PinInput, SegmentedControl, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useMemo, useState } from 'react'
import { ApiError } from '../api/client'
import { texts } from '../lib/lang'
import { Failed } from '../lib/ui'
import { Brand } from '../shell/Brand'
import { LangSwitch, SchemeSwitch } from '../shell/switches'
import { door } from './api'

const t = texts({
  title: ['控制室登录', 'Control room'],
  about: ['仅限运营人员', 'For the people who run this installation'],
  email: ['邮箱', 'Email'],
  password: ['密码', 'Password'],
  go: ['登录', 'Log in'],
  second: ['两步验证', 'Second step'],
  app: ['验证器', 'Authenticator'],
  recovery: ['恢复码', 'Recovery code'],
  appHow: ['输入验证器应用显示的 6 位数字。', 'Type the six digits that your authenticator app shows.'],
  recoveryHow: ['输入一个未使用过的恢复码。', 'Type one recovery code that you have not used yet.'],
  setUp: ['设置两步验证', 'Set up your second step'],
  setUpHow: ['运营人员必须使用两步验证。用验证器应用扫描二维码，然后输入它显示的 6 位数字。', 'Operators need a second step. Scan this with an authenticator app, then type the six digits that it shows.'],
  byHand: ['或手动输入密钥', 'Or type the key by hand'],
  code: ['验证码', 'Code'],
  back: ['返回', 'Back'],
  keep: ['请保存恢复码', 'Keep your recovery codes'],
  keepHow: ['丢失验证器时，每个恢复码可使用一次。它们只显示这一次。', 'Each lets you in once if you lose your authenticator. They are shown only this once.'],
  copy: ['复制', 'Copy'],
  copied: ['已复制', 'Copied'],
  kept: ['已保存，继续', 'I kept them, go on'],
  qr: ['验证器二维码', 'QR code for the authenticator'],
})

interface Due { methods: string[]; enrol?: { secret: string; url: string } }
interface Entered { recovery_codes: string[] }

const back = (to: unknown) => (typeof to === 'string' && /^\/control(\/|$)/.test(to) && !to.startsWith('/control/login') ? to : '/control')

export function Login() {
  const [due, setDue] = useState<Due>()
  const [codes, setCodes] = useState<string[]>([])
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const client = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { back?: string }
  const inside = () => {
    client.clear()
    void navigate({ href: back(search.back) })
  }
  const enter = async (code?: { verify_type: string; verify_code: string }) => {
    setBusy(true)
    setError(undefined)
    try {
      const entered = await door<Entered>('POST', 'login', { email: email.trim(), password, ...code })
      if (entered.recovery_codes.length > 0) setCodes(entered.recovery_codes)
      else inside()
    } catch (e) {
      if (e instanceof ApiError && e.code === 348) setDue(e.data as Due)
      else setError(e)
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void enter()
  }
  return (
    <Box mih="100vh" display="flex" style={{ flexDirection: 'column' }}>
      <Group justify="flex-end" p="md" gap={4} component="header"><LangSwitch /><SchemeSwitch /></Group>
      <Center flex={1} px="md" pb={64} component="main" id="content">
        <Stack w="100%" maw={420} gap="lg">
          <Stack align="center" gap={6}><Brand size="lg" /><Text c="dimmed" fz="sm">{t.about}</Text></Stack>
          <Paper withBorder radius="lg" p={{ base: 'lg', sm: 'xl' }} shadow="sm">
            {codes.length > 0 ? <Codes codes={codes} go={inside} /> : due ? (
              <Second due={due} busy={busy} error={error} enter={enter} back={() => { setDue(undefined); setError(undefined) }} />
            ) : (
              <form onSubmit={submit}>
                <Stack>
                  <Title order={1} fz={20}>{t.title}</Title>
                  {error !== undefined && <Failed error={error} />}
                  <TextInput label={t.email} type="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} autoComplete="username" required autoFocus />
                  <PasswordInput label={t.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" required />
                  <Button type="submit" loading={busy} fullWidth>{t.go}</Button>
                </Stack>
              </form>
            )}
          </Paper>
        </Stack>
      </Center>
    </Box>
  )
}

function Second({ due, busy, error, enter, back: leave }: { due: Due; busy: boolean; error: unknown; enter: (code: { verify_type: string; verify_code: string }) => Promise<void>; back: () => void }) {
  const [kind, setKind] = useState('totp')
  const [code, setCode] = useState('')
  const go = (full = code) => void enter({ verify_type: kind, verify_code: full.trim() })
  return (
    <form onSubmit={(e) => { e.preventDefault(); go() }}>
      <Stack>
        <Title order={1} fz={20}>{due.enrol ? t.setUp : t.second}</Title>
        {due.enrol ? (
          <>
            <Text fz="sm" c="dimmed">{t.setUpHow}</Text>
            <Qr text={due.enrol.url} />
            <Text fz="xs" c="dimmed" ta="center">{t.byHand}<br /><Code className="secret">{due.enrol.secret.match(/.{1,4}/g)?.join(' ')}</Code></Text>
          </>
        ) : (
          <>
            <SegmentedControl fullWidth value={kind} onChange={(next) => { setKind(next); setCode('') }} data={[{ value: 'totp', label: t.app }, { value: 'recovery', label: t.recovery }]} />
            <Text fz="sm" c="dimmed">{kind === 'totp' ? t.appHow : t.recoveryHow}</Text>
          </>
        )}
        {error !== undefined && <Failed error={error} />}
        {kind === 'totp' ? (
          <Group justify="center"><PinInput length={6} type="number" oneTimeCode autoFocus value={code} onChange={setCode} aria-label={t.code} onComplete={(full) => go(full)} /></Group>
        ) : (
          <TextInput label={t.code} value={code} onChange={(e) => setCode(e.currentTarget.value)} autoFocus required />
        )}
        <Button type="submit" loading={busy} disabled={code.trim().length < 6}>{t.go}</Button>
        <Button variant="subtle" color="gray" onClick={leave}>{t.back}</Button>
      </Stack>
    </form>
  )
}

function Codes({ codes, go }: { codes: string[]; go: () => void }) {
  return (
    <Stack>
      <Title order={1} fz={20}>{t.keep}</Title>
      <Alert color="yellow">{t.keepHow}</Alert>
      <SimpleGrid cols={2} spacing="xs">{codes.map((code) => <Code key={code} ta="center" fz="sm" p={6}>{code}</Code>)}</SimpleGrid>
      <CopyButton value={codes.join('\n')}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? t.copied : t.copy}</Button>}</CopyButton>
      <Button onClick={go}>{t.kept}</Button>
    </Stack>
  )
}

/** The library is loaded only when somebody sets up a second step. */
function Qr({ text }: { text: string }) {
  const [path, setPath] = useState<{ d: string; size: number }>()
  useEffect(() => {
    void import('qrcode-generator').then(({ default: make }) => {
      const qr = make(0, 'M')
      qr.addData(text)
      qr.make()
      const size = qr.getModuleCount()
      const cells = Array.from({ length: size * size }, (_, i) => [i % size, Math.floor(i / size)] as const)
      setPath({ size, d: cells.filter(([x, y]) => qr.isDark(y, x)).map(([x, y]) => `M${x} ${y}h1v1h-1z`).join('') })
    })
  }, [text])
  const box = useMemo(() => (path ? `-2 -2 ${path.size + 4} ${path.size + 4}` : '0 0 1 1'), [path])
  return (
    <Center>
      <svg viewBox={box} width={196} height={196} role="img" aria-label={t.qr} style={{ background: '#fff', borderRadius: 12 }}>
        {path && <path d={path.d} fill="#000" shapeRendering="crispEdges" />}
      </svg>
    </Center>
  )
}
