// The dashboard in Debian's Chromium, with the lab behind it: what a person sees and does.
import { join } from 'node:path'

import { clock, nextId, operation, tell } from '@net/core/authoring'
import { attach } from '@net/dashboard'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { findDaemon, requireDaemon } from '../daemon.ts'
import {
  openPage,
  runScenario,
  startBrowser,
  startLab,
  violations,
  type OpenPage,
  type RunningLab,
} from './lab.ts'

let lab: RunningLab
let browser: Browser

beforeAll(async () => {
  const path = findDaemon('chromium')
  if (path === undefined) return
  ;[lab, browser] = await Promise.all([startLab(), startBrowser(path)])
})

afterAll(async () => {
  await browser?.close()
  await lab?.[Symbol.asyncDispose]()
})

function needsBrowser(context: TestContext): void {
  requireDaemon(context, 'chromium')
}

test('each scenario is run from the page, and its operation is in the list', async (context) => {
  needsBrowser(context)
  const { page, complaints } = await openPage(await browser.newContext(), lab.url)
  expect(page.url()).not.toContain('#')
  for (const [title, said, row] of SCENARIOS) {
    expect(await runScenario(page, title)).toContain(said)
    await page.getByRole('button', { name: 'Operations' }).click()
    await page.getByRole('searchbox').fill(row)
    await page.locator('.row:visible', { hasText: row }).first().waitFor()
  }
  expect(complaints).toEqual([])
  await page.context().close()
})

test('axe finds nothing wrong with any view, light and dark', async (context) => {
  needsBrowser(context)
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await openPage(await browser.newContext({ colorScheme }), lab.url)
    await runScenario(page, 'SMTP: send a mail after STARTTLS and login')
    for (const view of ['Operations', 'Connections', 'Servers', 'Scenarios']) {
      await page.getByRole('button', { name: view }).click()
      // Only the colours differ in the dark.
      expect(await violations(page, colorScheme === 'dark' ? ['color-contrast'] : [])).toEqual([])
    }
    await page.context().close()
  }
})

test('a fault that is armed from the page shows as an error, with its sentence and what a repeat would do', async (context) => {
  needsBrowser(context)
  const { page, complaints } = await openPage(await browser.newContext(), lab.url)
  await openServer(page, 'ftp')
  await page.getByRole('button', { name: 'refuse the login (530)' }).click()
  await page.getByText('Armed: refuse the login (530)').waitFor()
  expect(await runScenario(page, 'FTP: log in over TLS and upload a file')).toContain('530')
  await page.getByRole('button', { name: 'Operations' }).click()
  await page.getByRole('button', { name: 'failed', exact: true }).click()
  // Elements of rows are used again: the filter is through when none shows anything else.
  await expect.poll(() => page.locator('.row:visible:not([data-outcome=failed])').count()).toBe(0)
  await page.locator('.row:visible', { hasText: 'NET_AUTH_REJECTED' }).first().click()
  await page.locator('.error', { hasText: 'NET_AUTH_REJECTED' }).waitFor()
  expect(await page.locator('.error').textContent()).toContain('Retry never')
  await page.locator('.wire', { hasText: '530 Not logged in.' }).waitFor()
  await page.keyboard.press('Escape')
  expect(await page.locator('.detail').isVisible()).toBe(false)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('the inbox shows the mail, its document in a sandbox with its picture in place and its file in the list; files of an upload can be read', async (context) => {
  needsBrowser(context)
  const { page, complaints } = await openPage(await browser.newContext(), lab.url)
  await runScenario(page, 'SMTP: send a mail after STARTTLS and login')
  await runScenario(page, 'FTP: log in over TLS and upload a file')
  await openServer(page, 'mail')
  await page.getByRole('button', { name: 'The engine' }).first().click()
  const frame = page.locator('iframe')
  expect(await frame.getAttribute('sandbox')).toBe('')
  await page.frameLocator('iframe').getByText('algebraical').waitFor()
  const wheel = page.frameLocator('iframe').getByAltText('A wheel')
  await expect.poll(() => wheel.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(48)
  await page.getByText('Attached: year.txt, 4 B', { exact: true }).waitFor()
  await openServer(page, 'ftp')
  await page.getByRole('button', { name: '/report.txt' }).click()
  await page.getByText('a line of the report').first().waitFor()
  expect(complaints).toEqual([])
  await page.context().close()
})

test('a road fails on demand; a job that failed is opened, put back, and done', async (context) => {
  needsBrowser(context)
  const { page, complaints } = await openPage(await browser.newContext(), lab.url)
  await openServer(page, 'road')
  await page.getByRole('button', { name: 'refuse the connection' }).click()
  await page.getByText('Armed: refuse the connection').waitFor()
  expect(await runScenario(page, 'TCP: write a line, read it back')).toContain('refused')
  await openServer(page, 'mail (smtp)')
  await page.getByRole('button', { name: 'no such user (550 to RCPT)' }).click()
  await page.getByText('Armed: no such user').waitFor()
  expect(await runScenario(page, 'Queue: five mails as jobs')).toContain(': failed, attempt 1')
  await openServer(page, 'mails to send')
  const failed = page.locator('tr[data-state=failed]')
  await failed.getByRole('button', { name: /^[\da-f]{32}$/u }).click()
  await page.locator('.content pre', { hasText: '"state": "failed"' }).waitFor()
  await failed.getByRole('button', { name: /^put back: / }).click()
  await page.getByText('is put back').waitFor()
  await expect.poll(() => page.locator('tr[data-state=done]').count()).toBe(5)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('a long job is read on, and never shows what is secret', async (context) => {
  needsBrowser(context)
  const text = JSON.stringify({ token: 'abc-123', id: 7, lines: 'y'.repeat(150_000) })
  const job = { id: 'long', state: 'waiting', attempt: 0 }
  const jobs = {
    counts: async () => ({ waiting: 1 }),
    list: async () => [job],
    read: async () => text,
    actions: {},
  }
  await using dashboard = await attach({
    lab: { servers: [{ name: 'letters', protocol: 'queue', jobs }] },
  })
  const { page, complaints } = await openPage(await browser.newContext(), dashboard.url)
  await openServer(page, 'letters')
  await page.getByRole('button', { name: 'long' }).click()
  await page.getByText('The first 64 KiB of 147 KiB').waitFor()
  const shown = page.locator('.content pre')
  expect(await shown.textContent()).toContain('"token": "[secret]"')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByText('The first 128 KiB of 147 KiB').waitFor()
  await page.getByRole('button', { name: 'More' }).click()
  await expect.poll(async () => (await shown.textContent())?.endsWith('y"\n}')).toBe(true)
  expect(await page.getByRole('button', { name: 'More' }).isVisible()).toBe(false)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('seven pages of one browser are live over one stream, and another takes over when its page goes', async (context) => {
  needsBrowser(context)
  await using dashboard = await attach()
  const many = await browser.newContext()
  const pages = await Promise.all(Array.from({ length: 7 }, () => openPage(many, dashboard.url)))
  const hear = async (target: string, count: number): Promise<void> => {
    await operation(
      { protocol: 'http', operation: 'GET', kind: 'command', target },
      {},
      async () => {},
    )
    const open = pages.slice(-count)
    await Promise.all(open.map(({ page }) => page.locator('.row', { hasText: target }).waitFor()))
  }
  await hear('http://127.0.0.1/first', 7)
  expect(await streamsOf(pages)).toBe(1)
  await pages.shift()?.page.close()
  await pages.shift()?.page.close()
  await hear('http://127.0.0.1/second', 5)
  await many.close()
})

test('a page that is hidden gives its stream up, and asks for what it missed when it is seen again', async (context) => {
  needsBrowser(context)
  await using dashboard = await attach()
  const opened = await openPage(await browser.newContext(), dashboard.url)
  const { page, complaints } = opened
  const call = (target: string): Promise<void> =>
    operation({ protocol: 'http', operation: 'GET', kind: 'command', target }, {}, async () => {})
  const row = (target: string): Locator => page.locator('.row', { hasText: target })
  await call('http://127.0.0.1/first')
  await row('/first').waitFor()
  expect(await streamsOf([opened])).toBe(1)
  await turnTo(page, 'hidden')
  await expect.poll(() => streamsOf([opened])).toBe(0)
  await call('http://127.0.0.1/missed')
  expect(await row('/missed').count()).toBe(0)
  await turnTo(page, 'visible')
  await row('/missed').waitFor()
  await expect.poll(() => streamsOf([opened])).toBe(1)
  await call('http://127.0.0.1/live')
  await row('/live').waitFor()
  expect(complaints).toEqual([])
  await page.context().close()
})

test('HAR of a recording is taken by a browser in place of the network', async (context) => {
  needsBrowser(context)
  await using dashboard = await attach()
  const { page } = await openPage(await browser.newContext(), dashboard.url)
  await page.getByRole('button', { name: 'Record' }).click()
  const target = 'http://recorded.example/json'
  const head = { version: 1, type: 'operation', protocol: 'http', operation: 'GET' } as const
  const call = { ...head, id: nextId(), time: clock().now(), target }
  tell({ ...call, state: 'start' }, undefined)
  tell({ ...call, state: 'end', outcome: 'ok', duration: 5, status: 200 }, undefined)
  await page.locator('.row', { hasText: target }).waitFor()
  await page.getByRole('button', { name: 'Stop recording' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'HAR' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('operations.har')
  const other = await browser.newPage()
  await other.routeFromHAR(await download.path(), { notFound: 'abort' })
  const answer = await other.goto(target)
  expect(answer?.status()).toBe(200)
  await other.close()
  await page.context().close()
})

test('nothing is cut or overlaps at 1280 and at 360 pixels, light and dark; screenshots are kept', async (context) => {
  needsBrowser(context)
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const) {
    const viewport = { width, height: 800 }
    const { page } = await openPage(await browser.newContext({ colorScheme, viewport }), lab.url)
    await runScenario(page, 'HTTP: a GET through an SSH tunnel')
    for (const view of ['Operations', 'Connections', 'Servers', 'Scenarios']) {
      await page.getByRole('button', { name: view }).click()
      await page.screenshot({ path: screenshot(`${view.toLowerCase()}-${colorScheme}-${width}`) })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    }
    await page.getByRole('button', { name: 'Operations' }).click()
    for (const kind of ['time', 'length']) {
      await page.getByRole('combobox', { name: 'Scale' }).selectOption(kind)
      const ticks = page.locator('.tick')
      await expect.poll(async () => (await ticks.allTextContents()).slice(1)).not.toEqual([])
      expect(await ticks.allTextContents()).not.toContain('')
      expect(await barsBeyondScale(page)).toEqual([])
    }
    await page.context().close()
  }
})

test('H-APP-07: what a peer wrote is text in the list, in the detail and in the filter', async (context) => {
  needsBrowser(context)
  await using dashboard = await attach({ title: '<b>a program</b>', lines: 'always' })
  const target = 'http://127.0.0.1/<b>bold</b>'
  const spec = { protocol: 'http', operation: 'GET', kind: 'command', target } as const
  const call = operation(spec, {}, async (op) => {
    op.wire('receive', () => 'HTTP/1.1 500 <i>no</i>')
    throw new Error('<u>it failed</u>')
  })
  await expect(call).rejects.toThrow('it failed')
  const { page, complaints } = await openPage(await browser.newContext(), dashboard.url)
  await page.locator('.row', { hasText: '<b>bold</b>' }).click()
  await page.locator('.wire', { hasText: 'HTTP/1.1 500 <i>no</i>' }).waitFor()
  await page.locator('.sentence', { hasText: '<u>it failed</u>' }).waitFor()
  expect(await page.locator('b, i:not([class]), u').count()).toBe(0)
  expect(await page.title()).toBe('<b>a program</b> · dashboard')
  expect(complaints).toEqual([])
  await page.context().close()
})

async function openServer(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Servers' }).click()
  await page.getByRole('group', { name: 'Servers' }).getByRole('button', { name }).first().click()
}

/** As where another tab comes to the front, or this one. */
async function turnTo(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((now) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => now })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
}

/** How many of the pages hold a stream of events themselves. */
async function streamsOf(pages: readonly OpenPage[]): Promise<number> {
  const counts = pages.map(({ page }) =>
    page.evaluate(async () => {
      const { held = [] } = await navigator.locks.query()
      return held.length
    }),
  )
  return Math.max(...(await Promise.all(counts)))
}

/** The operations of which a bar begins where it cannot be seen. */
function barsBeyondScale(page: Page): Promise<readonly string[]> {
  return page.locator('.row:visible .bar:visible').evaluateAll((bars) =>
    bars.flatMap((bar) => {
      const room = bar.parentElement?.getBoundingClientRect().right ?? 0
      const seen = room - bar.getBoundingClientRect().left
      return seen < 1 ? [bar.closest('.row')?.textContent ?? ''] : []
    }),
  )
}

/** Kept by CI. */
function screenshot(name: string): string {
  return join(import.meta.dirname, '.results', `${name}.png`)
}

const SCENARIOS = [
  ['HTTP: GET a JSON document', 'Hello', '/json'],
  ['HTTP: 500 requests, 50 at once', '500 bodies', '/bytes/1000'],
  ['HTTP: a document that is not there', '404 Not Found', '/status/404'],
  ['FTP: log in over TLS and upload a file', 'file report.txt', 'ftp upload report.txt'],
  ['SMTP: send a mail after STARTTLS and login', 'accepted for', 'smtp send'],
  ['SSH: run a command', 'summary.txt', 'ssh exec'],
  ['SFTP: upload a file of 2 MB', '2000000 bytes', 'sftp upload'],
  ['HTTP: a GET through an SSH tunnel', 'Hello', 'ssh dial'],
  ['TCP: write a line, read it back', 'hello', 'tcp'],
] as const
