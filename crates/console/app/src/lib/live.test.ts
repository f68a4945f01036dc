// One stream for all pages of a browser; a refused one is tried again, unless its login has ended; a broken one is told.

// @vitest-environment node
import './testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../api/client'
import { type LiveFeed, doubtStreams, liveFeed, onLoginEnded } from './live'

const opened: FakeSource[] = []
const running = () => opened.filter((one) => one.readyState !== FakeSource.CLOSED)

class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  readyState = 1
  constructor(readonly url: string) {
    super()
    opened.push(this)
  }
  close() {
    this.readyState = FakeSource.CLOSED
  }
  refuse() {
    this.readyState = FakeSource.CLOSED
    this.dispatchEvent(new Event('error'))
  }
  tell(figures: object) {
    this.dispatchEvent(Object.assign(new Event('figures'), { data: JSON.stringify(figures) }))
  }
}

const channels = new Set<FakeChannel>()
/** Delivers at once, to all others of the same name. */
class FakeChannel extends EventTarget {
  constructor(readonly name: string) {
    super()
    channels.add(this)
  }
  postMessage(data: unknown) {
    for (const other of channels) if (other !== this && other.name === this.name) other.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
  close() {
    channels.delete(this)
  }
}

/** Web Locks as far as they are used: whoever waits longest is next. */
function fakeLocks() {
  const waiting: (() => Promise<unknown>)[] = []
  let held = false
  async function next() {
    const turn = held ? undefined : waiting.shift()
    if (!turn) return
    held = true
    await turn()
    held = false
    void next()
  }
  return {
    request: (_: string, options: { signal: AbortSignal }, turn: () => Promise<unknown>) => {
      waiting.push(turn)
      options.signal.addEventListener('abort', () => waiting.includes(turn) && waiting.splice(waiting.indexOf(turn), 1))
      void next()
      return Promise.resolve()
    },
  }
}

let page: EventTarget & { visibilityState: string }
function see(state: 'visible' | 'hidden') {
  page.visibilityState = state
  page.dispatchEvent(new Event('visibilitychange'))
}

/** A page that listens: what it would draw. */
function listen<T>(feed: LiveFeed<T>) {
  let calls = 0
  const stop = feed.subscribe(() => { calls += 1 })
  return { stop, calls: () => calls, figures: () => feed.peek().figures, lost: () => feed.peek().lost }
}

const fine = () => Promise.resolve()
const stops: (() => void)[] = []
const pages = (n: number, probe: () => Promise<unknown> = fine) =>
  Array.from({ length: n }, () => {
    const heard = listen(liveFeed<{ n: number }>('/live', probe))
    stops.push(heard.stop)
    return heard
  })

beforeEach(() => {
  opened.length = 0
  channels.clear()
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.useFakeTimers({ now: 1_000_000 })
  vi.stubGlobal('EventSource', FakeSource)
  vi.stubGlobal('BroadcastChannel', FakeChannel)
  vi.stubGlobal('document', page)
  vi.stubGlobal('navigator', { language: 'en-GB', locks: fakeLocks() })
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a refused stream', () => {
  async function refusedWith(probe: () => Promise<unknown>) {
    const left = vi.fn()
    stops.push(onLoginEnded(left))
    pages(1, probe)
    opened[0]!.refuse()
    await vi.advanceTimersByTimeAsync(20_000)
    return { left: left.mock.calls.length, tries: opened.length }
  }

  it('is left once, and asked for no more, when the login has ended', async () => {
    expect(await refusedWith(() => Promise.reject(new ApiError({ code: 3, message: '' })))).toEqual({ left: 1, tries: 1 })
  })

  it('is tried again after any other refusal', async () => {
    expect(await refusedWith(fine)).toEqual({ left: 0, tries: 2 })
  })

  it('is tried again while the server is away', async () => {
    expect(await refusedWith(() => Promise.reject(new ApiError({ code: 0, message: '' })))).toEqual({ left: 0, tries: 2 })
  })
})

describe('many pages', () => {
  it('share one stream', async () => {
    const all = pages(9)
    await vi.advanceTimersByTimeAsync(0)
    expect(running()).toHaveLength(1)
    running()[0]!.tell({ n: 1 })
    expect(all.map((one) => one.figures())).toEqual(all.map(() => ({ n: 1 })))
  })

  it('go on when the one with the stream closes', async () => {
    const [first, second] = pages(2)
    first!.stop()
    await vi.advanceTimersByTimeAsync(0)
    expect(running()).toHaveLength(1)
    running()[0]!.tell({ n: 2 })
    expect(second!.figures()).toEqual({ n: 2 })
  })

  it('get figures of the login that is there when one comes later', async () => {
    pages(1)
    await vi.advanceTimersByTimeAsync(2_000)
    pages(1)
    expect([opened.length, running().length]).toEqual([2, 1])
  })

  it('all leave when the login has ended', async () => {
    const left = vi.fn()
    stops.push(onLoginEnded(left))
    pages(2, () => Promise.reject(new ApiError({ code: 3, message: '' })))
    await vi.advanceTimersByTimeAsync(0)
    opened[0]!.refuse()
    await vi.advanceTimersByTimeAsync(0)
    expect(left).toHaveBeenCalledTimes(2)
  })
})

describe('a hidden page', () => {
  for (const locks of [true, false]) {
    it(`holds no stream, ${locks ? 'with' : 'without'} locks`, async () => {
      if (!locks) vi.stubGlobal('navigator', { language: 'en-GB' })
      pages(1)
      await vi.advanceTimersByTimeAsync(0)
      see('hidden')
      await vi.advanceTimersByTimeAsync(0)
      expect(running()).toHaveLength(0)
      see('visible')
      await vi.advanceTimersByTimeAsync(0)
      expect(running()).toHaveLength(1)
    })
  }
})

describe('a broken stream', () => {
  it('is told on all pages with its time, keeps the figures, and is forgotten once it runs', async () => {
    const all = pages(2)
    await vi.advanceTimersByTimeAsync(0)
    const source = running()[0]!
    source.tell({ n: 3 })
    source.dispatchEvent(new Event('error'))
    const since = Date.now()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(all.map((one) => [one.lost(), one.figures()])).toEqual(all.map(() => [since, { n: 3 }]))
    source.dispatchEvent(new Event('open'))
    expect(all.map((one) => one.lost())).toEqual([undefined, undefined])
  })

  it('is found by a call that fails, where the line just went dead', async () => {
    const [one] = pages(1)
    await vi.advanceTimersByTimeAsync(0)
    running()[0]!.dispatchEvent(new Event('open'))
    await vi.advanceTimersByTimeAsync(60_000)
    doubtStreams()
    doubtStreams()
    expect([opened.length, running().length]).toEqual([2, 1])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(one!.lost()).toBe(Date.now() - 5_000)
  })

  it('is no news while it is back at once', async () => {
    const [one] = pages(1)
    await vi.advanceTimersByTimeAsync(0)
    running()[0]!.tell({ n: 4 })
    running()[0]!.dispatchEvent(new Event('error'))
    await vi.advanceTimersByTimeAsync(3_000)
    running()[0]!.dispatchEvent(new Event('open'))
    await vi.advanceTimersByTimeAsync(20_000)
    expect([one!.lost(), one!.calls()]).toEqual([undefined, 1])
  })
})
