// The console by the keyboard alone: dialogs take the focus in, Escape closes them, and the focus is back where it was.

import { fail, until } from './kit.mjs'

const within = (page) => page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)

/** Opens a dialog with a button, or with an entry of the button's menu, and leaves it with Escape. */
export async function openAndLeave(page, button, entry) {
  const dialog = page.getByRole('dialog')
  // One that was closed just now may still fade.
  await dialog.waitFor({ state: 'detached' })
  const name = (await button.getAttribute('aria-label')) ?? (await button.innerText())
  await button.focus()
  await page.keyboard.press('Enter')
  if (entry) {
    await page.getByRole('menuitem', { name: entry }).focus()
    await page.keyboard.press('Enter')
  }
  await dialog.waitFor()
  await until(`${name}: the focus in the dialog`, () => within(page))
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await until(`${name}: the focus on it again`, () => button.evaluate((it) => it === document.activeElement), 10_000)
}

/** Goes through a screen with Tab: whatever gets the focus is seen, and has a ring or a border of its own. */
export async function tabThrough(page, name) {
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  const seen = new Set()
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const it = document.activeElement
      if (!it || it === document.body) return undefined
      const { width, height, right, left } = it.getBoundingClientRect()
      const style = getComputedStyle(it)
      const ringed = style.outlineStyle !== 'none' && style.outlineWidth !== '0px'
      // A switch or a radio button is the hidden input of what is drawn beside it; a field shows its border.
      const field = it.matches('input, textarea, select')
      const shown = style.visibility !== 'hidden' && width > 0 && height > 0 && right > 0 && left < window.innerWidth
      return { what: it.outerHTML.slice(0, 120), fine: shown && (ringed || field) || field }
    })
    if (!at) return seen.size
    if (seen.has(at.what) && presses > 150) return seen.size
    seen.add(at.what)
    if (!at.fine) fail(`${name}: the focus is not seen at ${at.what}`)
  }
  return seen.size
}
