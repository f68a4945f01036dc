// A stream that is refused is tried again, unless its login has ended.

// @vitest-environment node
import './testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiError } from '../api/client'
import { liveFeed, onLoginEnded } from './live'

const opened: FakeSource[] = []

class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  readyState = 1
  constructor(readonly url: string) {
    super()
    opened.push(this)
  }
  close() {}
  refuse() {
    this.readyState = FakeSource.CLOSED
    this.dispatchEvent(new Event('error'))
  }
}

beforeEach(() => {
  opened.length = 0
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function refusedWith(probe: () => Promise<unknown>) {
  const left = vi.fn()
  const stops = [onLoginEnded(left), liveFeed('/live', probe).subscribe(() => undefined)]
  opened[0]!.refuse()
  await vi.advanceTimersByTimeAsync(20_000)
  for (const stop of stops) stop()
  return { left: left.mock.calls.length, tries: opened.length }
}

it('leaves once, and asks no more, when the login has ended', async () => {
  expect(await refusedWith(() => Promise.reject(new ApiError({ code: 3, message: '' })))).toEqual({ left: 1, tries: 1 })
})

it('is tried again after any other refusal', async () => {
  expect(await refusedWith(() => Promise.resolve())).toEqual({ left: 0, tries: 2 })
  opened.length = 0
  expect(await refusedWith(() => Promise.reject(new ApiError({ code: 0, message: '' })))).toEqual({ left: 0, tries: 2 })
})
