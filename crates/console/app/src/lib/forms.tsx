// Drawers and dialogs that hold a form: Escape or a click beside them asks before what was typed is lost. What is chosen
// from a list is chosen again in a moment; only what was typed counts.

import type { DrawerProps, ModalProps } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Drawer, Modal } from './dialog'
import { Leave } from './unsaved'

function useGuard(opened: boolean, close: () => void) {
  const typed = useRef(false)
  const [asking, setAsking] = useState(false)
  useEffect(() => { typed.current = false }, [opened])
  const dialog = <Leave opened={asking} stay={() => setAsking(false)} leave={() => { setAsking(false); close() }} />
  return { dialog, onInput: () => { typed.current = true }, onClose: () => (typed.current ? setAsking(true) : close()) }
}

export function FormDrawer(props: DrawerProps) {
  const { dialog, ...guard } = useGuard(props.opened, props.onClose)
  return <><Drawer {...props} {...guard} />{dialog}</>
}

export function FormModal(props: ModalProps) {
  const { dialog, ...guard } = useGuard(props.opened, props.onClose)
  return <><Modal {...props} {...guard} />{dialog}</>
}
