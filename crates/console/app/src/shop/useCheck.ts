// What an order would cost, asked for as one types; the last answer stays until the next one is there.

import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ApiError, type Given, type Sent, post } from '../api/client'

export type OrderRequest = Sent<'order/create'>
export type Checked = Given<'order/check'>

export function useCheck(request: OrderRequest | undefined) {
  const key = request ? JSON.stringify(request) : ''
  const [asked] = useDebouncedValue(key, 200)
  const query = useQuery<Checked, ApiError>({
    queryKey: ['order/check', asked],
    queryFn: () => post('order/check', JSON.parse(asked) as OrderRequest),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
    staleTime: 2_000,
  })
  const isStale = asked !== key || query.isFetching
  // Nothing is bought at a price that the reader doesn't see.
  return { ...query, isStale, isTrue: query.isSuccess && !query.isPlaceholderData && !isStale }
}
