// What was typed and not saved is not lost by a click on the menu: it asks first.

import { Button, Group, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Modal } from './dialog'
import { texts } from './lang'

const t = texts({
  title: ['放弃修改？', 'Leave without saving?'],
  text: ['您的修改尚未保存，离开后会丢失。', 'What you changed is not saved; it is lost when you leave.'],
  stay: ['继续编辑', 'Stay'],
  leave: ['放弃并离开', 'Leave'],
})

const open = new Set<{ holds: () => boolean; free: () => void }>()

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
  const free = () => { saved.current = true }
  const latest = useRef(holds)
  useLayoutEffect(() => { latest.current = holds })
  useEffect(() => {
    const form = { holds: () => latest.current(), free }
    open.add(form)
    return () => void open.delete(form)
  }, [])
  return { dialog, free }
}

/** For what leaves a form without another address: it asks first, too. */
export function useLeaving() {
  const [then, setThen] = useState<() => void>()
  const leave = () => {
    for (const form of open) form.free()
    setThen(undefined)
    then?.()
  }
  const dialog = <Leave opened={then !== undefined} stay={() => setThen(undefined)} leave={leave} />
  return { dialog, leaving: (go: () => void) => ([...open].some((form) => form.holds()) ? setThen(() => go) : go()) }
}
