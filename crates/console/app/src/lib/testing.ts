// What tests outside a browser lack of one.

const kept = new Map<string, string>()
Object.assign(globalThis, {
  localStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) },
})
if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { language: 'en-GB' } })
