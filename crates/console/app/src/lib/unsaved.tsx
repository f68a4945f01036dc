// What was typed and not saved is not lost by a click on the menu: it asks first.

import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useRef } from 'react'
import { Modal } from './dialog'
import { texts } from './lang'

const t = texts({
  title: ['放弃修改？', 'Leave without saving?'],
  text: ['您的修改尚未保存，离开后会丢失。', 'What you changed is not saved; it is lost when you leave.'],
  stay: ['继续编辑', 'Stay'],
  leave: ['放弃并离开', 'Leave'],
})

/** The question itself. */
export function Leave({ opened, stay, leave }: { opened: boolean; stay: () => void; leave: () => void }) {
  return (
    <Modal opened={opened} onClose={stay} title={t.title} centered>
      <Stack>
        <Text fz="sm">{t.text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={leave}>{t.leave}</Button>
          <Button onClick={stay} data-autofocus>{t.stay}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Asks before a form with changes is left, by a link or with the page. `free` lets go what is saved. */
export function useUnsaved(dirty: boolean) {
  const saved = useRef(false)
  const holds = () => dirty && !saved.current
  const asked = useBlocker({ shouldBlockFn: holds, enableBeforeUnload: holds, withResolver: true })
  const dialog = <Leave opened={asked.status === 'blocked'} stay={() => asked.reset?.()} leave={() => asked.proceed?.()} />
  return { dialog, free: () => { saved.current = true } }
}
