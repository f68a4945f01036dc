// What a role may not see or change: whose it is, in place of an error that trying again can't mend.

import { Button, Fieldset, Title } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { lang, say, texts } from '../lib/lang'
import { Empty, Screen } from '../lib/ui'
import { keepersOf, useMe } from './api'
import { roleName } from './roles'

const t = texts({
  closed: ['您的角色看不到这里', 'Your role doesn’t see this'],
  closedHow: ['您的角色是“{mine}”；可以查看的角色：{whose}。需要时请联系他们。', 'You are {mine}; it is for: {whose}. Ask one of them.'],
  home: ['前往总览', 'Go to the dashboard'],
  looks: ['只读：可以修改的角色：{whose}', 'To look at only; it is changed by: {whose}'],
})

const names = (command: string) => keepersOf(command).map(roleName).join(lang() === 'zh' ? '、' : ', ')

/** In place of what `command` would show; with a heading where it is all of a screen. */
export function Closed({ command, screen }: { command: string; screen?: string }) {
  const me = useMe()
  const text = say(t.closedHow, { mine: me.data ? roleName(me.data.role) : '', whose: names(command) })
  if (screen === undefined) return <Empty icon={IconLock} title={t.closed}>{text}</Empty>
  return (
    <Screen title={screen}>
      <Empty icon={IconLock} title={<Title order={2} fz="md">{t.closed}</Title>} action={<Button component={Link} to="/control">{t.home}</Button>}>{text}</Empty>
    </Screen>
  )
}

/** Who changes what the reader only looks at. */
export const changedBy = (command: string) => say(t.looks, { whose: names(command) })

/** Fields that can be changed, or only read. */
export const Held = ({ open, children }: { open: boolean; children: ReactNode }) => <Fieldset variant="unstyled" disabled={!open} miw={0}>{children}</Fieldset>
