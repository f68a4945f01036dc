// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COUNTRIES } from './countries'

it('offers the countries of the server', () => {
  const rows = readFileSync('../../places/data/countries.tsv', 'utf8').split('\n').filter(Boolean)
  expect(COUNTRIES).toEqual(rows.map((row) => row.split('\t')[0]))
})
