// Every deed that a customer may find in the activity has words, in both languages.

// @vitest-environment node
import '../lib/testing'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { setLang } from '../lib/lang'
import { deedOf, doerOf, meansOf, outcomeOf } from './deeds'

const SILENT = ['order/check', 'pay', 'pay/pay-check']
const api = JSON.parse(readFileSync('../../../docs/openapi.json', 'utf8')) as { paths: Record<string, object> }
const posts = Object.entries(api.paths).filter(([, path]) => 'post' in path).map(([path]) => path.split('/').slice(2).join('/'))
const commands = [...readFileSync('../../control/src/operator/mod.rs', 'utf8').matchAll(/"((?:customer|package)\/[a-z-]+)" =>/g)].map((m) => m[1]!)

it('names every write of the API and what operators do to a customer', () => {
  const reads = /\/(list|show|waiting)$/
  const all = [...posts.filter((path) => !SILENT.includes(path)), ...commands.filter((path) => !reads.test(path))]
  expect(all.length).toBeGreaterThan(45)
  for (const tongue of ['zh', 'en'] as const) {
    setLang(tongue)
    expect(all.filter((path) => deedOf(path) === deedOf('none/such'))).toEqual([])
  }
})

it('shows no code of the protocol', () => {
  setLang('en')
  expect([outcomeOf('ok'), outcomeOf('login_refused'), outcomeOf('other_slug')]).toEqual(['Done', 'Wrong name or password', 'Refused'])
  expect([doerOf('customer', 'ok'), doerOf('token', 'ok'), doerOf('visitor', 'ok')]).toEqual(['You', 'An operator', 'Somebody not logged in'])
  expect(doerOf('customer', 'login_refused')).toBe('Somebody not logged in')
  expect(meansOf('customer', 'login 7')).toBe('Log-in #7')
  expect(meansOf('customer', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36')).toBe('Chrome 140 · Linux')
  expect(meansOf('operator', '{"email":"a"}')).toBe('')
})
