// One stream of live figures per page (server-sent events). The browser connects again by itself when it breaks.

import { useSyncExternalStore } from 'react'
import { isLoggedOut } from '../api/client'

export interface LiveFeed<T> {
  useFigures: () => T | undefined
  /** Called at each change; gives the function that stops it. */
  subscribe: (tell: () => void) => () => void
}

const leavers = new Set<() => void>()

/** Called when a stream is refused because its login has ended; gives the function that stops it. */
export function onLoginEnded(tell: () => void): () => void {
  leavers.add(tell)
  return () => void leavers.delete(tell)
}

/** A feed of `event: figures` from an address; open while anybody listens. `probe` is a plain call with the same login. */
export function liveFeed<T>(url: string, probe: () => Promise<unknown>): LiveFeed<T> {
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
      if (source?.readyState === EventSource.CLOSED) void refused()
    })
  }

  /** The browser does not say why a stream was refused. An ended login stays so; all else is tried again. */
  async function refused() {
    const ended = await probe().then(() => false, isLoggedOut)
    if (listeners.size === 0) return
    if (ended) {
      figures = undefined
      for (const tell of [...listeners, ...leavers]) tell()
      return
    }
    clearTimeout(again)
    again = setTimeout(() => listeners.size > 0 && open(), 5_000)
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
