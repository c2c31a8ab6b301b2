/*
 * The rules of a private cache (RFC 9111): which answers are kept, how long they are fresh, how they are validated. It must
 * not know where they are kept.
 */

import { HttpHeaders } from '../headers.ts'
import { httpDate } from '../http-date.ts'
import { directivesOf, secondsOf, type Directives } from './directives.ts'
import type { CacheEntry } from './entry.ts'

/** Whether a request may be answered from the cache, and its answer be kept. */
export function mayUse(method: string, headers: HttpHeaders): boolean {
  return method === 'GET' && askedBy(headers).mayUse
}

/** Whether an answer may be kept (section 3). */
export function mayKeep(status: number, headers: HttpHeaders): boolean {
  const said = directivesOf(headers)
  if (status < 200 || PARTIAL.has(status) || said.has('no-store')) return false
  if (headers.get('vary')?.includes('*') === true) return false
  if (said.has('must-understand') && !KNOWN.has(status)) return false
  if (said.has('max-age') || headers.has('expires')) return true
  return mayGuess(status, said) && VALIDATORS.some((name) => headers.has(name))
}

/** Whether an answer that does not say how long it is fresh may be kept. */
function mayGuess(status: number, said: Directives): boolean {
  return KNOWN.has(status) || said.has('public') || said.has('private')
}

/** What of an answer's headers is kept: nothing that belongs to one connection, or to one user's jar. */
export function keptHeaders(headers: HttpHeaders): HttpHeaders {
  const named = (headers.get('connection') ?? '').toLowerCase().split(/[\s,]+/)
  return headers.filter((name) => !UNKEPT.has(name) && !named.includes(name))
}

/** What is to be done with a kept answer. */
export type Use = 'fresh' | 'validate' | 'stale'

/** Whether the entry answers the request as it is, or is to be validated before (section 4.2). */
export function useOf(entry: CacheEntry, request: HttpHeaders, now: number): Use {
  const headers = HttpHeaders.received(entry.headers)
  const said = directivesOf(headers)
  const asked = requestDirectives(request)
  if (said.has('no-cache') || asked.has('no-cache')) return 'validate'
  const age = ageOf(entry, now)
  const left = lifetimeOf(entry, headers) - age
  const isTooOld = age > (secondsOf(asked, 'max-age') ?? Infinity)
  if (isTooOld || left < (secondsOf(asked, 'min-fresh') ?? -Infinity)) return 'validate'
  if (left > 0) return 'fresh'
  return !said.has('must-revalidate') && -left <= staleness(asked) ? 'stale' : 'validate'
}

/** How long after its end the caller takes an answer; below 0 for not at all. */
function staleness(asked: Directives): number {
  return asked.get('max-stale') === '' ? Infinity : (secondsOf(asked, 'max-stale') ?? -1)
}

/** Whether the entry may stand in where the server fails (RFC 5861 section 4). */
export function mayStandIn(entry: CacheEntry, request: HttpHeaders, now: number): boolean {
  const headers = HttpHeaders.received(entry.headers)
  const said = directivesOf(headers)
  if (said.has('must-revalidate') || said.has('no-cache')) return false
  const most =
    secondsOf(requestDirectives(request), 'stale-if-error') ?? secondsOf(said, 'stale-if-error')
  return most !== undefined && ageOf(entry, now) - lifetimeOf(entry, headers) <= most
}

/** Whether the caller wants what is kept or nothing. */
export function onlyIfCached(request: HttpHeaders): boolean {
  return askedBy(request).wantsKept
}

function askedBy(headers: HttpHeaders): Asked {
  if (last?.of === headers) return last
  const mayUse = !OWN.some((name) => headers.has(name)) && !directivesOf(headers).has('no-store')
  last = { of: headers, mayUse, wantsKept: requestDirectives(headers).has('only-if-cached') }
  return last
}

/** What a request says of the cache. */
interface Asked {
  readonly of: HttpHeaders
  readonly mayUse: boolean
  readonly wantsKept: boolean
}

/** Of the request before: most calls of a client have the same fields, which are one object. */
let last: Asked | undefined

/** How old the answer is, in milliseconds (section 4.2.3). */
export function ageOf({ headers, requested, received }: CacheEntry, now: number): number {
  const fields = HttpHeaders.received(headers)
  const said = fields.get('age')
  const age = said !== undefined && /^\d{1,10}$/.test(said) ? Number(said) * 1000 : 0
  const apparent = Math.max(0, received - (dateOf(fields, 'date') ?? received))
  const initial = Math.max(apparent, age + Math.max(0, received - requested))
  return initial + Math.max(0, now - received)
}

/** The fields that ask whether the entry still holds (section 4.3.1); none if nothing can tell. */
export function conditions({ headers }: CacheEntry): Readonly<Record<string, string>> {
  const fields = HttpHeaders.received(headers)
  const [etag, modified] = [fields.get('etag'), fields.get('last-modified')]
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(modified === undefined ? {} : { 'if-modified-since': modified }),
  }
}

/** Whether a 304 is about another answer than this entry: it names another strong tag. */
export function isAboutAnother({ headers }: CacheEntry, answer: HttpHeaders): boolean {
  const told = answer.get('etag')
  const ours = HttpHeaders.received(headers).get('etag')
  return told !== undefined && ours !== undefined && !isWeak(told) && strong(told) !== strong(ours)
}

/** The entry after a 304: its body, with what the answer says anew. What a 304 says of its own body is not believed. */
export function freshened(
  entry: CacheEntry,
  answer: HttpHeaders,
  times: { readonly requested: number; readonly received: number },
): CacheEntry {
  const anew = keptHeaders(answer).filter((name) => !ABOUT_BODY.has(name))
  const names = new Set([...anew].map(([name]) => name.toLowerCase()))
  const kept = HttpHeaders.received(entry.headers).filter(
    (name) => !names.has(name) && name !== 'age' && (name !== 'date' || !names.has('date')),
  )
  return { ...entry, ...times, headers: [...kept.wire, ...anew.wire] }
}

function lifetimeOf({ status, received }: CacheEntry, headers: HttpHeaders): number {
  const said = directivesOf(headers)
  const most = secondsOf(said, 'max-age')
  if (most !== undefined) return most
  const date = dateOf(headers, 'date') ?? received
  if (headers.has('expires')) return Math.max(0, (dateOf(headers, 'expires') ?? 0) - date)
  if (!KNOWN.has(status) && !said.has('public')) return 0
  const modified = dateOf(headers, 'last-modified')
  if (modified === undefined) return 0
  return Math.min(LONGEST_GUESS, Math.max(0, (date - modified) / 10))
}

function requestDirectives(request: HttpHeaders): Directives {
  if (request.has('cache-control')) return directivesOf(request)
  return request.get('pragma')?.toLowerCase().includes('no-cache') === true ? NO_CACHE : NOTHING
}

function dateOf(headers: HttpHeaders, name: string): number | undefined {
  return httpDate(headers.getAll(name)[0] ?? '')
}

function isWeak(tag: string): boolean {
  return tag.startsWith('W/')
}

function strong(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag
}

const NO_CACHE: Directives = new Map([['no-cache', '']])
const NOTHING: Directives = new Map()
/** Requests with these are the caller's own affair. */
const OWN = [
  'range',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
] as const
const PARTIAL: ReadonlySet<number> = new Set([206, 304])
const VALIDATORS = ['etag', 'last-modified'] as const
/** Statuses whose answers may be kept though nothing says how long (RFC 9110 section 15.1). */
const KNOWN: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])
const UNKEPT: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'set-cookie',
  'set-cookie2',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const ABOUT_BODY: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
])
const LONGEST_GUESS = 86_400_000
