// Numbers, units and dates as the reader's locale writes them.

import { lang, locale, say, texts } from './lang'

const KB_STEPS = ['KB', 'MB', 'GB', 'TB', 'PB'] as const

/** KB as the API counts them (1 KB = 1,024 bytes), in the unit that reads best. */
export function size(kb: number): string {
  let value = kb
  let step = 0
  while (Math.abs(value) >= 1024 && step < KB_STEPS.length - 1) {
    value /= 1024
    step += 1
  }
  const digits = value >= 100 || step === 0 ? 0 : value >= 10 ? 1 : 2
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)} ${KB_STEPS[step]}`
}

export const number = (value: number) => new Intl.NumberFormat(locale()).format(value)

/** So many days, as the language says one or many. */
export const days = (n: number) => new Intl.NumberFormat(locale(), { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(n)

export const percent = (share: number) =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }).format(share)

/** Dollars say whose they are; ¥ is the yuan here. */
export function money(value: number, currency: string) {
  const currencyDisplay = currency === 'CNY' ? 'narrowSymbol' : 'symbol'
  return new Intl.NumberFormat(locale(), { style: 'currency', currency, currencyDisplay }).format(value)
}

/** A time of the API (`YYYY-MM-DD HH:MM:SS`, the site's zone) as the reader writes it; the zone stays the site's. */
export function when(text: string | null | undefined): string {
  const date = parse(text)
  if (!date) return '–'
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(date)
}

export function day(text: string | null | undefined): string {
  const date = parse(text)
  if (!date) return '–'
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(date)
}

export function shortDay(text: string): string {
  const date = parse(text)
  if (!date) return text
  return new Intl.DateTimeFormat(locale(), { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(date)
}

/** `2026-11` as the reader writes a month. */
export function month(text: string): string {
  const date = parse(`${text}-01`)
  if (!date) return text
  return new Intl.DateTimeFormat(locale(), { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(date)
}

/** The reader's own clock at a time in ms: `14:05:09`. */
export const moment = (ms: number) => new Intl.DateTimeFormat(locale(), { timeStyle: 'medium' }).format(ms)

/** The wall clock of a zone as `YYYY-MM-DD HH:MM:SS`. */
export function wall(date: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(date)
  return parts.replace('T', ' ')
}

/** Whole days between now in the site's zone and a time of the API; negative once it has passed. */
export function daysUntil(text: string, zone: string): number {
  const then = parse(text)
  const now = parse(wall(new Date(), zone))
  return then && now ? Math.ceil((then.getTime() - now.getTime()) / 86_400_000) : 0
}

/** Seconds between two times of the API. */
export function secondsBetween(from: string, to: string): number {
  const [begun, over] = [parse(from), parse(to)]
  return begun && over ? (over.getTime() - begun.getTime()) / 1_000 : 0
}

const span = texts({ hours: ['{n} 小时', '{n} h'], minutes: ['{n} 分', '{n} min'], seconds: ['{n} 秒', '{n} s'] })

/** What is left of a time, in its two largest units: `1 h 5 min`, `4 分 10 秒`. */
export function left(seconds: number): string {
  const whole = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60] as const
  const [hours, minutes, rest] = [say(span.hours, { n: whole[0] }), say(span.minutes, { n: whole[1] }), say(span.seconds, { n: whole[2] })]
  if (whole[0] > 0) return `${hours} ${minutes}`
  return whole[1] > 0 ? `${minutes} ${rest}` : rest
}

function parse(text: string | null | undefined): Date | undefined {
  const fit = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?/.exec(text ?? '')
  if (!fit) return undefined
  const [, y, mo, d, h, mi, s] = fit
  return new Date(Date.UTC(+y!, +mo! - 1, +d!, +(h ?? 0), +(mi ?? 0), +(s ?? 0)))
}

export interface CountryName { country_code: string; name_zh_cn: string; name_en: string }

const own = new Map<string, CountryName>()

/** Countries that the brand calls otherwise than the browser does. */
export function callCountries(names: CountryName[]): void {
  own.clear()
  names.forEach((name) => own.set(name.country_code, name))
}

/** A country's name in the reader's language, from its ISO code: the brand's own, else the browser's. */
export function country(code: string): string {
  if (!/^[A-Za-z]{2}$/.test(code)) return code
  const named = own.get(code.toUpperCase())
  if (named) return lang() === 'zh' ? named.name_zh_cn : named.name_en
  try {
    return new Intl.DisplayNames([lang() === 'zh' ? 'zh-Hans' : 'en'], { type: 'region' }).of(code.toUpperCase()) ?? code
  } catch {
    return code
  }
}
