/*
 * The routes of httpbin.org, as far as a client can meaningfully call them: requests told back, cookies, logins, caching
 * answers, redirects, pages. Each answers as httpbin does.
 */

import { createHash } from 'node:crypto'

import type { Reply, ReplyHeaders, Route, RouteExchange } from './route.ts'
import type { SeenRequest } from './seen-request.ts'

/**
 * Routes for `startHttpServer({ routes: httpbinRoutes() })`: `/get /post /put /patch /delete /anything/… /headers /ip
 * /user-agent /cookies /cookies/set /cookies/delete /basic-auth/user/password /hidden-basic-auth/… /bearer /cache /cache/60
 * /etag/tag /response-headers /redirect-to /redirect/3 /relative-redirect/3 /absolute-redirect/3 /stream/5 /links/10/0
 * /base64/… /uuid /html /robots.txt /deny`.
 */
export function httpbinRoutes(): Readonly<Record<string, Route>> {
  return {
    ...Object.fromEntries(VERBS.map((verb) => [`/${verb}`, told])),
    '/anything': told,
    '/anything/*': told,
    '/headers': ({ rawHeaders }) => ({ json: { headers: shownHeaders(rawHeaders) } }),
    '/ip': { json: { origin: '127.0.0.1' } },
    '/user-agent': ({ headers }) => ({ json: { 'user-agent': headers['user-agent'] ?? null } }),
    ...cookieRoutes,
    ...loginRoutes,
    ...cacheRoutes,
    ...redirectRoutes,
    ...contentRoutes,
  }
}

/** What the client sent, as httpbin tells it: query, form, files, JSON and headers. */
async function told(request: SeenRequest, exchange: RouteExchange): Promise<Reply> {
  const { method, target, query, rawHeaders, headers } = request
  const bytes = Buffer.from(await exchange.bytes())
  const origin = `http://${headers.host ?? ''}`
  const { form, files } = await formOf(request, bytes)
  const isForm = Object.keys(form).length > 0 || Object.keys(files).length > 0
  return {
    json: {
      args: collected(query),
      data: isForm ? '' : shownBytes(bytes),
      files,
      form,
      headers: shownHeaders(rawHeaders),
      json: isForm ? null : jsonIn(bytes),
      method,
      origin: '127.0.0.1',
      url: new URL(target, origin).href,
    },
  }
}

interface ToldForm {
  readonly form: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, unknown>>
}

async function formOf({ headers }: SeenRequest, bytes: Uint8Array<ArrayBuffer>): Promise<ToldForm> {
  const type = headers['content-type'] ?? ''
  if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type))
    return { form: {}, files: {} }
  const data = await new Response(bytes, { headers: { 'content-type': type } }).formData()
  const form: [string, string][] = []
  const files: [string, string][] = []
  for (const [name, value] of data) {
    if (typeof value === 'string') form.push([name, value])
    else files.push([name, shownBytes(Buffer.from(await value.arrayBuffer()))])
  }
  return { form: collected(form), files: collected(files) }
}

const cookieRoutes: Readonly<Record<string, Route>> = {
  '/cookies': ({ headers }) => ({ json: { cookies: cookiesIn(headers.cookie) } }),
  '/cookies/*': ({ path, query }) => {
    const [, , action, name, value] = path.split('/')
    if (action === 'set' && name !== undefined)
      return settingCookies([`${name}=${value ?? ''}; Path=/`])
    if (action === 'set')
      return settingCookies([...query].map((pair) => `${pair.join('=')}; Path=/`))
    if (action === 'delete')
      return settingCookies(
        [...query.keys()].map(
          (each) => `${each}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/`,
        ),
      )
    return { status: 404 }
  },
}

const loginRoutes: Readonly<Record<string, Route>> = {
  '/basic-auth/*': (request) =>
    basicOf(request)
      ? isIn(request)
      : { status: 401, headers: { 'www-authenticate': 'Basic realm="Fake Realm"' } },
  '/hidden-basic-auth/*': (request) => (basicOf(request) ? isIn(request) : { status: 404 }),
  '/bearer': ({ headers: { authorization = '' } }) =>
    authorization.startsWith('Bearer ')
      ? { json: { authenticated: true, token: authorization.slice(7) } }
      : { status: 401, headers: { 'www-authenticate': 'Bearer' } },
}

const cacheRoutes: Readonly<Record<string, Route>> = {
  '/cache': async (request, exchange) => {
    const { headers } = request
    if (headers['if-modified-since'] !== undefined || headers['if-none-match'] !== undefined)
      return { status: 304 }
    const reply = await told(request, exchange)
    return {
      ...reply,
      headers: { 'last-modified': new Date(0).toUTCString(), etag: tagOf(reply.json) },
    }
  },
  '/cache/*': async (request, exchange) => ({
    ...(await told(request, exchange)),
    headers: { 'cache-control': `public, max-age=${lastOf(request)}` },
  }),
  '/etag/*': async (request, exchange) => {
    const etag = `"${lastOf(request)}"`
    const [match, none] = [request.headers['if-match'], request.headers['if-none-match']]
    if (none !== undefined && names(none, etag)) return { status: 304, headers: { etag } }
    if (match !== undefined && !names(match, etag)) return { status: 412 }
    return { ...(await told(request, exchange)), headers: { etag } }
  },
  '/response-headers': ({ query }) => {
    const headers = collected(query) as ReplyHeaders
    return { headers, json: headers }
  },
}

const redirectRoutes: Readonly<Record<string, Route>> = {
  '/redirect-to': ({ query }) => ({
    status: Number(query.get('status_code') ?? 302),
    headers: { location: query.get('url') ?? '/get' },
  }),
  '/redirect/*': (request) => countedDown(request, 'redirect', ''),
  '/relative-redirect/*': (request) => countedDown(request, 'relative-redirect', ''),
  '/absolute-redirect/*': (request) =>
    countedDown(request, 'absolute-redirect', `http://${request.headers.host ?? ''}`),
}

const contentRoutes: Readonly<Record<string, Route>> = {
  '/stream/*': (request) => ({
    headers: { 'content-type': 'application/json' },
    body: Array.from(
      { length: Math.min(100, Number(lastOf(request))) },
      (_, id) => `${JSON.stringify({ id, url: request.target })}\n`,
    ),
  }),
  '/links/*': ({ path }) => {
    const [, , count = '0', offset = '0'] = path.split('/')
    const [most, at] = [Number(count), Number(offset)]
    const next = at + 1 < most ? { link: `</links/${most}/${at + 1}>; rel="next"` } : {}
    return { headers: { 'content-type': 'text/html', ...next }, body: `<p>${at} of ${most}</p>\n` }
  },
  '/base64/*': (request) => ({
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: Buffer.from(lastOf(request), 'base64url'),
  }),
  '/uuid': () => ({ json: { uuid: crypto.randomUUID() } }),
  '/html': {
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html>\n<html><body><h1>Herman Melville - Moby-Dick</h1></body></html>\n',
  },
  '/robots.txt': {
    headers: { 'content-type': 'text/plain' },
    body: 'User-agent: *\nDisallow: /deny\n',
  },
  '/deny': { headers: { 'content-type': 'text/plain' }, body: "YOU SHOULDN'T BE HERE\n" },
}

function countedDown(request: SeenRequest, name: string, origin: string): Reply {
  const left = Number(lastOf(request)) - 1
  return {
    status: 302,
    headers: { location: `${origin}${left > 0 ? `/${name}/${left}` : '/get'}` },
  }
}

function settingCookies(lines: readonly string[]): Reply {
  return { status: 302, headers: { location: '/cookies', 'set-cookie': lines } }
}

function basicOf({ path, headers }: SeenRequest): boolean {
  const [, , user = '', password = ''] = path.split('/').map(decodeURIComponent)
  return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function isIn({ path }: SeenRequest): Reply {
  return { json: { authenticated: true, user: decodeURIComponent(path.split('/')[2] ?? '') } }
}

/** The values by name: one as it is, several as a list. */
function collected(pairs: Iterable<readonly [string, string]>): Record<string, string | string[]> {
  const found = new Map<string, string[]>()
  for (const [name, value] of pairs) found.set(name, [...(found.get(name) ?? []), value])
  return Object.fromEntries(
    [...found].map(([name, all]) => [name, all.length > 1 ? all : (all[0] ?? '')]),
  )
}

function cookiesIn(header = ''): Record<string, string | string[]> {
  const pairs = header.split(/;\s*/).filter((pair) => pair.includes('='))
  return collected(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
}

/** Names as `Content-Type`, whatever the client wrote. */
function shownHeaders(fields: readonly string[]): Record<string, string> {
  const shown: Record<string, string> = {}
  for (let at = 0; at < fields.length; at += 2) {
    const name = (fields[at] ?? '')
      .toLowerCase()
      .replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    shown[name] =
      shown[name] === undefined ? (fields[at + 1] ?? '') : `${shown[name]},${fields[at + 1]}`
  }
  return shown
}

function shownBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes)
    ? text
    : `data:application/octet-stream;base64,${bytes.toString('base64')}`
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

function tagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}"`
}

function names(list: string, etag: string): boolean {
  return list === '*' || list.split(/\s*,\s*/).some((each) => each.replace(/^W\//, '') === etag)
}

function lastOf({ path }: SeenRequest): string {
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const
