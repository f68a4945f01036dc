// Every screen of an account, in both languages and themes, wide and on a phone.

import { readFileSync } from 'node:fs'
import { look, window } from './kit.mjs'

export const SCREENS = JSON.parse(readFileSync(new URL('../screens.json', import.meta.url), 'utf8'))

const WAYS = [
  { lang: 'en', scheme: 'light', width: 1440 },
  { lang: 'zh', scheme: 'dark', width: 1440 },
  { lang: 'en', scheme: 'dark', width: 390 },
  { lang: 'zh', scheme: 'light', width: 390 },
]

/** Goes through addresses with a login; gives what is wrong. `fill` puts values in place of `$names`. */
export async function looks(browser, base, screens, cookies, fill, problems) {
  const found = []
  for (const way of WAYS) {
    const { context, page } = await window(browser, { ...way, cookies }, problems)
    for (const screen of screens) {
      const path = screen.replace(/\$(\w+)/g, (_, name) => fill[name] ?? name)
      found.push(...(await look(page, base + path, `${screen} ${way.lang} ${way.scheme} ${way.width}`)))
    }
    await context.close()
  }
  return found
}
