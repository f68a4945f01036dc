// Register, and the page behind the mailed link.

import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput, ThemeIcon, Title } from '@mantine/core'
import { IconCircleCheck, IconMailOpened } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { useWrite } from '../api/hooks'
import { say, texts } from '../lib/lang'
import { Failed } from '../lib/ui'
import { useSite } from '../shell/site'

const t = texts({
  title: ['注册', 'Create an account'],
  email: ['邮箱', 'Email'],
  password: ['密码', 'Password'],
  rule: ['8 到 128 个字符', '8 to 128 characters'],
  invite: ['邀请码（可选）', 'Invitation code (optional)'],
  go: ['注册', 'Register'],
  have: ['已有账户？', 'Have an account?'],
  login: ['登录', 'Log in'],
  closed: ['本站未开放注册，请联系客服。', 'Registration is closed here; ask the support.'],
  sent: ['请查收邮件', 'Check your mail'],
  sentHow: ['验证链接已发送到 {email}，打开后即可登录。没收到时请查看垃圾邮件。', 'A link went to {email}; open it, then log in. If it does not come, look into the spam folder.'],
  verify: ['验证邮箱', 'Verify the address'],
  verified: ['邮箱已验证', 'The address is verified'],
  verifiedHow: ['现在可以登录了。', 'You can log in now.'],
  noCode: ['链接不完整，请从邮件中重新打开；若邮件已遗失，用同一邮箱再次注册即可收到新链接。', 'The link is incomplete: open it from the mail again. If the mail is lost, register with the same address once more; a new link comes.'],
  again: ['再次注册', 'Register again'],
  terms: ['服务条款', 'Terms of use'],
})

/** The code stands behind `#`, which browsers send to nobody; it leaves the address bar once it is read. */
export function useLinkCode(): string {
  const [code] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('code') ?? '')
  useEffect(() => {
    if (window.location.hash) window.history.replaceState(window.history.state, '', window.location.pathname)
  }, [])
  return code
}

export function Message({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" ta="center" aria-live="polite">
      <ThemeIcon size={54} radius="xl" variant="light">{icon}</ThemeIcon>
      <Title order={1} fz={20}>{title}</Title>
      {children}
    </Stack>
  )
}

export function Register() {
  const site = useSite()
  const register = useWrite('user/register')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [invite, setInvite] = useState(() => new URLSearchParams(window.location.search).get('invite') ?? '')
  const fields = register.error?.fields ?? {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    register.mutate({ email: email.trim(), password, invite_code: invite.trim() || undefined })
  }
  if (register.data) return <Message icon={<IconMailOpened size={28} />} title={t.sent}><Text fz="sm" c="dimmed">{say(t.sentHow, { email: register.data.email })}</Text><Button component={Link} to="/login" variant="light">{t.login}</Button></Message>
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={20}>{t.title}</Title>
        {site.features.registration ? (
          <>
            {register.error && Object.keys(fields).length === 0 && <Failed error={register.error} />}
            <TextInput label={t.email} type="email" required autoFocus autoComplete="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} error={fields.email} />
            <PasswordInput label={t.password} description={t.rule} required minLength={8} maxLength={128} autoComplete="new-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={fields.password} />
            <TextInput label={t.invite} value={invite} onChange={(e) => setInvite(e.currentTarget.value)} error={fields.invite_code} />
            <Button type="submit" loading={register.isPending}>{t.go}</Button>
          </>
        ) : (
          <Text fz="sm">{t.closed}</Text>
        )}
        <Text fz="sm" c="dimmed">{t.have} <Anchor component={Link} to="/login" fz="sm" underline="always">{t.login}</Anchor></Text>
        {site.terms && <details><Text component="summary" fz="xs" c="dimmed">{t.terms}</Text><Text fz="xs" mt={6} style={{ whiteSpace: 'pre-wrap' }}>{site.terms}</Text></details>}
      </Stack>
    </form>
  )
}

export function VerifyEmail() {
  const code = useLinkCode()
  const verify = useWrite('user/verify-email')
  if (verify.isSuccess) return <Message icon={<IconCircleCheck size={28} />} title={t.verified}><Text fz="sm" c="dimmed">{t.verifiedHow}</Text><Button component={Link} to="/login">{t.login}</Button></Message>
  // A click, not the visit itself: mail scanners open links, too.
  return (
    <Message icon={<IconMailOpened size={28} />} title={t.verify}>
      {verify.error && <Failed error={verify.error} />}
      {code ? <Button loading={verify.isPending} onClick={() => verify.mutate({ code })}>{t.verify}</Button> : <Text fz="sm" c="dimmed">{t.noCode}</Text>}
      {(!code || verify.error) && <Group justify="center" gap="xs"><Button component={Link} to="/register" variant="light">{t.again}</Button><Button component={Link} to="/login" variant="default">{t.login}</Button></Group>}
    </Message>
  )
}
