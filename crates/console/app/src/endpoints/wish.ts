// What is wished of an endpoint, and the username that says so (the grammar of the proxy entry).

import { randomWord } from '../accounts/lines'

export interface Wish {
  account: string | null
  country: string | null
  state: string | null
  city: string | null
  sticky: boolean
  session: string
  /** Minutes; 0: until it was idle for ten. */
  life: number
  strict: boolean
  count: number
}

export const fresh = (account: string | null): Wish => ({ account, country: null, state: null, city: null, sticky: false, session: randomWord(8), life: 10, strict: false, count: 1 })

/** Place names compare without case, accents, blanks and punctuation; what the grammar uses itself is left out. */
export function folded(name: string): string {
  return name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[^\p{L}\p{N}]/gu, '')
}

/** `_key-value` for each wish; `session` replaces the wish's own, for several lines. */
export function wishesOf(wish: Wish, session = wish.session): string {
  const parts: string[] = []
  if (wish.country) parts.push(`area-${wish.country}`)
  if (wish.country && wish.state) parts.push(`state-${folded(wish.state)}`)
  if (wish.country && wish.city) parts.push(`city-${folded(wish.city)}`)
  if (wish.sticky) {
    parts.push(`session-${session}`)
    if (wish.life > 0) parts.push(`life-${wish.life}`)
    if (wish.strict) parts.push('mode-strict')
  }
  return parts.map((part) => `_${part}`).join('')
}

/** One session a line: the wish's own first, then numbered ones. */
export function sessionsOf(wish: Wish): string[] {
  return Array.from({ length: wish.sticky ? Math.max(1, wish.count) : 1 }, (_, i) => (i === 0 ? wish.session : `${wish.session}${i + 1}`))
}
