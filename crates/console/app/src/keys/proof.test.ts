// A code that is due is asked for in the way that the customer has; other failures are none of it.

// @vitest-environment node
import '../lib/testing'
import { expect, it } from 'vitest'
import { ApiError } from '../api/client'
import { firstWay, isAboutCode } from './proof'

const failure = (code: number, methods?: string[]) => new ApiError({ code, message: 'said', data: methods ? { methods } : null })

it('tells a code that is due or wrong from other failures', () => {
  expect([286, 287, 400, 403, 429].map((code) => isAboutCode(failure(code)))).toEqual([true, true, false, false, false])
  expect(isAboutCode(new Error('away'))).toBe(false)
})

it('begins with the authenticator where there is one, else with the mail', () => {
  expect([failure(286, ['totp', 'email']), failure(286, ['email']), failure(287)].map(firstWay)).toEqual(['totp', 'email', 'email'])
})
