// Accounts as other programs take them.

import type { Answer } from '../api/client'

type Entry = Answer<'entry'>

/** What a client sends as its username: the brand's prefix, the name, and what it wishes. */
export function userOf(entry: Entry, name: string, wishes = ''): string {
  return `${entry.account_prefix ? `${entry.account_prefix}-` : ''}${name}${wishes}`
}

/** A password as it is shown: who looks at another's account gets none from the server. */
export const shown = (password: string) => password || '••••••••'

/** `host:port:user:pass`. */
export function lineOf(entry: Entry, account: { username: string; password: string }): string {
  return `${entry.host}:${entry.port}:${userOf(entry, account.username)}:${shown(account.password)}`
}

/** Letters and digits that are easily told apart, from the browser's own random source. */
export function randomWord(length: number): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from(crypto.getRandomValues(new Uint32Array(length)), (n) => letters[n % letters.length]).join('')
}

/** The pairs in what somebody pasted: `user:pass` or `user pass`, one a line or separated by commas. */
export function pairsIn(text: string): string[] {
  return text.split(/[\n,;]+/).map((line) => line.trim().replace(/\s+/g, ':').replace(/:+/g, ':')).filter(Boolean)
}
