// A tier that was looked at and not changed is written as it was.

// @vitest-environment node
import { expect, it } from 'vitest'
import { asTyped, asWritten } from './gifts'

it('shows no end and no gift as blanks, and writes them as nothing', () => {
  const tier = { min: '500.00', max: '0.00', ratio: 5, gift: '0.00' }
  expect(asTyped(tier)).toEqual({ min: '500.00', max: '', ratio: 5, gift: '' })
  expect(asWritten(asTyped(tier))).toEqual({ min: '500.00', max: '0', ratio: 5, gift: '0' })
  expect(asWritten({ min: ' 10 ', max: '20', ratio: 0, gift: '1.5' })).toEqual({ min: '10', max: '20', ratio: 0, gift: '1.5' })
})
