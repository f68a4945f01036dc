// What countries are called.

// @vitest-environment node
import './testing'
import { expect, it } from 'vitest'
import { callCountries, country } from './format'
import { setLang } from './lang'

it('calls countries as the brand does, others as the browser does', () => {
  setLang('en')
  callCountries([{ country_code: 'TW', name_zh_cn: '宝岛', name_en: 'Formosa' }])
  expect([country('tw'), country('DE')]).toEqual(['Formosa', 'Germany'])
  callCountries([])
  expect(country('TW')).toBe('Taiwan')
})
