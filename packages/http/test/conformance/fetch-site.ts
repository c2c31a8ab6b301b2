/*
 * `client.fetch` beside the platform's own, in what the Fetch standard says and a client outside of browsers can do. Each row gives
 * what the standard wants; both have to give it. The chapters, by their titles there:
 *
 *   2.2.1 Methods · 2.2.2 Headers · 2.2.3 Statuses · 2.2.4 Bodies · 4.2 Scheme fetch (data:, blob:, others refused) · 4.4 HTTP fetch
 *   and 4.5 HTTP-redirect fetch · 5.1 Headers class · 5.2 BodyInit unions · 5.3 Body mixin · 5.4 Request class · 5.5 Response class ·
 *   5.6 Fetch methods · Aborting, of the DOM standard
 *
 * Not here, because a page's origin or a browser's store is behind them: CORS, credentials and cookies, referrers, mixed content,
 * service workers, the HTTP cache modes, ports that browsers block, Content Security Policy. With `redirect: 'manual'` both give the
 * redirect itself, as Node does, and not an opaque one. `patch` is sent as PATCH by
 * ours, since no server means the other.
 */

import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { afterAll, expect, test } from 'vitest'

import type { Fetch } from '../../src/fetch.ts'

/** A request as the server saw it. */
export interface Seen {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a row has to work with. */
export interface Site {
  readonly fetch: Fetch
  readonly url: string
  /** Another origin. */
  readonly other: string
  /** What the server saw of a request with this init. */
  seen(init?: RequestInit, path?: string): Promise<Seen>
}

/** What is done, and what the standard wants of it. */
export type Row = readonly [title: string, run: (site: Site) => unknown, wanted: unknown]

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const routes: Readonly<Record<string, Route>> = {
  '/headers': {
    raw: latin1(
      'HTTP/1.1 200 All right\r\nX-B: 2\r\nX-A:  1\r\nx-a: \t3\r\nX-Empty:\r\nx-latin: \xe9\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nconnection: close\r\ncontent-length: 0\r\n\r\n',
    ),
  },
  '/bom': { body: '\ufeffx\ufeff' },
  '/bad-utf8': { body: Uint8Array.of(0x61, 0xff, 0x62) },
  '/json-bom': {
    body: '\ufeff{"a":1}',
    headers: { 'content-type': 'Application/JSON; Charset=UTF-8' },
  },
  '/form': { body: 'a=1&b=x+y', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  '/multipart': {
    body: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\nContent-Type: text/css\r\n\r\nhi\r\n--x--\r\n',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
  },
  '/gzip': { body: 'unpacked', coding: 'gzip' },
  '/hops/*': ({ path }) => {
    const left = Number(path.slice(6))
    return left === 0
      ? { body: 'there' }
      : { status: 302, headers: { location: `/hops/${left - 1}` } }
  },
  '/to': ({ query }) => ({
    status: Number(query.get('status') ?? 302),
    headers: { location: query.get('to') ?? '' },
    body: 'moved',
  }),
  '/no-location': { status: 302, body: 'here' },
  '/as/*': ({ path }) => ({ status: Number(path.slice(4)), headers: { 'x-a': '1' } }),
  '/slow': () => new Promise(() => {}),
  '/early': { interim: [{ status: 103, headers: { link: '</a>' } }], body: 'late' },
}

/** Servers for the tests of one file, and a test for each row. */
export async function startSites(): Promise<{
  readonly server: HttpServer
  check(chapter: string, rows: readonly Row[]): void
}> {
  const server = await startHttpServer({ routes })
  const other = await startHttpServer()
  const client = http.createClient()
  afterAll(async () => {
    await client.close()
    await Promise.all([server.close(), other.close()])
  })
  const siteFor = (own: Fetch): Site => ({
    fetch: own,
    url: server.url,
    other: other.url,
    seen: async (init, path = '/echo') =>
      (await own(server.url + path, init)).json() as Promise<Seen>,
  })
  return {
    server,
    check(chapter, rows) {
      test.each(rows)(`${chapter}: %s`, async (_, run, wanted) => {
        const platform = await run(siteFor(fetch))
        expect(platform, 'the platform').toEqual(wanted)
        expect(await run(siteFor(client.fetch)), 'ours').toEqual(wanted)
      })
    },
  }
}

/** The name of what it rejects with. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'no failure'
  } catch (error) {
    return (error as Error).name
  }
}

/** The name of what it throws. */
export function refusal(run: () => unknown): string {
  try {
    run()
    return 'no failure'
  } catch (error) {
    return (error as Error).name
  }
}

/** Sends a stream of these chunks. */
export function stream(...chunks: readonly unknown[]): RequestInit {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  return { method: 'POST', body, duplex: 'half' }
}
