// A typed number is what was typed, or none.

// @vitest-environment node
import './testing'
import { expect, it } from 'vitest'
import { stepped, typed } from './number'

const money = { min: 0, places: 2 }
const whole = { min: 1, max: 1000 }

it('reads sums to the cent, as they are typed', () => {
  const sums = { '12': 12, '12.': 12, '12.5': 12.5, '12.50': 12.5, '100.00': 100, '99.90': 99.9, '.5': 0.5, '0.05': 0.05, ' 7 ': 7, '１２．５０': 12.5, '12。5': 12.5 }
  expect(Object.keys(sums).map((text) => typed(text, money).value)).toEqual(Object.values(sums))
})

it('makes no other number of what it can’t read', () => {
  for (const text of ['12,50', '1,000', '12.505', '1e3', '-5', '12 50', 'abc', '1.2.3', '', '.']) {
    const { value, fault } = typed(text, money)
    expect([text, value, Boolean(fault)]).toEqual([text, undefined, true])
  }
})

it('takes no decimals where numbers are whole', () => {
  expect(typed('12', whole)).toEqual({ value: 12 })
  for (const text of ['12.', '12.5', '12.50', '12.0']) expect(typed(text, whole).value).toBeUndefined()
})

it('tells what the limits are', () => {
  expect(typed('0', whole).fault).toMatch(/1 .*1000/)
  expect(typed('1001', whole).fault).toMatch(/1 .*1000/)
  expect(typed('0', { min: 1 }).fault).toMatch(/1/)
  expect(typed('99999999999999999999', money).value).toBeUndefined()
})

it('steps within the limits', () => {
  expect([stepped(1, -1, whole), stepped(1, 1, whole), stepped(1000, 1, whole), stepped(12.5, 1, money), stepped(0.1, 1, money)]).toEqual([1, 2, 1000, 13.5, 1.1])
})
