/*
 * `fetch` as the Fetch standard and its users have it, over the roads and limits of a client: for libraries that take one. It
 * must not know how calls are made.
 */

import { isNetError, type CallDefaults, type Timeout } from '@net/core'
import { clock, isError, isTypeError, option } from '@net/core/authoring'

import { wholeBody } from './body.ts'
import type { RequestOptions } from './client-options.ts'
import { bodyOfRequest, bodyOption, type LookLimits } from './fetch-body.ts'
import { isIntact } from './fetch-integrity.ts'
import { isLocalUrl, localAnswer } from './fetch-local.ts'
import { fetchedResponse, type FetchedAnswer, type FetchedBody } from './fetch-response.ts'
import { isToken } from './http1/syntax.ts'
import type { BodyOptions } from './request-body.ts'
import { isReserved } from './reserved-fields.ts'
import type { HttpResponse } from './response.ts'

/** The `fetch` of a client. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What it has of its client. */
export interface FetchHost {
  readonly defaults: CallDefaults | undefined
  /** Of the client; undefined for no limit. */
  readonly maxBytes: number | undefined
  request(method: string, url: string | URL, options: RequestOptions): Promise<HttpResponse>
}

/** One call. Rejects with the signal's own reason, else with a TypeError whose cause is the error of ours. */
export async function fetchOver(
  host: FetchHost,
  input: string | URL | Request,
  init: RequestInit = {},
): Promise<Response> {
  const asked = askedFor(input, init)
  const { signal, method, integrity } = asked
  const failure = (error: unknown): unknown => {
    if (signal?.aborted === true) return signal.reason
    return isTypeError(error) && !isNetError(error) ? error : failed(error)
  }
  let given = asked.given
  try {
    signal?.throwIfAborted()
    if (isLocalUrl(String(asked.url))) {
      const local = await localAnswer(String(asked.url), method)
      return await responseTo(local, method, { failure, integrity })
    }
    const limits = limitsOf(host)
    const started = clock().now()
    const body = await asked.body({ signal, most: limits.timeout.total / 2 })
    given = body.body
    const answer = await host.request(method, asked.url, {
      ...body,
      ...within(limits, clock().now() - started),
      headers: headersOf(asked.headers, init.body),
      signal,
      retry: false,
      redirect: asked.redirect === 'follow',
      throwHttpErrors: false,
    })
    if (asked.redirect === 'error' && REDIRECTS.has(answer.status)) {
      answer.body.cancel()
      throw new TypeError('fetch failed: the server redirects, and redirect is "error"')
    }
    return await responseTo(answer, method, { failure, integrity, maxWaiting: host.maxBytes })
  } catch (error) {
    const told = failure(error)
    giveUp(given, told)
    throw told
  }
}

/** A stream that the call has not begun to read is of no use to anybody. */
function giveUp(body: unknown, reason: unknown): void {
  if (body instanceof ReadableStream && !body.locked) body.cancel(reason).catch(() => {})
}

interface Wanted extends FetchedBody {
  readonly integrity: string
}

/** The response; one that has to have a certain hash is read first. */
async function responseTo(
  answer: FetchedAnswer,
  method: string,
  { integrity, ...body }: Wanted,
): Promise<Response> {
  if (integrity === '') return fetchedResponse(answer, method, body)
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (!isIntact(bytes, integrity))
    throw new TypeError('fetch failed: the response does not have the hash that integrity says')
  const { status, statusText, url, headers, history } = answer
  const read = { status, statusText, url, headers, history, body: wholeBody(bytes) }
  return fetchedResponse(read, method, body)
}

interface Asked {
  readonly method: string
  readonly url: string | URL
  readonly headers: unknown
  readonly signal: AbortSignal | undefined
  readonly redirect: string
  readonly integrity: string
  /** What it is to send, before it is looked at. */
  readonly given: unknown
  body(limits: LookLimits): Promise<BodyOptions>
}

/** What is asked for, of the init and of a request of whatever realm. */
function askedFor(input: string | URL | Request, init: RequestInit): Asked {
  const request = isRequest(input) ? input : undefined
  // What the init does not say is the request's.
  const given = { ...partsOf(request), ...defined(init) }
  const method = methodOf(given.method)
  checkBody(method, init)
  if (!MODES.has(given.redirect)) throw refused('redirect is follow, error or manual')
  if (!isSignal(given.signal)) throw refused('the signal is no AbortSignal')
  return {
    ...given,
    method,
    url: urlOf(request?.url ?? (input as string | URL)),
    signal: given.signal ?? undefined,
    given: init.body ?? request?.body,
    body: async (limits) => {
      if (init.body !== undefined && init.body !== null) return bodyOption(init.body)
      return request === undefined || BODYLESS.has(method) ? {} : bodyLeftIn(request, limits)
    },
  }
}

/** As the standard spells it: some are written in capitals, all others as they are given (Fetch standard, section 2.2.1). */
function methodOf(given: string): string {
  const upper = given.toUpperCase()
  if (!isToken(given) || FORBIDDEN.has(upper)) throw refused(`the method ${given} cannot be sent`)
  return NORMALIZED.has(upper) ? upper : given
}

function checkBody(
  method: string,
  { body, duplex }: RequestInit & { readonly duplex?: unknown },
): void {
  if ((body ?? null) === null) return
  if (BODYLESS.has(method)) throw refused('GET and HEAD have no body')
  if (!(body instanceof ReadableStream)) return
  if (duplex === undefined) throw refused("a stream as body needs duplex: 'half'")
  if (body.locked) throw refused('the stream is being read')
}

/** Who asks may not stand in a URL, which gets into logs. */
function urlOf(url: string | URL): string | URL {
  const text = typeof url === 'string' ? url : (url.href ?? String(url))
  const { username = '', password = '' } = URL.parse(text) ?? {}
  if (username !== '' || password !== '') throw refused('the URL has credentials')
  return text
}

function isSignal(signal: unknown): boolean {
  if (signal === null || signal === undefined) return true
  return option.isObject(signal) && typeof Reflect.get(signal, 'aborted') === 'boolean'
}

function refused(why: string): TypeError {
  return new TypeError(`fetch failed: ${why}`)
}

interface Parts {
  readonly method: string
  readonly headers: unknown
  readonly redirect: string
  readonly signal: AbortSignal | null | undefined
  readonly integrity: string
}

/** Of a request, or what holds without one. */
function partsOf(request: Request | undefined): Parts {
  const {
    method = 'GET',
    headers,
    redirect = 'follow',
    signal,
    integrity = '',
  } = request ?? ({} as Partial<Request>)
  return { method, headers, redirect, signal, integrity }
}

function defined({ method, headers, redirect, signal, integrity }: RequestInit): Partial<Parts> {
  const said = Object.entries({ method, headers, redirect, signal, integrity })
  return Object.fromEntries(said.filter(([, value]) => value !== undefined))
}

async function bodyLeftIn({ body, bodyUsed }: Request, limits: LookLimits): Promise<BodyOptions> {
  if (bodyUsed) throw new TypeError('fetch failed: the body of the request was read')
  return body === null || body === undefined
    ? {}
    : bodyOfRequest(body as ReadableStream<Uint8Array>, limits)
}

function isRequest(input: unknown): input is Request {
  return (
    typeof input === 'object' &&
    input !== null &&
    typeof Reflect.get(input, 'url') === 'string' &&
    typeof Reflect.get(input, 'method') === 'string'
  )
}

/** As the platform reads them; fields of the connection are ours, and left out as browsers do. */
function headersOf(given: unknown, body: unknown): [string, string][] {
  const headers = new Headers(given as RequestInit['headers'])
  if (body instanceof URLSearchParams && !headers.has('content-type'))
    headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8')
  return [...headers].filter(([name]) => !isReserved(name))
}

/** A library has limits of its own, and its users know nothing of ours: only what the client was given holds. */
function limitsOf({ defaults, maxBytes = Infinity }: FetchHost): FetchLimits {
  const given: Timeout = defaults?.timeout ?? {}
  const named = typeof given === 'number' ? { total: given } : given
  const { reply = Infinity, idle = Infinity, total = Infinity } = named
  return { timeout: { reply, idle, total }, maxBytes }
}

interface FetchLimits {
  readonly timeout: { readonly reply: number; readonly idle: number; readonly total: number }
  readonly maxBytes: number
}

/** What is left of them. */
function within({ timeout, maxBytes }: FetchLimits, passed: number): FetchLimits {
  return {
    timeout: { ...timeout, total: Math.max(1, Math.ceil(timeout.total - passed)) },
    maxBytes,
  }
}

function failed(error: unknown): TypeError {
  const why = isError(error) ? `: ${error.message}` : ''
  return new TypeError(`fetch failed${why}`, { cause: error })
}

const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK'])
const NORMALIZED: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])
const MODES: ReadonlySet<string> = new Set(['follow', 'error', 'manual'])
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
