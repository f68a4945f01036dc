// What countries are called; money says whose dollars it is; the lines of an axis differ.

// @vitest-environment node
import './testing'
import { describe, expect, it } from 'vitest'
import { callCountries, country, money, size } from './format'
import { setLang } from './lang'
import { ticks } from './ticks'

it('calls countries as the brand does, others as the browser does', () => {
  setLang('en')
  callCountries([{ country_code: 'TW', name_zh_cn: '宝岛', name_en: 'Formosa' }])
  expect([country('tw'), country('DE')]).toEqual(['Formosa', 'Germany'])
  callCountries([])
  expect(country('TW')).toBe('Taiwan')
})

describe('money', () => {
  it('tells dollars apart', () => {
    setLang('en')
    expect(['USD', 'HKD', 'CNY'].map((currency) => money(1234.5, currency))).toEqual(['US$1,234.50', 'HK$1,234.50', '¥1,234.50'])
    setLang('zh')
    expect(['USD', 'HKD', 'CNY'].map((currency) => money(1234.5, currency))).toEqual(['US$1,234.50', 'HK$1,234.50', '¥1,234.50'])
  })
})

describe('an axis', () => {
  const tops = [0, 1, 2, 3, 7, 40, 999, 1000, 1023, 1024, 1500, 90_000, 1_023_999, 1_024_000, 5_000_000_000]
  it('reaches the top in few lines that are written differently', () => {
    for (const top of tops) {
      const lines = ticks(top)
      expect(lines[0]).toBe(0)
      expect(lines.at(-1)).toBeGreaterThanOrEqual(top)
      expect(lines.length).toBeLessThanOrEqual(6)
      expect(new Set(lines.map(size)).size).toBe(lines.length)
    }
  })
  it('has whole KB where there are few', () => expect(ticks(1)).toEqual([0, 1]))
})
