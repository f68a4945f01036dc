// What is spent first stands first.

// @vitest-environment node
import '../lib/testing'
import { expect, it } from 'vitest'
import { inOrder } from './all'

it('puts the package that ends first at the top, and what is over at the end', () => {
  const row = (id: number, status: number, day: number) => ({ id, status, expired_at: `2026-12-0${day} 00:00:00` })
  const sorted = inOrder([row(1, 3, 1), row(2, 1, 9), row(3, 2, 5), row(4, 1, 2), row(5, 1, 2)])
  expect(sorted.map((p) => p.id)).toEqual([4, 5, 2, 3, 1])
})
