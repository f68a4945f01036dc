// Every screen of an account and every tab on it, in both languages and themes, wide and on a phone: all eight ways.

import { readFileSync } from 'node:fs'
import { look, settled, window } from './kit.mjs'

export const SCREENS = JSON.parse(readFileSync(new URL('../screens.json', import.meta.url), 'utf8'))

const LANGS = ['en', 'zh']
// Neighbours differ in one thing, so that each is drawn anew in place.
const VIEWS = [['light', 1440], ['light', 390], ['dark', 390], ['dark', 1440]]

/** Goes through addresses with a login; gives what is wrong. `fill` puts values in place of `$names`. */
export async function looks(browser, base, screens, cookies, fill, problems) {
  const found = []
  for (const lang of LANGS) {
    const { context, page } = await window(browser, { lang, cookies }, problems)
    for (const screen of screens) {
      await page.goto(base + screen.replace(/\$(\w+)/g, (_, name) => fill[name] ?? name))
      await settled(page)
      const tabs = page.getByRole('tablist').first().getByRole('tab')
      const count = await tabs.count()
      for (let tab = 0; tab < Math.max(1, count); tab += 1) {
        if (tab > 0) await tabs.nth(tab).click()
        const name = tab > 0 ? `${screen} tab ${tab + 1}` : screen
        for (const [scheme, width] of VIEWS) {
          await page.emulateMedia({ colorScheme: scheme })
          // The page follows by itself, a moment later: what is half way between two themes has no contrast.
          await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme)
          await page.setViewportSize({ width, height: width < 500 ? 844 : 900 })
          found.push(...(await look(page, `${name} ${lang} ${scheme} ${width}`)))
        }
      }
    }
    await context.close()
  }
  return found
}
