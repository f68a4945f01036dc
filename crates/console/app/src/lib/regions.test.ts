// Places of an order carry names of countries, not codes.

// @vitest-environment node
import './testing'
import { expect, it } from 'vitest'
import { setLang } from './lang'
import { regionsInWords, wishInWords } from './regions'

it('names countries in both languages', () => {
  setLang('zh')
  expect(regionsInWords('US x 1')).toBe('美国 × 1')
  expect(regionsInWords('US AS7018 x 2, JP x 1')).toBe('美国 AS7018 × 2、日本 × 1')
  setLang('en')
  expect(regionsInWords('US AS7018 x 2, JP x 1')).toBe('United States AS7018 × 2, Japan × 1')
  expect(wishInWords('US,2,7018|jp,1')).toBe('United States AS7018 × 2, Japan × 1')
})

it('leaves what it cannot read', () => {
  expect(regionsInWords('somewhere x 2')).toBe('somewhere x 2')
})
