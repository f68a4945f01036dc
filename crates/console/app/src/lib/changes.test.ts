// Two people at one form: each saves what they changed, and the same field is not overwritten without a word.

// @vitest-environment node
import './testing'
import { expect, it } from 'vitest'
import { changesOf, onto } from './changes'

const first = { title: { zh: 'a', en: 'a' }, price: '180', hosts: ['a.example'] }

it('names what was changed, however deep', () => {
  expect(changesOf(first, { ...first })).toEqual({})
  expect(changesOf(first, { ...first, title: { zh: 'a', en: 'b' } })).toEqual({ title: { zh: 'a', en: 'b' } })
})

it('keeps what another one changed meanwhile', () => {
  const { merged, both } = onto(first, { ...first, title: { zh: 'a', en: 'b' } }, { ...first, price: '250' })
  expect(merged).toEqual({ title: { zh: 'a', en: 'b' }, price: '250', hosts: ['a.example'] })
  expect(both).toEqual([])
})

it('tells where both changed the same to different things', () => {
  expect(onto(first, { ...first, price: '200' }, { ...first, price: '250' }).both).toEqual(['price'])
  expect(onto(first, { ...first, price: '250' }, { ...first, price: '250' }).both).toEqual([])
})
