// Columns that fold stand below their row where there is little room, and nothing is lost.

// @vitest-environment node
import '../lib/testing'
import { expect, it } from 'vitest'
import { folded } from './kit'

it('folds what may fold, and only where it is narrow', () => {
  const columns = [{ head: 'a' }, { head: 'b', folds: true }, { head: 'c', folds: false }, { head: 'd', folds: true }]
  const heads = (part: { head: string }[]) => part.map((column) => column.head).join('')
  expect(folded(columns, false).map(heads)).toEqual(['abcd', ''])
  expect(folded(columns, true).map(heads)).toEqual(['ac', 'bd'])
})
