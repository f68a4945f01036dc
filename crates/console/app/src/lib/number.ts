// What somebody typed, as a number; what it can't be read as is told, never guessed at.

import { say, texts } from './lang'

const t = texts({
  whole: ['只能填整数', 'Whole numbers only'],
  places: ['最多 {n} 位小数', 'At most {n} decimals'],
  odd: ['请填写数字，如 {like}', 'A number, such as {like}'],
  range: ['{min} 至 {max}', '{min} to {max}'],
  least: ['至少 {min}', 'At least {min}'],
  blank: ['请填写数字', 'A number is needed'],
})

export interface Limits {
  min: number
  max?: number
  /** How many decimals it may have. */
  places?: number
}

export interface Typed { value?: number; fault?: string }

/** Chinese input methods type wide digits and points, which are the same. */
export const narrow = (text: string) => text.normalize('NFKC').replace('。', '.').trim()

export function typed(text: string, { min, max, places = 0 }: Limits): Typed {
  const plain = narrow(text)
  if (plain === '') return { fault: t.blank }
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(plain)) return { fault: say(t.odd, { like: places > 0 ? '12.50' : '12' }) }
  const decimals = plain.split('.')[1]
  if (places === 0 && decimals !== undefined) return { fault: t.whole }
  if ((decimals?.length ?? 0) > places) return { fault: say(t.places, { n: places }) }
  const value = Number(plain)
  if (value < min || value > (max ?? Number.MAX_SAFE_INTEGER)) return { fault: max === undefined ? say(t.least, { min }) : say(t.range, { min, max }) }
  return { value }
}

/** One more or one less, within the limits; the decimals stay. */
export function stepped(value: number, by: 1 | -1, { min, max = Number.MAX_SAFE_INTEGER, places = 0 }: Limits): number {
  const next = Number((value + by).toFixed(places))
  return Math.min(max, Math.max(min, next))
}
