// Change the password, and whether deletions ask for a code.

import { Box, Button, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { texts } from '../lib/lang'
import { Failed, Panel, done, failed } from '../lib/ui'

const t = texts({
  title: ['修改密码', 'Change the password'],
  old: ['原密码', 'Present password'],
  fresh: ['新密码', 'New password'],
  rule: ['8 到 128 个字符；其他登录会全部退出', '8 to 128 characters; every other log-in ends'],
  save: ['修改', 'Change'],
  saved: ['密码已修改', 'The password is changed'],
  deletes: ['删除前验证', 'Verify before deleting'],
  deletesHow: ['从白名单移除地址时要求验证码。', 'Removing an address from the allowlist asks for a code.'],
  code: ['邮件中的验证码', 'Code from the mail'],
  off: ['关闭', 'Switch off'],
})

export function Password() {
  const change = useWrite('user/change-password', ['user/sessions'])
  const [old_password, setOld] = useState('')
  const [password, setFresh] = useState('')
  const fields = change.error?.fields ?? {}
  const submit = () => change.mutate({ old_password, password }, { onSuccess: () => { done(t.saved); setOld(''); setFresh('') } })
  return (
    <Stack gap="lg" mt="lg">
      <Panel title={t.title}>
        <Stack maw={440}>
          <PasswordInput label={t.old} autoComplete="current-password" value={old_password} onChange={(e) => setOld(e.currentTarget.value)} error={fields.old_password} />
          <PasswordInput label={t.fresh} description={t.rule} autoComplete="new-password" value={password} onChange={(e) => setFresh(e.currentTarget.value)} error={fields.password} />
          {change.error && Object.keys(fields).length === 0 && <Failed error={change.error} />}
          <Group><Button loading={change.isPending} disabled={!old_password || password.length < 8} onClick={submit}>{t.save}</Button></Group>
        </Stack>
      </Panel>
      <Deletes />
    </Stack>
  )
}

function Deletes() {
  const read = useRead('user/security')
  const set = useWrite('user/verify-before-delete', ['user/security', 'user/info'])
  const [asks, setAsks] = useState(false)
  const [code, setCode] = useState('')
  const on = read.data?.verify_before_delete ?? false
  const flip = () =>
    set.mutate({ enabled: on ? 0 : 1 }, {
      // 286: switching off needs a code, which was just sent.
      onError: (error) => (error instanceof ApiError && error.code === 286 ? setAsks(true) : failed(error)),
    })
  const prove = () => set.mutate({ enabled: 0, verify_type: 'email', verify_code: code.trim() }, { onError: failed, onSuccess: () => { setAsks(false); setCode('') } })
  return (
    <Panel title={t.deletes} right={<Switch aria-label={t.deletes} checked={on} disabled={set.isPending || !read.data} onChange={flip} />}>
      <Text fz="sm" c="dimmed">{t.deletesHow}</Text>
      {asks && <Box mt="md"><Group align="flex-end"><TextInput label={t.code} value={code} onChange={(e) => setCode(e.currentTarget.value)} autoComplete="one-time-code" /><Button variant="default" loading={set.isPending} onClick={prove}>{t.off}</Button></Group></Box>}
    </Panel>
  )
}
