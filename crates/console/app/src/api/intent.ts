// What moves money is done once, even where its answer is lost: the same request again carries the same Idempotency-Key,
// until its answer is known. A changed request, and the same one after an answer, is a new intention with a new key.
// Whatever is sent a second time while the first is under way is not sent: both get the one answer.

import { ApiError } from './client'

/** What buys, pays, credits, pays back, grants or spends, by its path below the door. */
const CUSTOMERS = ['order/create', 'pay', 'ip/exchange-static-ip']
const OPERATORS = [
  'customer/credit', 'package/grant', 'package/take', 'static-ip/grant', 'order/create', 'order/confirm', 'order/refund', 'payment/return', 'payment/refunded',
]
export const ONCE: readonly string[] = [...CUSTOMERS.map((path) => `/web_v1/${path}`), ...OPERATORS.map((path) => `/operator_v1/${path}`)]

/** How long a request without an answer is taken for the same intention, in ms: who comes back later means another one. */
const REMEMBERED = 15 * 60_000

/** Whether a failure leaves open what the server did: no answer came, an unreadable one, or it broke on the way. */
const open = (error: unknown) => !(error instanceof ApiError) || error.code === 0 || error.code === 200 || error.code >= 500

/** Runs requests under a key each; `now` is in ms, `make` gives a key that nobody had before. */
export function intentions(now: () => number, make: () => string) {
  const begun = new Map<string, { key: string; at: number }>()
  const flying = new Map<string, Promise<unknown>>()

  function keyOf(name: string): string {
    const known = begun.get(name)
    if (known && now() - known.at < REMEMBERED) return known.key
    const key = make()
    begun.set(name, { key, at: now() })
    return key
  }

  async function keyed<T>(name: string, send: (key: string) => Promise<T>): Promise<T> {
    const key = keyOf(name)
    const answered = () => void (begun.get(name)?.key === key && begun.delete(name))
    try {
      const answer = await send(key)
      answered()
      return answer
    } catch (error) {
      if (!open(error)) answered()
      throw error
    }
  }

  return function once<T>(url: string, body: string | undefined, send: (key: string | undefined) => Promise<T>): Promise<T> {
    if (body === undefined) return send(undefined)
    const name = `${url}\n${body}`
    const under = flying.get(name) as Promise<T> | undefined
    if (under) return under
    const sent = (ONCE.includes(url) ? keyed(name, send) : send(undefined)).finally(() => flying.delete(name))
    flying.set(name, sent)
    return sent
  }
}

/** 128 random bits; `crypto.randomUUID` is missing where the page came over plain HTTP. */
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

export const once = intentions(Date.now, fresh)
