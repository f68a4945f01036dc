// What is said of a field that the browser refuses.

// @vitest-environment node
import './testing'
import { expect, it } from 'vitest'
import { sentenceOf } from './bubbles'

const field = (type: string, validity: Partial<ValidityState>) => ({ type, minLength: 8, maxLength: 20, validity })

it('is in words of its own for each reason', () => {
  const told = [field('text', { valueMissing: true }), field('checkbox', { valueMissing: true }), field('email', { typeMismatch: true }), field('url', { typeMismatch: true }), field('password', { tooShort: true }), field('text', { tooLong: true }), field('text', { patternMismatch: true })].map(sentenceOf)
  expect(new Set(told).size).toBe(7)
  expect(told[4]).toContain('8')
  expect(told[5]).toContain('20')
})

it('leaves what a form says itself', () => expect(sentenceOf(field('text', { customError: true, valueMissing: true }))).toBeUndefined())
