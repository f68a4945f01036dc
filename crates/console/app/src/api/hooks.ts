// Reads and writes as hooks: a read is kept and shared by its path and query, a write forgets the reads it changes.

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Answer, ApiError, type Given, type Sent, get, post } from './client'

type Reading = Parameters<typeof get>[0]
type Writing = Parameters<typeof post>[0]

export function useRead<S extends Reading>(path: S, query?: Parameters<typeof get<S>>[1], options?: { enabled?: boolean; refetchInterval?: number }) {
  return useQuery<Answer<S>, ApiError>({
    queryKey: [path, query ?? {}],
    queryFn: () => get(path, query),
    placeholderData: keepPreviousData,
    ...options,
  })
}

/** A write; `changes` names the paths whose kept answers are no longer true. */
export function useWrite<S extends Writing>(path: S, changes: readonly Reading[] = []) {
  const client = useQueryClient()
  return useMutation<Given<S>, ApiError, Sent<S>>({
    mutationFn: (body) => post(path, body),
    // Not awaited: what the caller does with the answer comes first, even where fresh reads will take his place on the page.
    onSuccess: () => {
      for (const changed of changes) void client.invalidateQueries({ queryKey: [changed] })
    },
  })
}
