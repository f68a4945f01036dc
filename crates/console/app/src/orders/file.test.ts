// What may be sent as a proof is what the server takes.

// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { KINDS, LARGEST, nameOf } from './file'

it('has the bounds of the server', () => {
  const server = readFileSync('../../commerce/src/payments/proofs.rs', 'utf8')
  const [, kilo] = /const LARGEST: usize = (\d+) \* 1_024;/.exec(server) ?? []
  expect(LARGEST).toBe(Number(kilo) * 1_024)
  expect([...server.matchAll(/, "((?:image|application)\/[a-z]+)"\)/g)].slice(0, KINDS.length).map((m) => m[1])).toEqual(KINDS)
})

it('calls kinds as people do', () => {
  expect(KINDS.map(nameOf)).toEqual(['PNG', 'JPEG', 'PDF'])
})
