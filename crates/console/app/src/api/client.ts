// The API as typed calls. Answers come in an envelope; a failure becomes an `ApiError` with the server's own sentence.
// The login is a cookie that scripts can't read. What moves money is done once (`intent.ts`).

import { lang, texts } from '../lib/lang'
import { once } from './intent'
import type { paths } from './schema'

const t = texts({
  away: ['无法连接服务器，请检查网络后重试', 'The server cannot be reached; check the network and try again'],
  odd: ['服务器的回答无法读取', 'The server’s answer could not be read'],
})

type Json<O> = O extends { responses: { 200: { content: { 'application/json': infer A } } } } ? A : never
type Data<O> = Extract<Json<O>, { code: 200 }> extends { data: infer D } ? D : never
type Query<O> = O extends { parameters: { query: infer Q } } ? Q : O extends { parameters: { query?: infer Q } } ? Q : never
type Body<O> = O extends { requestBody?: { content: { 'application/json': infer B } } } ? B : Record<string, never>
type Short<P> = P extends `/gateway/${infer R}` ? R : P extends `/web_v1/${infer R}` ? R : never
type Full<S extends string> = `/gateway/${S}` extends keyof paths ? paths[`/gateway/${S}`] : `/web_v1/${S}` extends keyof paths ? paths[`/web_v1/${S}`] : never
type Reading = { [P in keyof paths]: paths[P] extends { get: object } ? Short<P> : never }[keyof paths]
type Writing = { [P in keyof paths]: paths[P] extends { post: object } ? Short<P> : never }[keyof paths]
type Get<S extends string> = Full<S> extends { get: infer O } ? O : never
type Post<S extends string> = Full<S> extends { post: infer O } ? O : never

/** What the API answers to a read or a write of this path. */
export type Answer<S extends Reading> = Data<Get<S>>
export type Row<S extends Reading> = Answer<S> extends { list: (infer R)[] } ? R : Answer<S> extends (infer R)[] ? R : never
export type Sent<S extends Writing> = Body<Post<S>>
export type Given<S extends Writing> = Data<Post<S>>

export interface Failure {
  code: number
  message: string
  errors?: Record<string, string[]>
  data?: unknown
}

export class ApiError extends Error {
  readonly code: number
  readonly fields: Record<string, string>
  /** The same one by one: a file may have many faults. */
  readonly reasons: Record<string, string[]>
  readonly data: unknown
  constructor(failure: Failure) {
    super(failure.message)
    this.code = failure.code
    this.data = failure.data
    this.reasons = failure.errors ?? {}
    this.fields = Object.fromEntries(Object.entries(failure.errors ?? {}).map(([k, v]) => [k, v.join('; ')]))
  }
}

/** Code 3: the login is missing or has ended. */
export const isLoggedOut = (error: unknown) => error instanceof ApiError && error.code === 3

const OWN = { 'X-Turnpike-Console': '1' }

/** A request to any door, `/web_v1/...` or `/operator_v1/...`; gives the envelope's data. */
export async function ask<T>(method: 'GET' | 'POST', url: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { ...OWN, Language: lang(), Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
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
  const envelope = (await answer.json().catch(() => undefined)) as (Failure & { data: T }) | undefined
  if (!envelope || typeof envelope.code !== 'number') throw new ApiError({ code: answer.status, message: t.odd })
  if (envelope.code !== 200) throw new ApiError(envelope)
  return envelope.data
}

/** `?a=1&b=2` of what is defined. */
export function queryOf(values: object | undefined): string {
  const pairs = Object.entries(values ?? {}).filter(([, v]) => v !== undefined && v !== null && v !== '')
  return pairs.length ? `?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)]))}` : ''
}

/** The address of a read in the console's door, for links that download. */
export function urlOf<S extends Reading>(path: S, query?: Query<Get<S>>): string {
  return `/web_v1/${path}${queryOf({ ...(query as object), language: lang() })}`
}

export function get<S extends Reading>(path: S, query?: Query<Get<S>>): Promise<Answer<S>> {
  return ask('GET', `/web_v1/${path}${queryOf(query as object)}`)
}

export function post<S extends Writing>(path: S, body: Sent<S>): Promise<Given<S>> {
  return ask('POST', `/web_v1/${path}`, body)
}
