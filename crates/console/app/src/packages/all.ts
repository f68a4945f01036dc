// All packages of the customer: what is spent first may be the oldest of them, so the newest page is not enough.

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ApiError, type Row, get } from '../api/client'

export type Package = Row<'user-product/list'>

const SIZE = 200
/** Beyond so many pages the oldest are left out. */
const PAGES = 25

async function all(status?: 1 | 2 | 3): Promise<Package[]> {
  const found: Package[] = []
  for (let page = 1; page <= PAGES; page += 1) {
    const { list, total_page } = await get('user-product/list', { page, size: SIZE, status })
    found.push(...list)
    if (page >= total_page) break
  }
  return inOrder(found)
}

/** Active ones first, the one that ends first at the top: it is spent first. Of the others the one that ended last. */
export function inOrder<P extends { id: number; status: number; expired_at: string }>(packages: P[]): P[] {
  const active = (p: P) => p.status === 1
  const byEnd = (a: P, b: P) => a.expired_at.localeCompare(b.expired_at) || a.id - b.id
  return [...packages].sort((a, b) => (active(a) === active(b) ? (active(a) ? byEnd(a, b) : byEnd(b, a)) : active(a) ? -1 : 1))
}

/** Those in a state, or all of them: what nobody looks at is not fetched. */
export const usePackages = (status?: 1 | 2 | 3) =>
  useQuery<Package[], ApiError>({ queryKey: ['user-product/list', 'all', status ?? 0], queryFn: () => all(status), placeholderData: keepPreviousData, refetchInterval: 10_000 })
