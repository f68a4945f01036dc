// An operator's day in a real browser: logs in, adds a customer and verifies his name, adds an exit and sees traffic leave
// through it, drains it, pays an order back, sees as a customer, opens a second brand. Then every screen is looked at.
//
// CONSOLE_E2E is JSON: {"api", "echo", "proxy", "account": {username, password}, "operator": {email, password}}.

import { openAndLeave } from './keys.mjs'
import { PATIENCE, axe, fail, launch, pull, until, window } from './kit.mjs'
import { SCREENS, looks } from './looks.mjs'

const told = JSON.parse(process.env.CONSOLE_E2E ?? '{}')
const BRAND = 'second.example'
const port = new URL(told.api).port
const problems = []
const seen = []
const browser = await launch(`--host-resolver-rules=MAP ${BRAND} 127.0.0.1`)
const { context, page } = await window(browser, {}, problems)
const step = (text) => console.log(`- ${text}`)
const button = (name, within = page) => within.getByRole('button', { name, exact: true })
const heading = (name, within = page) => within.getByRole('heading', { name, level: 1 })
const dialog = () => page.getByRole('dialog')

async function go(path, title) {
  await page.goto(`${told.api}/control${path}`)
  await heading(title).waitFor()
}

async function logIn() {
  await page.goto(`${told.api}/control/exits`)
  await heading('Control room').waitFor()
  seen.push(...(await axe(page, 'operator log in')))
  await page.getByLabel('Email').fill(told.operator.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(told.operator.password)
  await button('Log in').click()
  await heading('Exits').waitFor()
  step('logged in, and came where the address led')
  await go('', 'Dashboard')
  step('came to the dashboard')
}

/** What a customer's program does. */
async function customer(path, body, token) {
  const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
  const answer = await (await fetch(`${told.api}/web_v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  return answer.code === 200 ? answer.data : fail(`${path}: ${JSON.stringify(answer)}`)
}

async function verify() {
  const [email, password] = ['named@example.com', 'correct horse battery']
  await go('/customers', 'Customers')
  await button('Add a customer').click()
  await dialog().getByLabel('Email').fill(email)
  await dialog().getByRole('textbox', { name: /^Password/ }).fill(password)
  await button('Add a customer', dialog()).click()
  await page.getByRole('cell', { name: email }).waitFor()
  const { access_token } = await customer('user/login', { account: email, password })
  await customer('user/submit-real-name', { name: 'Ada Lovelace', country: 'GB', document_type: 'passport', document_number: 'P1234567' }, access_token)
  await page.getByRole('link', { name: /^Real names/ }).click()
  await page.getByText('Ada Lovelace').waitFor()
  await page.getByText('P1234567').waitFor()
  await button('Pass').click()
  seen.push(...(await axe(page, 'a question')))
  await button('Pass', dialog()).click()
  await page.getByText('Nothing waits').waitFor()
  await go('/customers', 'Customers')
  await page.getByRole('searchbox').fill('named@')
  await page.getByRole('row', { name: /named@example\.com.*Verified/ }).waitFor()
  step('verified a customer')
}

const row = () => page.getByRole('row', { name: /127\.0\.0\.233/ })

async function exit() {
  await go('/exits', 'Exits')
  await button('Add an exit').click()
  await dialog().getByLabel('How it is reached').fill('127.0.0.233')
  await dialog().getByLabel('Country').fill('New Zealand')
  await dialog().getByLabel('City').fill('Auckland')
  seen.push(...(await axe(page, 'add an exit')))
  await button('Add', dialog()).click()
  await row().getByText('Serves').waitFor()
  await page.getByRole('button', { name: /^New Zealand: 1 exits, 1 serve/ }).waitFor()
  const send = () => pull(told.proxy, `${told.account.username}_area-NZ`, told.account.password, told.echo)
  await until('traffic through the new exit', () => send().catch(() => undefined))
  for (let i = 0; i < 10; i += 1) await send()
  await row().getByText('100%').waitFor()
  step('added an exit, and saw it carry traffic without a reload')
  await button('What to do: 127.0.0.233').click()
  await page.getByRole('menuitem', { name: 'Drain' }).click()
  await dialog().getByLabel('Reason').fill('the line is renewed')
  await button('Drain', dialog()).click()
  await row().getByText('Draining').waitFor()
  await until('the exit to be out of use', () => send().then(() => false, (error) => /no_exit|503/.test(error.message)))
  step('drained it; nothing leaves through it any more')
}

async function byKeys() {
  await openAndLeave(page, button('Add an exit'))
  await openAndLeave(page, button('What to do: 127.0.0.233'), 'Disable')
  await go('/sites', 'Sites & brands')
  await openAndLeave(page, button('Edit').first())
  step('opened and left dialogs by the keyboard')
}

async function refund() {
  await go('/orders', 'Orders')
  await page.getByRole('row').filter({ hasText: 'Residential 20 GB' }).getByRole('button').click()
  await button('Pay back', dialog()).click()
  const asked = page.getByRole('dialog', { name: 'Pay back' })
  await asked.getByLabel('Reason').fill('half a day without service')
  await asked.getByLabel(/^Amount/).fill('10')
  if (!(await asked.getByLabel('Reason').inputValue())) fail('the reason is gone once the amount is typed')
  await button('Pay back', asked).click()
  await dialog().getByText('Partly refunded').waitFor()
  step('paid a part of an order back')
}

async function seeAs() {
  await go('/customers/1', 'demo@example.com')
  await button('See as customer').click()
  await dialog().getByLabel('Reason').fill('ticket 7')
  await button('See as customer', dialog()).click()
  await heading('Overview').waitFor()
  await page.getByText('nothing can be changed').waitFor()
  seen.push(...(await axe(page, 'seen as the customer')))
  await page.goto(`${told.api}/accounts`)
  await page.getByRole('row', { name: new RegExp(told.account.username) }).getByText('••••••••').waitFor()
  if ((await page.content()).includes(told.account.password)) fail('an operator reads the password of a proxy account')
  await button('Back to the control room').click()
  await heading('demo@example.com').waitFor()
  await go('/audit', 'Audit')
  await page.getByRole('row', { name: /customer\/see-as.*ticket 7/ }).waitFor()
  await page.getByLabel('Concerns').fill('#1')
  await page.getByRole('row', { name: /customer\/see-as.*ticket 7/ }).waitFor()
  step('saw what a customer sees, and found it in the audit')
}

async function brand() {
  await go('/sites', 'Sites & brands')
  await button('New site').click()
  await dialog().getByLabel('Inner name').fill('second')
  await dialog().getByLabel('Name that customers read').fill('Second Proxy')
  await dialog().getByLabel('Host names').fill(BRAND)
  await dialog().getByLabel('Path prefixes of the API').fill('/openapi')
  await dialog().getByLabel('Colour', { exact: true }).fill('#8a2be2')
  seen.push(...(await axe(page, 'a new site')))
  await button('Save', dialog()).click()
  await page.getByText('Second Proxy').first().waitFor()
  await button('Place names').nth(1).click()
  await dialog().getByLabel('Country, code or name').fill('TW')
  await dialog().getByLabel('Name in English').fill('Formosa')
  seen.push(...(await axe(page, 'names of places')))
  await button('Save', dialog()).click()
  await dialog().getByRole('cell', { name: 'Formosa' }).waitFor()
  await page.keyboard.press('Escape')
  step('gave a country another name on the second brand')
  const other = await context.newPage()
  await other.goto(`http://${BRAND}:${port}/login`)
  await heading('Log in', other).waitFor()
  await other.getByText('Second Proxy').waitFor()
  if (await other.getByText('Turnpike Demo').count()) fail('the first brand shows under the second one’s host')
  const colour = await button('Log in', other).evaluate((one) => getComputedStyle(one).backgroundColor)
  if (colour !== 'rgb(138, 43, 226)') fail(`the second brand's button is ${colour}`)
  seen.push(...(await axe(other, 'the second brand')))
  const answer = await other.evaluate(async () => (await fetch('/web_v1/user/login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ account: 'named@example.com', password: 'correct horse battery' }) })).json())
  if (answer.code === 200) fail('a customer of the first brand logs in at the second one')
  await other.close()
  step('opened a second brand under another host name; it looks its own way and knows nobody of the first')
}

async function article() {
  await go('/articles', 'Help articles')
  await page.getByRole('row', { name: /First steps/ }).getByRole('button').click()
  await heading('First steps').waitFor()
  await page.getByRole('textbox', { name: 'Title' }).fill('Begin here')
  await page.getByRole('textbox', { name: /Text/ }).fill('Dial **{host}** with <b>your</b> account.')
  await page.locator('strong', { hasText: '{host}' }).waitFor()
  seen.push(...(await axe(page, 'an article')))
  await button('Save').click()
  await page.getByRole('row', { name: /Begin here.*Changed/ }).waitFor()
  const { access_token } = await customer('user/login', { account: 'named@example.com', password: 'correct horse battery' })
  const read = await fetch(`${told.api}/web_v1/article/list?language=en`, { headers: { Authorization: `Bearer ${access_token}` } })
  const { data } = await read.json()
  const [first] = data.list
  if (first.title !== 'Begin here' || !first.content.includes(`**${new URL(told.api).hostname}**`)) fail(`customers read ${JSON.stringify(first)}`)
  await page.getByRole('row', { name: /Begin here/ }).getByRole('button').click()
  await button('Back to the shipped text').click()
  await button('Back to the shipped text', dialog()).click()
  await heading('First steps').waitFor()
  step('rewrote a help article, saw that customers read it, and took it back')
}

try {
  await logIn()
  await verify()
  await exit()
  await byKeys()
  await refund()
  await seeAs()
  await article()
  await brand()
  const cookies = await context.cookies()
  const screens = SCREENS.filter((path) => path.startsWith('/control') && path !== '/control/login')
  seen.push(...(await looks(browser, told.api, ['/control/login'], [], {}, problems)))
  seen.push(...(await looks(browser, told.api, screens, cookies, { id: '1', code: 'residential-100', slug: 'first-steps' }, problems)))
  step(`looked at ${screens.length + 1} screens, each eight ways`)
} catch (error) {
  await page.screenshot({ path: process.env.CONSOLE_SHOT ?? 'e2e-failed.png' }).catch(() => {})
  console.error(`${page.url()}\n${await page.locator('body').innerText().catch(() => '')}`)
  throw error
} finally {
  await browser.close()
}
// Who comes without a login is told so with a 401; browsers write that down.
const wrong = [...new Set([...seen, ...problems.filter((text) => !text.includes('status of 401'))])]
if (wrong.length > 0) fail(`${wrong.length} things are wrong:\n${wrong.join('\n')}`)
console.log(`all well, within ${PATIENCE / 1000} s a step`)
