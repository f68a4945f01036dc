// @vitest-environment node
import './testing'
import { expect, it } from 'vitest'
import { left, secondsBetween } from './format'
import { setLang } from './lang'

it('tells what is left in the two largest units', () => {
  setLang('en')
  expect([left(3_900), left(250), left(9)]).toEqual(['1 h 5 min', '4 min 10 s', '9 s'])
  setLang('zh')
  expect([left(3_900), left(250), left(0)]).toEqual(['1 小时 5 分', '4 分 10 秒', '0 秒'])
})

it('counts the seconds between two times of the API', () => {
  expect(secondsBetween('2026-11-24 23:59:30', '2026-11-25 00:09:30')).toBe(600)
})
