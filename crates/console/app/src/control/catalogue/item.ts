// A product as the catalogue file has it.

export interface Pair { zh: string; en: string }
export interface Prices { cny?: string; usd?: string; hkd?: string }
export interface Choice { value: number; price: Prices }

export interface Item {
  code: string
  type: number
  title: Pair
  show_type: number
  withdrawn?: boolean
  stock: number
  gb: number
  gift_gb: number
  count: number
  days: number
  extensions: number[]
  extension_basis_points: number
  renews?: number
  subtitle: Pair
  detail: Pair
  tip1: Pair
  tip2: Pair
  introduce: Pair[]
  price: Prices
  original_price: Prices
  balance_gift: Prices
  bandwidth?: Choice[]
  concurrency?: Choice[]
  duration?: Choice[]
}

const empty: Pair = { zh: '', en: '' }

export const blank: Item = {
  code: '', type: 9, title: empty, show_type: 1, stock: 0, gb: 10, gift_gb: 0, count: 0, days: 30, extensions: [], extension_basis_points: 0,
  subtitle: empty, detail: empty, tip1: empty, tip2: empty, introduce: [], price: {}, original_price: {}, balance_gift: {},
}

/** Whether it can be sold for a currency, as the server has it. */
export function sellsFor(item: Item, currency: string): boolean {
  const has = (prices: Prices) => Boolean(prices[currency.toLowerCase() as keyof Prices])
  if (item.type === 3 || item.type === 26) return true
  if (item.type === 11) return [item.bandwidth, item.concurrency, item.duration].every((list) => (list ?? []).every((choice) => has(choice.price)))
  return has(item.price)
}
