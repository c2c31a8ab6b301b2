// The documents as a site, as `pnpm site` has built it, in Debian's Chromium: pages, pictures and search, asking no other host.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { findDaemon, requireDaemon } from '../interop/daemon.ts'

const built = join(import.meta.dirname, '../../docs/dist/site')
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

let server: Server
let browser: Browser | undefined
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname
    const name = path.endsWith('/') ? `${path}index.html` : path
    readFile(join(built, name)).then(
      (content) => {
        response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream')
        response.end(content)
      },
      () => response.writeHead(404).end(),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const executablePath = findDaemon('chromium')
  if (executablePath === undefined) return
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})

afterAll(async () => {
  await browser?.close()
  server.close()
  server.closeAllConnections()
})

interface Visit extends AsyncDisposable {
  readonly page: Page
  /** Errors of the page, answers that are none, and requests to other hosts. */
  readonly complaints: readonly string[]
}

async function visit(context: TestContext, path: string, width = 1280): Promise<Visit> {
  requireDaemon(context, 'chromium')
  if (browser === undefined) throw new Error('no browser')
  const page = await browser.newPage({ viewport: { width, height: 800 } })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text())
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`asks ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' })
  return { page, complaints, [Symbol.asyncDispose]: () => page.close() }
}

test.for([
  ['/', 'net'],
  ['/why.html', 'Why'],
  ['/guide/http.html', 'HTTP'],
  ['/packages/ssh.html', '@net/ssh'],
  ['/etc/http-index-api.html', '@net/http'],
  ['/errors.html', 'Errors'],
  ['/bench.html', 'Benches'],
] as const)(
  '%s shows its document, its pictures, and asks no other host',
  async ([path, title], context) => {
    await using visited = await visit(context, path)
    expect(await visited.page.locator('h1').first().textContent()).toContain(title)
    for (const picture of await visited.page.locator('main img').all()) {
      expect(
        await picture.evaluate((image) => 'naturalWidth' in image && image.naturalWidth),
      ).not.toBe(0)
    }
    expect(visited.complaints).toEqual([])
  },
)

test('the search finds a word, without a network', async (context) => {
  await using visited = await visit(context, '/')
  const { page, complaints } = visited
  await page.keyboard.press('Control+K')
  await page
    .getByPlaceholder(/search/iu)
    .last()
    .fill('known_hosts')
  await page.getByText('known_hosts').last().waitFor()
  expect(complaints).toEqual([])
})

test('a page is as wide as a telephone', async (context) => {
  await using visited = await visit(context, '/why.html', 360)
  const width = await visited.page.locator('html').evaluate((html) => html.scrollWidth)
  expect(width).toBeLessThanOrEqual(360)
})
