// The operators' door as calls and hooks. Every command is a POST of JSON to /operator_v1/NOUN/VERB; who may run it the
// server decides, `may` only keeps buttons away that it would refuse.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, type Failure } from '../api/client'
import { once } from '../api/intent'
import { lang, texts } from '../lib/lang'

const t = texts({
  away: ['无法连接服务器，请检查网络后重试', 'The server cannot be reached; check the network and try again'],
  odd: ['服务器的回答无法读取', 'The server’s answer could not be read'],
})

export type Role = 'owner' | 'finance' | 'support' | 'network' | 'read-only'
export const ROLES: Role[] = ['owner', 'finance', 'support', 'network', 'read-only']

/** What somebody else saved since it was looked at. */
export const STALE = 409

export interface Me { id: number; email: string; role: Role; created_at: string }
export interface Listed<T> { list: T[]; total: number }

/** A request to the operators' door. */
export async function door<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { 'X-Turnpike-Console': '1', Language: lang(), Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const url = `/operator_v1/${path}`
  const text = body === undefined ? undefined : JSON.stringify(body)
  return once(url, text, (key) => {
    if (key) headers['Idempotency-Key'] = key
    return sent<T>(url, { method, headers, body: text, credentials: 'same-origin' })
  })
}

async function sent<T>(url: string, request: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(url, request)
  } catch {
    throw new ApiError({ code: 0, message: t.away })
  }
  const told = (await answer.json().catch(() => undefined)) as { data?: T; error?: Failure } | undefined
  if (told?.error) throw new ApiError({ ...told.error, code: told.error.code ?? (answer.status === 401 ? 3 : answer.status) })
  if (!told || !answer.ok) throw new ApiError({ code: answer.status, message: t.odd })
  return told.data as T
}

/** What a command that only reads gives; kept and shared by its input. */
export function useAsk<T>(path: string, input: object = {}, options?: { enabled?: boolean; refetchInterval?: number; refetchOnWindowFocus?: boolean }) {
  return useQuery<T, ApiError>({
    queryKey: ['control', path, input],
    queryFn: () => door<T>('POST', path, defined(input)),
    placeholderData: keepPreviousData,
    ...options,
  })
}

/** A command that changes something; `changes` are the reads (or their nouns) that are no longer true. */
export function useTell<I extends object, T = unknown>(path: string, changes: readonly string[] = []) {
  const client = useQueryClient()
  return useMutation<T, ApiError, I>({
    mutationFn: (input) => door<T>('POST', path, defined(input)),
    onSuccess: async () => {
      const gone = (key: readonly unknown[]) => key[0] === 'control' && changes.some((c) => String(key[1]).startsWith(c))
      await client.invalidateQueries({ predicate: (query) => gone(query.queryKey) })
    },
  })
}

/** What is private: each look stands in the audit, so it is not taken anew whenever the window comes to the front. */
export const LOOK = { refetchOnWindowFocus: false } as const

export const useMe = () => useQuery<Me, ApiError>({ queryKey: ['control', 'me'], queryFn: () => door<Me>('GET', 'me'), staleTime: 60_000 })

function defined(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, v]) => v !== undefined && v !== '' && v !== null))
}

const KEEPERS: Record<string, Role> = {
  'customer/credit': 'finance', 'usage/trace': 'network',
  customer: 'support', package: 'support', account: 'support', article: 'support', exit: 'network', 'static-ip': 'network', rule: 'network', order: 'finance',
  payment: 'finance', 'payment-method': 'finance', coupon: 'finance', product: 'finance', ledger: 'finance', invoice: 'finance',
}

/** Whose a command is, beside the owner's. */
export const keepersOf = (command: string): Role[] => ROLES.filter((role) => may(role, command))

/** Whether a role may run a command that changes something, or reads what is closed. */
export function may(role: Role | undefined, command: string): boolean {
  if (role === 'owner') return true
  // Whoever has a customer's key is the customer.
  if (command === 'customer/key') return false
  return role !== undefined && (KEEPERS[command] ?? KEEPERS[command.split('/')[0]!]) === role
}

export function useMay() {
  const me = useMe()
  return (command: string) => may(me.data?.role, command)
}
