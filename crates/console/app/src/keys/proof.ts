// What the server says of the code that a change asks for.

import { ApiError } from '../api/client'

export type Way = 'email' | 'totp'

/** 286: a code is due, and was sent where it can be; 287: it was wrong. */
export const isAboutCode = (error: unknown): error is ApiError => error instanceof ApiError && (error.code === 286 || error.code === 287)

/** The first way that the server says this customer has. */
export const firstWay = (error: ApiError): Way => ((error.data as { methods?: string[] } | null)?.methods?.[0] === 'totp' ? 'totp' : 'email')
