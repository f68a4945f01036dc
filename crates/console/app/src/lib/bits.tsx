// Small pieces: a country with its flag, a state as a badge, a figure in a card, code to copy, a question before harm.

import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { CopyButton } from './copy'
import { Modal } from './dialog'
import { country } from './format'
import { texts } from './lang'

const t = texts({ cancel: ['取消', 'Cancel'], code: ['代码', 'Code'] })

export function Flag({ code, size = 18 }: { code: string; size?: number }) {
  return <img src={`/flags/round/${code.toLowerCase()}.svg`} alt="" width={size} height={size} loading="lazy" style={{ borderRadius: '50%', flexShrink: 0 }} />
}

export function Place({ code, state, city }: { code: string; state?: string | null; city?: string | null }) {
  if (!code) return <>–</>
  const rest = [city, state].filter(Boolean).join(', ')
  return (
    <span className="place">
      <Flag code={code} />
      {country(code)}{rest && <Text span c="dimmed" fz="sm"> · {rest}</Text>}
    </span>
  )
}

/** What people typed: in a table it wraps at any letter within a bound, and its direction is its own. */
export const Typed = ({ children }: { children: ReactNode }) => <bdi className="typed">{children}</bdi>

export function State({ tone, children }: { tone: 'good' | 'bad' | 'warn' | 'idle' | 'info'; children: ReactNode }) {
  const colour = { good: 'green', bad: 'red', warn: 'orange', idle: 'gray', info: 'blue' }[tone]
  return <Badge variant="light" color={colour} radius="sm" tt="none" fw={600} className={`tone-${tone}`}>{children}</Badge>
}

export function Stat({ label, value, hint, live, action }: { label: string; value: ReactNode; hint?: ReactNode; live?: boolean; action?: ReactNode }) {
  return (
    <Card withBorder radius="lg" padding={0} p={{ base: 'md', sm: 'lg' }}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Text fz="sm" c="dimmed">{label}</Text>
        {live && <span className="dot pulse" aria-hidden />}
      </Group>
      <Text fz={{ base: 20, sm: 26 }} fw={680} lts="-0.02em" className="nums" mt={2}>{value}</Text>
      {(hint || action) && (
        <Group justify="space-between" mt={4} gap="xs" mih={22} align="center">
          <Text fz="xs" c="dimmed" span>{hint}</Text>
          {action}
        </Group>
      )}
    </Card>
  )
}

export function Code({ text, label }: { text: string; label?: string }) {
  return (
    <div className="code-box">
      <pre className="code" tabIndex={0} role="region" aria-label={label ?? t.code}>{text}</pre>
      <div className="on-code"><CopyButton text={text} /></div>
    </div>
  )
}

/** Asks before something that is not easily undone; gives the function that asks. */
export function useQuestion() {
  const [asked, setAsked] = useState<{ title: string; text: ReactNode; yes: string; danger?: boolean; then: () => void }>()
  const close = () => setAsked(undefined)
  const dialog = (
    <Modal opened={asked !== undefined} onClose={close} title={asked?.title} centered>
      <Stack>
        <Text fz="sm" component="div">{asked?.text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button color={asked?.danger === false ? undefined : 'red.8'} onClick={() => { asked?.then(); close() }}>{asked?.yes}</Button>
        </Group>
      </Stack>
    </Modal>
  )
  return { dialog, question: setAsked }
}
