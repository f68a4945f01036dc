// One stream of live figures per browser (server-sent events): the chosen page holds it and tells the others. The browser
// connects again by itself when it breaks; until then the figures say how old they are.

import { useSyncExternalStore } from 'react'
import { isLoggedOut } from '../api/client'
import { whileChosen } from './chosen'

export interface LiveFeed<T> {
  useFigures: () => T | undefined
  /** Since when the stream is broken, in ms; nothing while it runs. */
  useLost: () => number | undefined
  /** Called at each change; gives the function that stops it. */
  subscribe: (tell: () => void) => () => void
  /** What is known now. */
  peek: () => State<T>
}

interface State<T> { figures?: T; lost?: number }
/** What pages of one browser tell each other: a new one is here, what is known, the login has ended. */
type Word<T> = { hello: true } | { state: State<T> } | { ended: true }

/** A broken stream is told after so long, in ms: streams end every few minutes, and are back at once. */
const GRACE = 5_000
/** A refused stream is tried again after so long, in ms. */
const AGAIN = 5_000
/** A stream that was opened so lately, in ms, has the login that the browser has now. */
const FRESH = 1_000

const leavers = new Set<() => void>()

/** Called when a stream is refused because its login has ended; gives the function that stops it. */
export function onLoginEnded(tell: () => void): () => void {
  leavers.add(tell)
  return () => void leavers.delete(tell)
}

const doubters = new Set<() => void>()

/** A call did not reach the server: streams that seem to run are opened anew, since a dead line does not end them. */
export function doubtStreams(): void {
  for (const doubt of [...doubters]) doubt()
}

/** A feed of `event: figures` from an address; open while anybody listens. `probe` is a plain call with the same login. */
export function liveFeed<T>(url: string, probe: () => Promise<unknown>): LiveFeed<T> {
  let source: EventSource | undefined
  let opened = 0
  let state: State<T> = {}
  let again: ReturnType<typeof setTimeout> | undefined
  let grace: ReturnType<typeof setTimeout> | undefined
  let channel: BroadcastChannel | undefined
  let stop: (() => void) | undefined
  const listeners = new Set<() => void>()

  const say = (word: Word<T>) => channel?.postMessage(word)
  function set(next: State<T>) {
    state = next
    for (const tell of [...listeners]) tell()
  }
  function show(next: State<T>) {
    set(next)
    say({ state: next })
  }

  function open() {
    close()
    const mine = new EventSource(url)
    source = mine
    opened = Date.now()
    broken()
    mine.addEventListener('open', running)
    mine.addEventListener('figures', (event) => {
      running()
      show({ figures: JSON.parse((event as MessageEvent<string>).data) as T })
    })
    mine.addEventListener('error', () => {
      broken()
      // A refused stream is not tried again by the browser.
      if (mine.readyState === EventSource.CLOSED && mine === source) void refused(mine)
    })
  }

  function close() {
    clearTimeout(again)
    clearTimeout(grace)
    grace = undefined
    source?.close()
    source = undefined
  }

  function broken() {
    const since = Date.now()
    grace ??= setTimeout(() => state.lost === undefined && show({ ...state, lost: since }), GRACE)
  }

  function running() {
    clearTimeout(grace)
    grace = undefined
    if (state.lost !== undefined) show({ figures: state.figures })
  }

  /** The browser does not say why a stream was refused. An ended login stays so; all else is tried again. */
  async function refused(mine: EventSource) {
    const over = await probe().then(() => false, isLoggedOut)
    if (mine !== source) return
    if (over) {
      close()
      say({ ended: true })
      ended()
    } else {
      again = setTimeout(open, AGAIN)
    }
  }

  function ended() {
    set({})
    for (const tell of [...leavers]) tell()
  }

  function hear(word: Word<T>) {
    // Who comes may have logged in anew: figures of an older login are not for him.
    if ('hello' in word) return source && (Date.now() - opened > FRESH ? open() : say({ state }))
    if (source) return
    if ('state' in word) set(word.state)
    else ended()
  }

  const doubt = () => void (source && Date.now() - opened > GRACE && open())

  function begin() {
    doubters.add(doubt)
    channel = new BroadcastChannel(`live ${url}`)
    channel.addEventListener('message', (event) => hear((event as MessageEvent<Word<T>>).data))
    stop = whileChosen(`live ${url}`, open, close)
    say({ hello: true })
  }

  function end() {
    doubters.delete(doubt)
    stop?.()
    close()
    channel?.close()
    state = {}
  }

  function subscribe(tell: () => void) {
    listeners.add(tell)
    if (listeners.size === 1) begin()
    return () => {
      listeners.delete(tell)
      if (listeners.size === 0) end()
    }
  }

  const peek = () => state
  return { subscribe, peek, useFigures: () => useSyncExternalStore(subscribe, () => peek().figures), useLost: () => useSyncExternalStore(subscribe, () => peek().lost) }
}
