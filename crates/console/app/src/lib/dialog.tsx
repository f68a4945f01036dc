// Drawers and dialogs: Escape closes the topmost one alone, and the focus goes back to where it was opened from, be it a
// menu's entry or a screen that draws the dialog only while it is open.

import { Drawer as DrawerBase, type DrawerProps, Modal as ModalBase, type ModalProps, Text } from '@mantine/core'
import { type ReactNode, useLayoutEffect, useRef } from 'react'

const open: symbol[] = []
const handled = new WeakSet<Event>()

/** A menu's entry is gone by the time the dialog closes; the menu's button is not. */
function openerOf(element: Element | null): HTMLElement | undefined {
  const menu = element?.closest('[role="menu"]')
  const found = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : element
  return found instanceof HTMLElement && found !== document.body ? found : undefined
}

/** Gives the focus back, unless it stands elsewhere already; to the screen where the opener is gone. */
function giveBack(opener: HTMLElement | undefined): void {
  const now = document.activeElement
  const lost = !now || now === document.body || (open.length === 0 && now.closest('[role="dialog"]') !== null)
  const within = opener?.isConnected && opener.closest('[role="dialog"]') !== null
  if (!lost && !within) return
  const to = opener?.isConnected ? opener : open.length === 0 ? document.getElementById('content') : null
  to?.focus({ preventScroll: true })
}

function useDialog(opened: boolean, close: () => void): void {
  const latest = useRef(close)
  useLayoutEffect(() => { latest.current = close })
  useLayoutEffect(() => {
    if (!opened) return
    const me = Symbol('dialog')
    const opener = openerOf(document.activeElement)
    open.push(me)
    const listen = (event: KeyboardEvent) => {
      // A list that hangs open in the dialog closes first.
      const listed = (event.target as Element | null)?.getAttribute?.('data-mantine-stop-propagation') === 'true'
      if (event.key !== 'Escape' || event.isComposing || listed || handled.has(event) || open.at(-1) !== me) return
      handled.add(event)
      latest.current()
    }
    window.addEventListener('keydown', listen, true)
    return () => {
      window.removeEventListener('keydown', listen, true)
      open.splice(open.indexOf(me), 1)
      // What closed it may draw the screen anew first.
      setTimeout(() => giveBack(opener))
    }
  }, [opened])
}

/** The library makes a heading of a title; this is how it looks. */
const headed = (title: ReactNode, size: string) => (typeof title === 'string' ? <Text span inherit fz={size} fw={650} lh={1.35}>{title}</Text> : title)

export function Drawer(props: DrawerProps) {
  useDialog(props.opened, props.onClose)
  return <DrawerBase {...props} title={headed(props.title, 'lg')} closeOnEscape={false} returnFocus={false} />
}

export function Modal(props: ModalProps) {
  useDialog(props.opened, props.onClose)
  return <ModalBase {...props} title={headed(props.title, 'md')} closeOnEscape={false} returnFocus={false} />
}
