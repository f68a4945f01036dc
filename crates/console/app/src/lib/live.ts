// One stream of live figures per page (server-sent events). The browser connects again by itself when it breaks.

import { useSyncExternalStore } from 'react'

export interface LiveFeed<T> {
  useFigures: () => T | undefined
  /** Called at each change; gives the function that stops it. */
  subscribe: (tell: () => void) => () => void
}

/** A feed of `event: figures` from an address; open while anybody listens. */
export function liveFeed<T>(url: string): LiveFeed<T> {
  let source: EventSource | undefined
  let figures: T | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  const listeners = new Set<() => void>()

  function open() {
    source = new EventSource(url)
    source.addEventListener('figures', (event) => {
      figures = JSON.parse((event as MessageEvent<string>).data) as T
      for (const tell of listeners) tell()
    })
    source.addEventListener('error', () => {
      // A refused stream is not tried again by the browser.
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(again)
      again = setTimeout(() => listeners.size > 0 && open(), 5_000)
    })
  }

  function subscribe(tell: () => void) {
    listeners.add(tell)
    if (listeners.size === 1) open()
    return () => {
      listeners.delete(tell)
      if (listeners.size > 0) return
      clearTimeout(again)
      source?.close()
      source = undefined
      figures = undefined
    }
  }

  return { subscribe, useFigures: () => useSyncExternalStore(subscribe, () => figures) }
}
