// The reader's language: what the reader chose, else what the browser asks for. Texts stand beside their screens as
// [Chinese, English] pairs; the whole tree is drawn anew when the language changes.

export type Lang = 'zh' | 'en'
export type Pair = readonly [zh: string, en: string]

const KEY = 'turnpike.lang'

function first(): Lang {
  const kept = localStorage.getItem(KEY)
  if (kept === 'zh' || kept === 'en') return kept
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

let now: Lang = first()
const listeners = new Set<() => void>()

export const lang = () => now
export const locale = () => (now === 'zh' ? 'zh-CN' : 'en-GB')

export function setLang(next: Lang) {
  now = next
  localStorage.setItem(KEY, next)
  for (const tell of listeners) tell()
}

export function onLang(tell: () => void) {
  listeners.add(tell)
  return () => void listeners.delete(tell)
}

/** Every text of every screen, for the test that none is missing. */
export const allTexts: Record<string, Pair>[] = []

/** Texts of a screen: `t.title` is the text in the reader's language of that moment. */
export function texts<T extends Record<string, Pair>>(pairs: T): { readonly [K in keyof T]: string } {
  allTexts.push(pairs)
  const out = {} as Record<string, string>
  for (const key of Object.keys(pairs)) {
    Object.defineProperty(out, key, { enumerable: true, get: () => pairs[key]![now === 'zh' ? 0 : 1] })
  }
  return out as { readonly [K in keyof T]: string }
}

/** One of two names that the API gives, by language. */
export const either = (zh: string, en: string) => (now === 'zh' ? zh || en : en || zh)

/** `{name}` in a text becomes its value. */
export function say(text: string, values: Record<string, string | number>) {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
