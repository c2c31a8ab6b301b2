// The dashboard in Debian's Chromium, with the lab behind it: what a person sees and does.
import { operation } from '@net/core/authoring'
import { attach } from '@net/dashboard'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { findDaemon, requireDaemon } from '../daemon.ts'
import {
  openPage,
  runScenario,
  startBrowser,
  startLab,
  violations,
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

test('H-APP-07: what a peer wrote is text in the list, in the detail and in the filter', async (context) => {
  needsBrowser(context)
  await using dashboard = await attach({ title: '<b>a program</b>' })
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
