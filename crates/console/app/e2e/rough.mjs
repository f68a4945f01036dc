// What a bad line does: prices that come late, answers that never come, a server that is away; and many open pages at
// once. `page` belongs to a customer with balance.

import { axe, fail, until } from './kit.mjs'

const button = (name, within) => within.getByRole('button', { name, exact: true })

async function form(page, base) {
  await page.goto(`${base}/shop`)
  await page.getByRole('button', { name: 'Buy Residential 20 GB', exact: true }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByTestId('pay-fee').waitFor()
  await until('the price', () => button('Pay now', drawer).isEnabled())
  return drawer
}

/** Nothing can be paid while the price on the page is another input's. */
async function latePrice(page, base) {
  const drawer = await form(page, base)
  const price = drawer.getByTestId('pay-fee')
  const before = await price.textContent()
  let free
  const held = new Promise((go) => { free = go })
  await page.route('**/web_v1/order/check*', async (route) => { await held; await route.continue() })
  await drawer.getByLabel('How many').fill('3')
  await drawer.getByLabel('How many').blur()
  if (await button('Pay now', drawer).isEnabled()) fail('an old price can be paid')
  if ((await price.textContent()) !== before) fail('a price came out of nowhere')
  free()
  await until('the new price', async () => (await price.textContent()) !== before && (await button('Pay now', drawer).isEnabled()))
  await page.unroute('**/web_v1/order/check*')
}

/** A number is typed over through an empty field; meanwhile nothing can be paid. */
async function typedOver(page, base) {
  const drawer = await form(page, base)
  const many = drawer.getByLabel('How many')
  await many.fill('20')
  for (const key of ['End', 'Backspace', 'Backspace']) await many.press(key)
  if ((await many.inputValue()) !== '' || (await button('Pay now', drawer).isEnabled())) fail('an empty number is a number')
  await many.press('3')
  if ((await many.inputValue()) !== '3') fail(`3 was typed, ${await many.inputValue()} is shown`)
  await until('the price of three', () => button('Pay now', drawer).isEnabled())
}

/** A sum is what was typed, to the cent; what is no sum is told, and nothing can be paid. */
async function sums(page, base) {
  await page.goto(`${base}/shop?type=3`)
  await page.getByRole('button', { name: /^Top up/ }).first().click()
  const drawer = page.getByRole('dialog')
  const sum = drawer.getByLabel(/^Amount/)
  const pay = () => button('Order and pay', drawer).isEnabled()
  for (const [text, price] of [['12.50', '12.50'], ['100.00', '100.00'], ['99.90', '99.90']]) {
    await sum.fill('')
    await sum.pressSequentially(text)
    await until(`the price of ${text}`, async () => (await pay()) && (await drawer.getByTestId('pay-fee').textContent())?.endsWith(price))
  }
  await sum.fill('')
  await sum.pressSequentially('12,50')
  await drawer.getByText('A number, such as 12.50').waitFor()
  if (await pay()) fail('a sum that can’t be read can be paid')
  const found = await axe(page, 'a sum that can’t be read')
  await page.keyboard.press('Escape')
  return found
}

/** An order whose answer is lost is made once, however often one tries; the next one is another. */
async function lostAnswer(page, base) {
  const drawer = await form(page, base)
  const orders = () => page.evaluate(async () => (await (await fetch('/web_v1/order/list?page_size=1')).json()).data.pagination.total)
  const before = await orders()
  await page.route('**/web_v1/order/create*', async (route) => { await route.fetch(); await route.abort() }, { times: 1 })
  await button('Pay now', drawer).click()
  await drawer.getByText(/The server cannot be reached/).waitFor()
  await button('Pay now', drawer).click()
  await page.getByText('Bought; it is active now').waitFor()
  const made = (await orders()) - before
  if (made !== 1) fail(`${made} orders were made of one intention`)
}

/** A purchase without a network fails at once, and is not made later, when nobody waits for it any more. */
async function offline(page, base) {
  const drawer = await form(page, base)
  const orders = () => page.evaluate(async () => (await (await fetch('/web_v1/order/list?page_size=1')).json()).data.pagination.total)
  const before = await orders()
  await page.context().setOffline(true)
  await button('Pay now', drawer).click()
  await drawer.getByText(/The server cannot be reached/).waitFor()
  await page.keyboard.press('Escape')
  await page.context().setOffline(false)
  // Whatever waited for the network goes before what is asked now.
  await page.goto(`${base}/orders`)
  await page.getByRole('heading', { name: 'Orders' }).waitFor()
  if ((await orders()) !== before) fail('an order was made once the network was back')
}

/** More pages than a browser opens connections to a host: each is drawn, and each has live figures. */
async function manyPages(page, base) {
  const pages = []
  for (let n = 0; n < 9; n += 1) {
    const one = await page.context().newPage()
    pages.push(one)
    await one.goto(base)
    await one.getByText('Live').first().waitFor()
    await until('live figures', async () => !(await one.locator('.nums').allTextContents()).includes('…'))
  }
  for (const one of pages) await one.close()
}

/** The server away: the page says so, and that it is back. */
async function away(page, base) {
  await page.goto(base)
  await page.getByText('Live').first().waitFor()
  await page.route('**/web_v1/live', (route) => route.abort())
  await page.reload()
  await page.getByText(/The server cannot be reached since/).waitFor()
  await page.getByText(/^as of /).first().waitFor()
  await page.unroute('**/web_v1/live')
  await page.getByText(/The server cannot be reached since/).waitFor({ state: 'detached' })
  await page.getByText('Live').first().waitFor()
}

/** An account that is no more: the generator says so. */
async function lostAccount(page, base) {
  await page.goto(`${base}/generator?account=nosuch`)
  await page.getByText('There is no account nosuch').waitFor()
}

/** On a phone the closed menu can't be reached; open, Escape closes it and leads back to its button. */
async function menu(page, base) {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${base}/usage`)
  await page.getByRole('button', { name: 'My account' }).focus()
  await page.keyboard.press('Tab')
  if (await page.evaluate(() => document.activeElement?.closest('nav') !== null)) fail('a link of the closed menu has the focus')
  await button('Menu', page).click()
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Overview' }).waitFor({ state: 'hidden' })
  if (!(await button('Menu', page).evaluate((one) => one === document.activeElement))) fail('the focus is lost when the menu closes')
  await page.setViewportSize({ width: 1440, height: 900 })
}

export async function rough(page, base, step) {
  await latePrice(page, base)
  await typedOver(page, base)
  const found = await sums(page, base)
  await lostAnswer(page, base)
  await offline(page, base)
  step('paid no stale price, nothing twice, and nothing late')
  await lostAccount(page, base)
  await menu(page, base)
  await manyPages(page, base)
  step('had nine pages open at once')
  await away(page, base)
  step('was told while the server was away')
  return found
}
