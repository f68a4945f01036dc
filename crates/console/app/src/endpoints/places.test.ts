// States and cities are found by their names, wherever they lie.

import { expect, test } from 'vitest'
import { found, keyOf, whereOf } from './places'

const places = [
  { Area: 'BR', states: [{ State: 'São Paulo', cities: ['São Paulo', 'Campinas'] }] },
  { Area: 'SG', states: [{ State: '', cities: ['Singapore'] }] },
  { Area: 'US', states: [{ State: 'California', cities: ['Los Angeles', 'East Los Angeles'] }] },
]

test('finds what begins with the word before what has it elsewhere', () => {
  expect(found(places, 'los ang').map((where) => where.city)).toEqual(['Los Angeles', 'East Los Angeles'])
  expect(found(places, 'calif')).toEqual([{ country: 'US', state: 'California', city: null }])
})

test('compares without accents and case, and finds cities without a state', () => {
  expect(found(places, 'SAO')).toEqual([{ country: 'BR', state: 'São Paulo', city: null }, { country: 'BR', state: 'São Paulo', city: 'São Paulo' }])
  expect(found(places, 'singa')).toEqual([{ country: 'SG', state: null, city: 'Singapore' }])
  expect(found(places, 's')).toEqual([])
})

test('a place comes back from its key', () => {
  for (const where of [{ country: 'US', state: 'California', city: null }, { country: 'SG', state: null, city: 'Singapore' }]) expect(whereOf(keyOf(where))).toEqual(where)
})
