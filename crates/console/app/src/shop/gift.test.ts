// The gift that is shown is the gift that is given.

import { expect, test } from 'vitest'
import { productGift, tierGift } from './gift'

const tiers = [{ min: 500, max: 2000, ratio: 5, gift: 0 }, { min: 2000, max: 0, ratio: 10, gift: 88 }]

test('a tier holds from its least sum to below its most', () => {
  expect([499.99, 500, 1999.99, 2000].map((sum) => tierGift(tiers, sum))).toEqual([0, 25, 100, 288])
})

test('halves of a hundredth are given', () => {
  expect(tierGift([{ min: 0, max: 0, ratio: 5, gift: 0 }], 10.1)).toBe(0.51)
})

test('a product gives no more than it costs', () => {
  expect(productGift(10, 3, 100)).toBe(30)
  expect(productGift(10, 3, 25)).toBe(25)
})
