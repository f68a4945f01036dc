// The menu at the left: on phones behind a button. While it is closed there its links can't be reached (`theme.css`), and
// Escape closes it and leads back to the button.

import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

export function useMenu() {
  const [open, { toggle, close }] = useDisclosure(false)
  const path = useLocation({ select: (place) => place.pathname })
  const button = useRef<HTMLButtonElement>(null)
  useEffect(close, [path, close])
  const leave = () => {
    if (!open) return
    close()
    button.current?.focus()
  }
  useHotkeys([['Escape', leave]])
  return { open, path, burger: { ref: button, opened: open, onClick: toggle, 'aria-expanded': open }, navbar: { 'data-closed': open ? undefined : true } }
}
