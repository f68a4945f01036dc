// A real browser for walks through the console: collects whatever a page complains of, and asks axe about each screen.

import { chromium } from 'playwright-core'
import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Long enough for a machine ten times slower than this one. */
export const PATIENCE = 60_000
/** Longer is no redrawing. */
const REDRAWN = 10_000

export function fail(text) {
  throw new Error(text)
}

export async function launch(...more) {
  const executablePath = BROWSERS.find((path) => path && existsSync(path)) ?? fail('no Chromium is installed')
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...more] })
}

/** A window; what its pages complain of lands in `problems`. */
export async function window(browser, { lang = 'en', scheme = 'light', width = 1440, cookies = [] } = {}, problems) {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme: scheme, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', acceptDownloads: true,
  })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await context.addCookies(cookies)
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    // Whatever the policy refuses is told as an error, too.
    if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`)
  })
  return { context, page }
}

/** What axe finds serious or critical on the page, once nothing moves any more: half-drawn dialogs have no contrast. */
export async function axe(page, name) {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity))
  // Evaluated by the debugger, not by the page: the page's policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }))
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${name}: ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

/** Waits until a screen is drawn and nothing on it is awaited. */
export async function settled(page) {
  await page.waitForSelector('h1')
  await page.waitForFunction(() => document.querySelectorAll('.mantine-Skeleton-root').length === 0)
}

/** How many pixels stick out of the window, once what was drawn for another width is drawn anew. */
async function excess(page) {
  const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth
  await page.waitForFunction(fits, undefined, { timeout: REDRAWN }).catch(() => undefined)
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

/** Looks at a screen: nothing waits, nothing sticks out, axe is content. */
export async function look(page, name) {
  await settled(page)
  const wide = await excess(page)
  const found = await axe(page, name)
  return wide > 0 ? [...found, `${name}: ${wide} pixels wider than the window`] : found
}

/** Waits until `probe` gives something; not a sleep, an end is always told. */
export async function until(what, probe, patience = PATIENCE) {
  const end = Date.now() + patience
  for (;;) {
    const found = await probe()
    if (found) return found
    if (Date.now() > end) fail(`${what}: not within ${patience} ms`)
    await new Promise((go) => setTimeout(go, 50))
  }
}

/** A one-time code (RFC 6238) of a base-32 secret; `ahead` counts steps of 30 s. */
export function totp(secret, ahead = 0) {
  const bits = [...secret.replace(/=+$/, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const hash = createHmac('sha1', key).update(counter).digest()
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** GET through an HTTP proxy on one connection; gives how many bytes came back. */
export function pull(proxy, user, password, url) {
  return new Promise((done, broken) => {
    const { hostname, port } = new URL(`http://${proxy}`)
    const socket = net.connect(Number(port), hostname, () => {
      const secret = Buffer.from(`${user}:${password}`).toString('base64')
      socket.write(`GET ${url} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nProxy-Authorization: Basic ${secret}\r\nConnection: close\r\n\r\n`)
    })
    let text = ''
    socket.on('data', (part) => { text += part })
    socket.on('error', broken)
    socket.on('close', () => (text.startsWith('HTTP/1.1 200') ? done(text.length) : broken(new Error(text.slice(0, 300)))))
  })
}
