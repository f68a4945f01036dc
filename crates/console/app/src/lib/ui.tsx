// Pieces that every screen uses: its heading, what is shown while it loads, when it failed, and when there is nothing yet.

import { Alert, Box, Button, Card, Group, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck, type Icon } from '@tabler/icons-react'
import { type ReactNode, useEffect } from 'react'
import { ApiError } from '../api/client'
import { texts } from './lang'

const t = texts({
  failed: ['出错了', 'That did not work'],
  again: ['重试', 'Try again'],
  loading: ['加载中', 'Loading'],
  verify: ['去实名认证', 'Verify your name'],
})

/** A screen: title, one line on what it is for, actions at the right. */
export function Screen({ title, about, actions, children }: { title: string; about?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    const brand = document.title.split(' · ').pop()
    document.title = `${title} · ${brand}`
  }, [title])
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Box>
          <Title order={1} fz={{ base: 22, sm: 26 }} lts="-0.02em">{title}</Title>
          {about && <Text c="dimmed" fz="sm" mt={4} maw={720}>{about}</Text>}
        </Box>
        {actions && <Group gap="xs" className="actions">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  )
}

/** A card with a heading. */
export function Panel({ title, right, children, pad = true }: { title?: ReactNode; right?: ReactNode; children: ReactNode; pad?: boolean }) {
  return (
    <Card withBorder padding={0} radius="lg">
      {(title || right) && (
        <Group justify="space-between" px="lg" pt="md" pb={pad ? 0 : 'sm'} gap="xs">
          <Title order={2} fz="md" fw={600}>{title}</Title>
          {right}
        </Group>
      )}
      <Box p={pad ? 'lg' : 0}>{children}</Box>
    </Card>
  )
}

/** Draws data once it is there; says what happened if it does not come. */
export function Loaded<T>({ from, lines = 4, children }: { from: { data?: T; error: unknown; isPending: boolean; refetch: () => unknown }; lines?: number; children: (data: T) => ReactNode }) {
  if (from.data !== undefined) return <>{children(from.data)}</>
  if (from.error) return <Failed error={from.error} retry={again(from)} />
  return <Waiting lines={lines} />
}

/** What isn't there, or is not for this reader, is so the next time as well. */
export const again = ({ error, refetch }: { error: unknown; refetch: () => unknown }) => (error instanceof ApiError && [403, 404].includes(error.code) ? undefined : () => void refetch())

export function Waiting({ lines = 4 }: { lines?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label={t.loading}>
      {Array.from({ length: lines }, (_, i) => <Skeleton key={i} h={18} w={`${100 - ((i * 17) % 40)}%`} />)}
    </Stack>
  )
}

/** The contract's code for what asks for a verified real name. */
const UNVERIFIED = 156

/** The server understood and says no, which its sentence tells better than any heading. */
const isRefusal = (error: unknown) => error instanceof ApiError && error.code > 0 && error.code < 500 && error.code !== 200

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={isRefusal(error) ? undefined : t.failed} role="alert">
      <Group justify="space-between">
        <Text fz="sm" mah={320} style={{ whiteSpace: 'pre-line', overflowY: 'auto' }}>{whole(error)}</Text>
        {error instanceof ApiError && error.code === UNVERIFIED && <Button size="xs" variant="default" component="a" href="/settings?tab=real-name">{t.verify}</Button>}
        {retry && <Button size="xs" variant="default" onClick={retry}>{t.again}</Button>}
      </Group>
    </Alert>
  )
}

/** Nothing is there yet: says what would be, and what to do next. */
export function Empty({ icon: Picture, title, children, action }: { icon: Icon; title: ReactNode; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <ThemeIcon variant="light" size={52} radius="xl"><Picture size={26} stroke={1.6} aria-hidden /></ThemeIcon>
      <Text fw={600} component="div">{title}</Text>
      {children && <Text c="dimmed" fz="sm" maw={440}>{children}</Text>}
      {action && <Box mt="xs">{action}</Box>}
    </Stack>
  )
}

export const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Whether an error says more than the fields do that show it. */
export function beyond(error: unknown, shown: readonly string[]): boolean {
  const names = error instanceof ApiError ? Object.keys(error.fields) : []
  return names.length === 0 || names.some((name) => !shown.includes(name))
}

/** The same with what was wrong with each field. */
function whole(error: unknown): string {
  const fields = error instanceof ApiError ? Object.values(error.fields) : []
  // Of fields the server says first that something is wrong with them, which they tell themselves.
  if (error instanceof ApiError && error.code === 400 && fields.length > 0) return fields.join(' · ')
  return [reason(error), ...fields.filter((text) => !reason(error).includes(text))].join(' · ')
}

export function done(message: string) {
  notifications.show({ message, color: 'green', icon: <IconCheck size={16} />, autoClose: 3500 })
}

export function failed(error: unknown) {
  notifications.show({ title: t.failed, message: whole(error), color: 'red', icon: <IconAlertTriangle size={16} />, autoClose: 8000 })
}
