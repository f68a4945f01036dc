// A new main key in place of the old one, which is refused at once: says what breaks, asks for the password, and for a
// code where the customer wants one asked.

import { Alert, Button, Group, List, PasswordInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { useWrite } from '../api/hooks'
import { Modal } from '../lib/dialog'
import { texts } from '../lib/lang'
import { Failed, done } from '../lib/ui'
import { type Way, firstWay, isAboutCode } from './proof'

const t = texts({
  open: ['更换', 'Replace'],
  title: ['更换主密钥？', 'Replace the main key?'],
  breaks: ['确认后，旧密钥立即失效，无法恢复：', 'The old key is refused the moment you confirm, for good:'],
  programs: ['使用它的程序和脚本会收到“app_key 无效”，需换成新密钥', 'programs and scripts with it are refused until you give them the new one'],
  links: ['包含它的提取链接失效', 'extraction links that hold it stop working'],
  stays: ['代理账号、正在使用的连接和您创建的其他密钥不受影响。', 'Proxy accounts, running connections and the other keys that you made stay.'],
  password: ['密码', 'Password'],
  byMail: ['邮件', 'E-mail'],
  byApp: ['验证器', 'Authenticator'],
  code: ['验证码', 'Code'],
  cancel: ['取消', 'Cancel'],
  go: ['更换主密钥', 'Replace the key'],
  replaced: ['主密钥已更换，旧密钥已失效', 'The main key is replaced; the old one is refused'],
})

export function Rotate() {
  const [opened, dialog] = useDisclosure(false)
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="red" leftSection={<IconRefresh size={14} />} onClick={dialog.open}>{t.open}</Button>
      <Modal opened={opened} onClose={dialog.close} title={t.title} centered><Form close={dialog.close} /></Modal>
    </>
  )
}

function Form({ close }: { close: () => void }) {
  const rotate = useWrite('user/rotate-key', ['user/info', 'api-keys/list'])
  const [password, setPassword] = useState('')
  const [way, setWay] = useState<Way>()
  const [code, setCode] = useState('')
  const [told, setTold] = useState('')
  const fields = rotate.error?.fields ?? {}
  const send = (proof?: { verify_type: Way; verify_code?: string }) =>
    rotate.mutate({ password, ...proof }, {
      onSuccess: () => { done(t.replaced); close() },
      onError: (error) => {
        if (!isAboutCode(error)) return
        setTold(error.message)
        setWay((old) => old ?? firstWay(error))
      },
    })
  const choose = (next: string) => { setWay(next as Way); setCode(''); if (next === 'email') send({ verify_type: 'email' }) }
  const known = Object.keys(fields).length > 0 || isAboutCode(rotate.error)
  return (
    <Stack component="form" onSubmit={(event) => { event.preventDefault(); send(way && { verify_type: way, verify_code: code.trim() }) }}>
      <Text fz="sm">{t.breaks}</Text>
      <List fz="sm" spacing={4}><List.Item>{t.programs}</List.Item><List.Item>{t.links}</List.Item></List>
      <Text fz="sm">{t.stays}</Text>
      <PasswordInput label={t.password} autoComplete="current-password" data-autofocus value={password} onChange={(e) => setPassword(e.currentTarget.value)} error={fields.password} />
      {way && (
        <>
          <Alert color={rotate.error?.code === 287 ? 'red' : 'blue'}><Text fz="sm">{told}</Text></Alert>
          <SegmentedControl value={way} onChange={choose} data={[{ value: 'email', label: t.byMail }, { value: 'totp', label: t.byApp }]} />
          <TextInput label={t.code} autoComplete="one-time-code" value={code} onChange={(e) => setCode(e.currentTarget.value)} error={fields.verify_code} />
        </>
      )}
      {rotate.error && !known && <Failed error={rotate.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>{t.cancel}</Button>
        <Button type="submit" color="red.8" loading={rotate.isPending} disabled={!password || (way !== undefined && !code.trim())}>{t.go}</Button>
      </Group>
    </Stack>
  )
}
