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

/** Asks before a form with changes is left, by a link or with the page. `free` lets go what is saved. */
export function useUnsaved(dirty: boolean) {
  const saved = useRef(false)
  const holds = () => dirty && !saved.current
  const asked = useBlocker({ shouldBlockFn: holds, enableBeforeUnload: holds, withResolver: true })
  const dialog = (
    <Modal opened={asked.status === 'blocked'} onClose={() => asked.reset?.()} title={t.title} centered>
      <Stack>
        <Text fz="sm">{t.text}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => asked.proceed?.()}>{t.leave}</Button>
          <Button onClick={() => asked.reset?.()} data-autofocus>{t.stay}</Button>
        </Group>
      </Stack>
    </Modal>
  )
  return { dialog, free: () => { saved.current = true } }
}
