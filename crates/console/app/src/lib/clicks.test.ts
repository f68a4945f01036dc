// Which clicks are dropped.

// @vitest-environment node
import { expect, it } from 'vitest'
import { isRepeat } from './clicks'

const sends = { closest: () => ({}) }
const other = { closest: () => null }

it('drops the second click on what sends, and no other', () => {
  expect([isRepeat({ detail: 1, target: sends }), isRepeat({ detail: 2, target: sends }), isRepeat({ detail: 3, target: sends })]).toEqual([false, true, true])
  expect([isRepeat({ detail: 2, target: other }), isRepeat({ detail: 0, target: sends }), isRepeat({ detail: 2, target: null })]).toEqual([false, false, false])
})
