// Tabs that an address leads to, and a strip of them that shows the open one, and that there are more, where not all fit.

import { Tabs, type TabsListProps } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

/** The open tab, from the address, the first of the names without one; and how to open another. */
export function useTab<T extends string>(...names: [T, ...T[]]): { value: T; onChange: (next: string | null) => void } {
  const { tab } = useSearch({ strict: false }) as { tab?: string }
  const navigate = useNavigate()
  const onChange = (next: string | null) =>
    void navigate({ to: '.', search: ((old: object) => ({ ...old, tab: next === names[0] ? undefined : (next ?? undefined) })) as never, replace: true })
  return { value: names.find((name) => name === tab) ?? names[0], onChange }
}

/** On narrow screens tabs scroll: the open one is kept in sight, and the edge fades where there are more. */
export function Strip(props: TabsListProps) {
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const list = ref.current
    if (!list) return
    const fade = () => {
      list.toggleAttribute('data-before', list.scrollLeft > 1)
      list.toggleAttribute('data-after', list.scrollLeft + list.clientWidth < list.scrollWidth - 1)
    }
    const show = () => {
      const open = list.querySelector<HTMLElement>('[aria-selected=true]')
      if (open) list.scrollLeft = open.offsetLeft - (list.clientWidth - open.offsetWidth) / 2
      fade()
    }
    const chosen = new MutationObserver(show)
    chosen.observe(list, { attributes: true, attributeFilter: ['aria-selected'], subtree: true })
    const sized = new ResizeObserver(show)
    sized.observe(list)
    list.addEventListener('scroll', fade, { passive: true })
    return () => {
      chosen.disconnect()
      sized.disconnect()
      list.removeEventListener('scroll', fade)
    }
  }, [])
  return <Tabs.List ref={ref} {...props} />
}
