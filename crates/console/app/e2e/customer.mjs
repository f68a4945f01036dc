// The whole life of a customer in a real browser: registers, verifies by the mailed link, logs in with a second step, tops
// up by card, buys, creates an account, generates an endpoint, sees its traffic at once, goes by the keyboard, renews an address, takes a
// statement home, chooses what warnings come. Then every screen is looked at.
//
// CONSOLE_E2E is JSON: {"api", "echo", "proxy", "customer": {email, password} of one whose allowlist has this machine, "mails": file
// with a mail a line, as JSON strings}.

import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { openAndLeave, tabThrough } from './keys.mjs'
import { PATIENCE, axe, fail, launch, pull, settled, totp, until, window } from './kit.mjs'
import { SCREENS, looks } from './looks.mjs'
import { rough } from './rough.mjs'

const told = JSON.parse(process.env.CONSOLE_E2E ?? '{}')
const EMAIL = 'walker@example.com'
const PASSWORD = 'correct horse battery'
const problems = []
const browser = await launch()
const { context, page } = await window(browser, {}, problems)
const step = (text) => console.log(`- ${text}`)
const button = (name, within = page) => within.getByRole('button', { name, exact: true })
const heading = (name) => page.getByRole('heading', { name, level: 1 })
const seen = []

async function go(path, title) {
  await page.goto(told.api + path)
  await heading(title).waitFor()
}

async function register() {
  await go('/register', 'Create an account')
  await page.getByLabel('Email').fill(EMAIL)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await button('Register').click()
  await heading('Check your mail').waitFor()
  const link = await until('the mail', () => {
    const mails = readFileSync(told.mails, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line))
    return mails.map((mail) => /(https?:\S+\/verify-email#code=\S+)/.exec(mail)?.[1]).find(Boolean)
  })
  await page.goto(link.replace(/^https?:\/\/[^/]+/, told.api))
  await button('Verify the address').click()
  await heading('The address is verified').waitFor()
  if (page.url().includes('code=')) fail('the code stays in the address bar')
  step('registered, verified by the mailed link')
}

async function logIn(code) {
  await go('/login', 'Log in')
  await page.getByLabel('Email, phone or user name').fill(EMAIL)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await button('Log in').click()
  if (code) {
    await heading('Second step').waitFor()
    seen.push(...(await axe(page, 'second step')))
    await page.getByLabel('Digit 1').click()
    await page.keyboard.type(code)
  }
  await heading('Overview').waitFor()
}

async function secondStep() {
  await logIn()
  await go('/settings', 'Settings')
  await page.getByRole('tab', { name: 'Security' }).click()
  const panel = page.getByRole('tabpanel')
  await panel.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD)
  await button('Switch on').click()
  const secret = await page.getByTestId('totp-secret').textContent()
  seen.push(...(await axe(page, 'enrolment')))
  await page.getByLabel('Six digits').fill(totp(secret))
  await button('Confirm').click()
  await button('I have kept them').click()
  await button('My account').click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await heading('Log in').waitFor()
  // A code counts once: the next step's is as good.
  await logIn(totp(secret, 1))
  step('logged in with a second step')
}

async function topUp() {
  await go('/shop?type=3', 'Shop')
  await page.getByRole('button', { name: 'Top up Balance recharge' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('button', { name: '¥500.00' }).click()
  await drawer.getByRole('radio').first().waitFor()
  await drawer.getByRole('radio', { name: /card/i }).click()
  await until('the price', async () => (await drawer.getByTestId('pay-fee').textContent().catch(() => ''))?.includes('500.00'))
  seen.push(...(await axe(page, 'top up')))
  await button('Order and pay', drawer).click()
  await heading('Order').waitFor()
  await page.getByRole('button', { name: /^Pay ¥/ }).click()
  const [checkout] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: 'Open the payment page' }).click()])
  await checkout.waitForLoadState()
  await checkout.locator('#paid').click()
  await page.getByText('Paid; everything is granted').waitFor()
  await checkout.close()
  step('topped up by card')
}

async function buy(path, product, fill) {
  await go(path, 'Shop')
  await page.getByRole('button', { name: `Buy ${product}`, exact: true }).click()
  const drawer = page.getByRole('dialog')
  await fill?.(drawer)
  await drawer.getByTestId('pay-fee').waitFor()
  await button('Pay now', drawer).click()
  await page.getByText('Bought; it is active now').waitFor()
  step(`bought ${product}`)
}

async function account() {
  await go('/accounts', 'Proxy accounts')
  await page.getByText('No proxy accounts yet').waitFor()
  await button('Add accounts').first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Paste a list').click()
  await drawer.getByLabel('Accounts').fill('walker01:walk4Miles')
  seen.push(...(await axe(page, 'add accounts')))
  await button('Add 1', drawer).click()
  await page.getByText('walker01', { exact: true }).waitFor()
  step('created an account')
}

async function byKeys() {
  await openAndLeave(page, button('Add accounts').first())
  await openAndLeave(page, page.getByRole('button', { name: /walker01/ }), 'Edit')
  for (const width of [1440, 390]) {
    const other = await window(browser, { width, cookies: await context.cookies() }, problems)
    await other.page.goto(`${told.api}/accounts`)
    await settled(other.page)
    await tabThrough(other.page, `accounts, ${width} pixels wide`)
    await other.context.close()
  }
  step('opened and left dialogs by the keyboard')
}

async function endpoint() {
  await go('/generator', 'Endpoint generator')
  await page.getByText(/Exits that can serve/).waitFor()
  await page.getByRole('combobox', { name: 'Country' }).click()
  await page.getByRole('option', { name: /United States/ }).waitFor()
  seen.push(...(await axe(page, 'countries to choose from')))
  await page.getByRole('option', { name: /United States/ }).click()
  await page.getByText('Keep one exit').click()
  const line = page.getByRole('region', { name: 'Endpoint' })
  await until('the username', async () => (await line.textContent()).includes('_area-US_session-'))
  await button('Test').click()
  await page.getByText('It works').waitFor()
  await page.getByText(/Left from exit #\d+, seen as 127\./).waitFor()
  const [, user, password] = /^http:\/\/([^:]+):([^@]+)@/.exec(await line.textContent())
  step(`generated ${user}, and tried it`)
  return { user, password }
}

async function traffic({ user, password }) {
  await go('/', 'Overview')
  const chart = page.locator('[data-sum]')
  const sum = async () => Number(await chart.getAttribute('data-sum'))
  await chart.waitFor()
  // What the test moved is there before the clock starts.
  const before = await until('the first traffic', sum)
  const begun = Date.now()
  for (let i = 0; i < 40; i += 1) await pull(told.proxy, user, password, told.echo)
  const since = Date.now()
  // Two seconds on a machine that does forty requests in one; a slower one gets as much longer.
  const limit = 2_000 * Math.max(1, (since - begun) / 1_000)
  await until('the chart to move', async () => (await sum()) > before)
  const took = Date.now() - since
  step(`the chart moved ${took} ms after the last byte, without a reload`)
  if (took > limit) fail(`the chart took ${took} ms, more than ${limit}`)
}

async function renew() {
  await buy('/shop?type=14', 'Static data-center address', (drawer) => drawer.getByLabel('How many in United States', { exact: true }).fill('1'))
  await go('/statics', 'Static addresses')
  const row = page.getByRole('row').nth(1)
  await row.getByRole('button', { name: /^Renew/ }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByTestId('pay-fee').waitFor()
  const then = await drawer.getByRole('row').nth(1).getByRole('cell').last().textContent()
  seen.push(...(await axe(page, 'renew')))
  await button('Pay and renew', drawer).click()
  await page.getByText('Renewed').waitFor()
  await row.getByText(then).waitFor()
  step(`renewed an address until ${then}`)
}

async function statement() {
  await go('/invoices', 'Invoices & statements')
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^CSV/ }).first().click()])
  const text = readFileSync(await file.path(), 'utf8')
  if (!text.includes('Residential 20 GB') && !text.includes('20 GB')) fail(`the statement lacks the purchase: ${text}`)
  step(`took ${file.suggestedFilename()} home`)
}

/** Somebody whose allowlist has this machine extracts endpoints, sees how long they live, and ends them. */
async function extraction() {
  const other = await window(browser, {}, problems)
  const at = other.page
  await at.goto(`${told.api}/login`)
  await at.getByLabel('Email, phone or user name').fill(told.customer.email)
  await at.getByRole('textbox', { name: 'Password' }).fill(told.customer.password)
  await button('Log in', at).click()
  await at.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await at.goto(`${told.api}/generator?tab=link`)
  await at.getByLabel('How many').fill('2')
  await button('Extract now', at).click()
  const lines = at.getByRole('region', { name: 'Endpoints' })
  const [, port] = await until('the endpoints', async () => /:(\d+)\s/.exec(`${await lines.textContent()} `))
  await at.getByRole('link', { name: 'See what runs' }).click()
  const row = at.getByRole('row', { name: new RegExp(`:${port}`) })
  await row.getByText(/^9 min \d+ s$/).waitFor()
  seen.push(...(await axe(at, 'extracted endpoints')))
  await at.getByRole('button', { name: `End ${port}` }).click()
  await row.waitFor({ state: 'detached' })
  await button('End all', at).click()
  await button('End all', at.getByRole('dialog')).click()
  await at.getByText('No endpoint runs now').waitFor()
  await other.context.close()
  step('extracted endpoints, saw what is left of them, and ended them')
}

/** A server of the customer's own; gives what it was sent. */
async function hooked(work) {
  const events = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => { body += part })
    request.on('end', () => { events.push({ body, signature: request.headers['x-turnpike-signature'] }); response.writeHead(204).end() })
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready))
  try {
    await work(`http://127.0.0.1:${server.address().port}/hook`, events)
  } finally {
    server.close()
  }
}

async function warnings() {
  await go('/settings', 'Settings')
  await page.getByRole('tab', { name: 'Warnings' }).click()
  await page.getByRole('switch', { name: '80% of a package is used: Mail' }).click({ force: true })
  await until('the choice', () => page.evaluate(async () => (await (await fetch('/web_v1/warning/list')).json()).data.list[0].mail === 0))
  await hooked(async (url, events) => {
    await page.getByLabel('URL').fill(url)
    await button('Save').click()
    await button('Send a trial event').click()
    const { body, signature } = await until('the event', () => events[0])
    const secret = await page.getByRole('textbox', { name: 'Signing secret' }).inputValue()
    const [, time, mark] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(signature)
    if (createHmac('sha256', secret).update(`${time}.${body}`).digest('hex') !== mark) fail(`the signature is wrong: ${signature}`)
    await page.getByText('The last event was taken').waitFor()
  })
  seen.push(...(await axe(page, 'warnings')))
  step('chose which warnings come, and took a signed one')
}

/** A wrong address in the bar: a 404 for programs, a way on for people. */
async function lost() {
  const answer = await page.goto(`${told.api}/nowhere/at/all`)
  if (answer.status() !== 404) fail(`an unknown address answers ${answer.status()}`)
  await heading('There is no such page').waitFor()
  seen.push(...(await axe(page, 'an unknown address')))
  await page.getByRole('link', { name: 'Go to the overview' }).click()
  await heading('Overview').waitFor()
  step('got lost, and found back')
}

try {
  await register()
  await secondStep()
  await topUp()
  await buy('/shop', 'Residential 20 GB')
  seen.push(...(await rough(page, told.api, step)))
  await account()
  await byKeys()
  await traffic(await endpoint())
  await renew()
  await statement()
  await warnings()
  await extraction()
  await go('/orders', 'Orders')
  const no = (await page.locator('a[href^="/orders/"]').first().getAttribute('href')).split('/').pop()
  const cookies = await context.cookies()
  const outside = ['/login', '/register', '/verify-email', '/forgot', '/reset-password']
  await lost()
  const inside = SCREENS.filter((path) => !path.startsWith('/control') && !outside.includes(path))
  seen.push(...(await looks(browser, told.api, outside, [], {}, problems)))
  seen.push(...(await looks(browser, told.api, inside, cookies, { no }, problems)))
  step(`looked at ${outside.length + inside.length} screens, each eight ways`)
} catch (error) {
  await page.screenshot({ path: process.env.CONSOLE_SHOT ?? 'e2e-failed.png' }).catch(() => {})
  console.error(`${page.url()}\n${await page.locator('body').innerText().catch(() => '')}`)
  throw error
} finally {
  await browser.close()
}
// Browsers write down that the unknown address was a 404, and that an answer was lost on purpose.
const wrong = [...new Set([...seen, ...problems.filter((text) => !text.includes('/nowhere/') && !/net::ERR_(FAILED|INTERNET_DISCONNECTED)/.test(text))])]
if (wrong.length > 0) fail(`${wrong.length} things are wrong:\n${wrong.join('\n')}`)
console.log(`all well, within ${PATIENCE / 1000} s a step`)
