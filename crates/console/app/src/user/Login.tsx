// Log in: name and password, then the second factor where one is due.

import { Anchor, Button, Group, PasswordInput, PinInput, SegmentedControl, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { ApiError } from '../api/client'
import { useWrite } from '../api/hooks'
import { texts } from '../lib/lang'
import { Failed } from '../lib/ui'
import { useSite } from '../shell/site'

const t = texts({
  title: ['登录', 'Log in'],
  name: ['邮箱、手机号或用户名', 'Email, phone or user name'],
  password: ['密码', 'Password'],
  go: ['登录', 'Log in'],
  forgot: ['忘记密码？', 'Forgot password?'],
  fresh: ['没有账户？', 'No account yet?'],
  register: ['注册', 'Register'],
  second: ['两步验证', 'Second step'],
  app: ['验证器', 'Authenticator'],
  recovery: ['恢复码', 'Recovery code'],
  appHow: ['输入验证器应用显示的 6 位数字。', 'Type the six digits that your authenticator app shows.'],
  recoveryHow: ['输入一个未使用过的恢复码。', 'Type one recovery code that you have not used yet.'],
  back: ['返回', 'Back'],
  code: ['验证码', 'Code'],
})

interface Second { verify_type: 'totp' | 'recovery'; verify_code: string }

/** Only addresses of this console lead back. */
export const safeBack = (back: unknown) => (typeof back === 'string' && /^\/(?![/\\])/.test(back) ? back : '/')

export function Login() {
  const site = useSite()
  const client = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { back?: string }
  const login = useWrite('user/login')
  const [account, setAccount] = useState('')
  const [password, setPassword] = useState('')
  const [second, setSecond] = useState(false)
  const enter = (code?: Second) =>
    login.mutate({ account: account.trim(), password, ...code }, {
      onSuccess: () => {
        client.clear()
        void navigate({ href: safeBack(search.back) })
      },
      onError: (error) => error instanceof ApiError && error.code === 348 && setSecond(true),
    })
  const asksSecond = login.error instanceof ApiError && login.error.code === 348
  if (second) return <SecondStep busy={login.isPending} error={asksSecond ? undefined : login.error} enter={enter} back={() => { setSecond(false); login.reset() }} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    enter()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={20}>{t.title}</Title>
        {login.error && <Failed error={login.error} />}
        <TextInput label={t.name} value={account} onChange={(e) => setAccount(e.currentTarget.value)} autoComplete="username" required autoFocus />
        <PasswordInput label={t.password} value={password} onChange={(e) => setPassword(e.currentTarget.value)} autoComplete="current-password" required />
        <Button type="submit" loading={login.isPending} fullWidth>{t.go}</Button>
        <Group justify="space-between" gap="xs">
          <Anchor component={Link} to="/forgot" fz="sm">{t.forgot}</Anchor>
          {site.features.registration && (
            <Text fz="sm" c="dimmed">{t.fresh} <Anchor component={Link} to="/register" fz="sm" underline="always">{t.register}</Anchor></Text>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function SecondStep({ busy, error, enter, back }: { busy: boolean; error: unknown; enter: (code: Second) => void; back: () => void }) {
  const [kind, setKind] = useState<Second['verify_type']>('totp')
  const [code, setCode] = useState('')
  // A wrong code is not to be mended digit by digit: the next one is another.
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (!error) return
    setCode('')
    setTries((n) => n + 1)
  }, [error])
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    enter({ verify_type: kind, verify_code: code.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={20}>{t.second}</Title>
        <SegmentedControl fullWidth value={kind} onChange={(next) => { setKind(next as Second['verify_type']); setCode('') }} data={[{ value: 'totp', label: t.app }, { value: 'recovery', label: t.recovery }]} />
        <Text fz="sm" c="dimmed">{kind === 'totp' ? t.appHow : t.recoveryHow}</Text>
        {error ? <Failed error={error} /> : null}
        {kind === 'totp' ? (
          <Group justify="center"><PinInput key={tries} length={6} type="number" oneTimeCode autoFocus value={code} onChange={setCode} aria-label={t.code} onComplete={(full) => enter({ verify_type: 'totp', verify_code: full })} /></Group>
        ) : (
          <TextInput label={t.code} value={code} onChange={(e) => setCode(e.currentTarget.value)} autoFocus required />
        )}
        <Button type="submit" loading={busy} disabled={code.trim().length < 6}>{t.go}</Button>
        <Button variant="subtle" color="gray" onClick={back}>{t.back}</Button>
      </Stack>
    </form>
  )
}
