// A purchase whose answer is lost is not made twice; a second purchase is.

// @vitest-environment node
import '../lib/testing'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ApiError } from './client'
import { ONCE, intentions } from './intent'

const BUY = '/web_v1/order/create'

function desk() {
  let minute = 0
  let made = 0
  const keys: (string | undefined)[] = []
  const once = intentions(() => minute * 60_000, () => `key ${(made += 1)}`)
  const ask = (body: string, failure?: unknown, url = BUY) =>
    once(url, body, (key) => {
      keys.push(key)
      return failure === undefined ? Promise.resolve('done') : Promise.reject(failure)
    }).catch(() => undefined)
  return { ask, keys, wait: (minutes: number) => { minute += minutes } }
}

const told = (code: number) => new ApiError({ code, message: '' })

it('sends the same key again after a lost answer, and a new one once it is known', async () => {
  const { ask, keys } = desk()
  for (const failure of [told(0), told(500), told(200), new Error('broken'), undefined, undefined]) await ask('one', failure)
  expect(keys).toEqual(['key 1', 'key 1', 'key 1', 'key 1', 'key 1', 'key 2'])
})

it('sends a new key after a refusal and for what was changed', async () => {
  const { ask, keys } = desk()
  await ask('one', told(402))
  await ask('one', told(0))
  await ask('two')
  await ask('one')
  expect(keys).toEqual(['key 1', 'key 2', 'key 3', 'key 2'])
})

it('sends two clicks of one moment once, and gives both the answer', async () => {
  const { ask, keys } = desk()
  expect(await Promise.all([ask('one'), ask('one'), ask('two')])).toEqual(['done', 'done', 'done'])
  expect(keys).toEqual(['key 1', 'key 2'])
  const plain = '/web_v1/api-keys/add'
  await Promise.all([ask('one', undefined, plain), ask('one', undefined, plain)])
  await ask('one', undefined, plain)
  expect(keys.slice(2)).toEqual([undefined, undefined])
})

it('takes who comes back much later for a new intention', async () => {
  const { ask, keys, wait } = desk()
  await ask('one', told(0))
  wait(14)
  await ask('one', told(0))
  wait(2)
  await ask('one')
  expect(keys).toEqual(['key 1', 'key 1', 'key 2'])
})

it('leaves all other requests without one', async () => {
  const { ask, keys } = desk()
  await ask('one', undefined, '/web_v1/order/check')
  expect(keys).toEqual([undefined])
})

it('names paths that the server has', () => {
  const api = JSON.parse(readFileSync('../../../docs/openapi.json', 'utf8')) as { paths: Record<string, object> }
  const commands = [...readFileSync('../../control/src/operator/mod.rs', 'utf8').matchAll(/"([a-z-]+\/[a-z-]+)" =>/g)].map((m) => `/operator_v1/${m[1]}`)
  const known = [...Object.keys(api.paths).map((path) => `/web_v1/${path.split('/').slice(2).join('/')}`), ...commands]
  expect(ONCE.filter((path) => !known.includes(path))).toEqual([])
})
