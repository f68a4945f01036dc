// User name and the language of mails.

import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Answer } from '../api/client'
import { useRead, useWrite } from '../api/hooks'
import { day } from '../lib/format'
import { texts } from '../lib/lang'
import { Failed, Loaded, Panel, done } from '../lib/ui'

const t = texts({
  title: ['资料', 'Profile'],
  email: ['邮箱', 'Email'],
  since: ['注册于', 'Customer since'],
  name: ['用户名', 'User name'],
  nameHow: ['可用于登录', 'You can log in with it'],
  mails: ['邮件语言', 'Language of mails'],
  zh: ['简体中文', 'Chinese'],
  en: ['英语', 'English'],
  save: ['保存', 'Save'],
  saved: ['已保存', 'Saved'],
})

export function Profile() {
  const user = useRead('user/info')
  return <Panel title={t.title}><Loaded from={user}>{(data) => <Form user={data} />}</Loaded></Panel>
}

function Form({ user }: { user: Answer<'user/info'> }) {
  const change = useWrite('user/change-profile', ['user/info'])
  const [username, setUsername] = useState(user.username)
  const [language, setLanguage] = useState(user.language.startsWith('zh') ? 'zh' : 'en')
  return (
    <Stack maw={440}>
      <Group gap="xl"><div><Text fz="xs" c="dimmed">{t.email}</Text><Text fz="sm">{user.email || '–'}</Text></div><div><Text fz="xs" c="dimmed">{t.since}</Text><Text fz="sm">{day(user.created_at)}</Text></div></Group>
      <TextInput label={t.name} description={t.nameHow} value={username} onChange={(e) => setUsername(e.currentTarget.value)} error={change.error?.fields.username} />
      <Select label={t.mails} allowDeselect={false} value={language} onChange={(next) => setLanguage(next ?? 'en')} data={[{ value: 'zh', label: t.zh }, { value: 'en', label: t.en }]} />
      {change.error && Object.keys(change.error.fields).length === 0 && <Failed error={change.error} />}
      <Group><Button loading={change.isPending} onClick={() => change.mutate({ username: username === user.username ? undefined : username, lang: language } as never, { onSuccess: () => done(t.saved) })}>{t.save}</Button></Group>
    </Stack>
  )
}
