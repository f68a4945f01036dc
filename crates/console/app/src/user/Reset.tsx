// A forgotten password: ask for a link, and set a new one with it.

import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconCircleCheck, IconMailOpened } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useWrite } from '../api/hooks'
import { texts } from '../lib/lang'
import { Failed } from '../lib/ui'
import { Message, useLinkCode } from './Register'

const t = texts({
  title: ['重设密码', 'Reset the password'],
  how: ['输入注册邮箱，我们会发送重设链接。', 'Type your address; a link to set a new password is sent there.'],
  email: ['邮箱', 'Email'],
  send: ['发送链接', 'Send the link'],
  sent: ['请查收邮件', 'Check your mail'],
  sentHow: ['如果该邮箱已注册，重设链接已发送。', 'If the address is registered, the link is on its way.'],
  back: ['返回登录', 'Back to log in'],
  fresh: ['新密码', 'New password'],
  rule: ['8 到 128 个字符；其他登录会全部退出', '8 to 128 characters; every other log-in ends'],
  set: ['设置新密码', 'Set the new password'],
  done: ['密码已更改', 'The password is changed'],
  noCode: ['链接不完整，请从邮件中重新打开。', 'The link is incomplete; open it from the mail again.'],
})

export function Forgot() {
  const forgot = useWrite('user/forgot-password')
  const [email, setEmail] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    forgot.mutate({ email: email.trim() })
  }
  if (forgot.isSuccess) return <Message icon={<IconMailOpened size={28} />} title={t.sent}><Text fz="sm" c="dimmed">{t.sentHow}</Text><Button component={Link} to="/login" variant="light">{t.back}</Button></Message>
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={20}>{t.title}</Title>
        <Text fz="sm" c="dimmed">{t.how}</Text>
        {forgot.error && <Failed error={forgot.error} />}
        <TextInput label={t.email} type="email" required autoFocus autoComplete="email" value={email} onChange={(e) => setEmail(e.currentTarget.value)} />
        <Button type="submit" loading={forgot.isPending}>{t.send}</Button>
        <Anchor component={Link} to="/login" fz="sm">{t.back}</Anchor>
      </Stack>
    </form>
  )
}

export function Reset() {
  const code = useLinkCode()
  const reset = useWrite('user/reset-password')
  const [password, setPassword] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    reset.mutate({ code, password })
  }
  if (reset.isSuccess) return <Message icon={<IconCircleCheck size={28} />} title={t.done}><Button component={Link} to="/login">{t.back}</Button></Message>
  return (
    <form onSubmit={submit}>
      <Stack>
        <Title order={1} fz={20}>{t.title}</Title>
        {reset.error && <Failed error={reset.error} />}
        {code ? (
          <>
            <PasswordInput label={t.fresh} description={t.rule} required minLength={8} maxLength={128} autoComplete="new-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
            <Button type="submit" loading={reset.isPending}>{t.set}</Button>
          </>
        ) : (
          <Text fz="sm" c="dimmed">{t.noCode}</Text>
        )}
        <Anchor component={Link} to="/login" fz="sm">{t.back}</Anchor>
      </Stack>
    </form>
  )
}
