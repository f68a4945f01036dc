// An operator's own password and sessions.

import { Button, Divider, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError } from '../api/client'
import { Modal } from '../lib/dialog'
import { deviceOf } from '../lib/device'
import { when } from '../lib/format'
import { texts } from '../lib/lang'
import { Failed, Loaded, done, failed } from '../lib/ui'
import { door } from './api'
import { Mark } from './kit'

const t = texts({
  title: ['密码与会话', 'Password and sessions'],
  old: ['当前密码', 'Present password'],
  fresh: ['新密码（至少 8 个字符）', 'New password, 8 characters or more'],
  change: ['修改密码', 'Change password'],
  changed: ['密码已修改，其他会话已退出', 'The password is changed; other sessions ended'],
  sessions: ['已登录的设备', 'Where you are logged in'],
  here: ['当前', 'This one'],
  end: ['退出', 'End'],
  ended: ['会话已结束', 'The session is ended'],
})

interface Session { id: number; ip: string; agent: string; seen_at: string; current: boolean }

export function Account({ opened, close }: { opened: boolean; close: () => void }) {
  const [old, setOld] = useState('')
  const [fresh, setFresh] = useState('')
  const [error, setError] = useState<unknown>()
  const client = useQueryClient()
  const sessions = useQuery<{ list: Session[] }, ApiError>({ queryKey: ['control', 'sessions'], queryFn: () => door('GET', 'sessions'), enabled: opened })
  const change = async (event: FormEvent) => {
    event.preventDefault()
    setError(undefined)
    try {
      await door('POST', 'password', { old_password: old, password: fresh })
      setOld('')
      setFresh('')
      done(t.changed)
      await client.invalidateQueries({ queryKey: ['control', 'sessions'] })
    } catch (e) {
      setError(e)
    }
  }
  const end = async (id: number) => {
    try {
      await door('POST', 'end-session', { id })
      done(t.ended)
      await client.invalidateQueries({ queryKey: ['control', 'sessions'] })
    } catch (e) {
      failed(e)
    }
  }
  const fields = error instanceof ApiError ? error.fields : {}
  return (
    <Modal opened={opened} onClose={close} title={t.title} radius="lg" size="lg">
      <Stack>
        <form onSubmit={(e) => void change(e)}>
          <Stack gap="sm">
            <PasswordInput label={t.old} value={old} onChange={(e) => setOld(e.currentTarget.value)} autoComplete="current-password" required error={fields.old_password} />
            <PasswordInput label={t.fresh} value={fresh} onChange={(e) => setFresh(e.currentTarget.value)} autoComplete="new-password" required error={fields.password} />
            {error !== undefined && Object.keys(fields).length === 0 && <Failed error={error} />}
            <Group justify="flex-end"><Button type="submit">{t.change}</Button></Group>
          </Stack>
        </form>
        <Divider />
        <Text fw={600} fz="sm">{t.sessions}</Text>
        <Loaded from={sessions}>
          {({ list }) => list.map((one) => (
            <Group key={one.id} justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text fz="sm" className="mono">{one.ip}</Text>
                <Text fz="xs" c="dimmed" truncate>{when(one.seen_at)} UTC · {deviceOf(one.agent)}</Text>
              </div>
              {one.current ? <Mark tone="good">{t.here}</Mark> : <Button size="xs" variant="default" style={{ flexShrink: 0 }} onClick={() => void end(one.id)}>{t.end}</Button>}
            </Group>
          ))}
        </Loaded>
      </Stack>
    </Modal>
  )
}
