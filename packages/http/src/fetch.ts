/*
 * `fetch` as the Fetch standard and its users have it, over the roads and limits of a client: for libraries that take one. It
 * must not know how calls are made.
 */

import { isNetError, type CallDefaults, type Timeout } from '@net/core'
import { clock } from '@net/core/authoring'

import type { RequestOptions } from './client-options.ts'
import { bodyOfRequest, bodyOption, type LookLimits } from './fetch-body.ts'
import { fetchedResponse } from './fetch-response.ts'
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
  const { signal, method } = asked
  const failure = (error: unknown): unknown => {
    if (signal?.aborted === true) return signal.reason
    return error instanceof TypeError && !isNetError(error) ? error : failed(error)
  }
  let given = asked.given
  try {
    signal?.throwIfAborted()
    const limits = limitsOf(host)
    const started = clock().now()
    const body = await asked.body({ signal, most: limits.timeout.total / 2 })
    given = body.body
    const answer = await host.request(method, asked.url, {
      ...body,
      ...within(limits, clock().now() - started),
      headers: headersOf(asked.headers),
      signal,
      retry: false,
      redirect: asked.redirect === 'follow',
      throwHttpErrors: false,
    })
    if (asked.redirect === 'error' && REDIRECTS.has(answer.status)) {
      answer.body.cancel()
      throw new TypeError('fetch failed: the server redirects, and redirect is "error"')
    }
    return fetchedResponse(answer, method, { failure })
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

interface Asked {
  readonly method: string
  readonly url: string | URL
  readonly headers: unknown
  readonly signal: AbortSignal | undefined
  readonly redirect: string
  /** What it is to send, before it is looked at. */
  readonly given: unknown
  body(limits: LookLimits): Promise<BodyOptions>
}

/** What is asked for, of the init and of a request of whatever realm. */
function askedFor(input: string | URL | Request, init: RequestInit): Asked {
  const request = isRequest(input) ? input : undefined
  // What the init does not say is the request's.
  const given = { ...partsOf(request), ...defined(init) }
  const method = given.method.toUpperCase()
  if (BODYLESS.has(method) && (init.body ?? null) !== null)
    throw new TypeError('fetch failed: GET and HEAD have no body')
  return {
    ...given,
    method,
    url: request?.url ?? (input as string | URL),
    signal: given.signal ?? undefined,
    given: init.body ?? request?.body,
    body: async (limits) => {
      if (init.body !== undefined && init.body !== null) return bodyOption(init.body)
      return request === undefined || BODYLESS.has(method) ? {} : bodyLeftIn(request, limits)
    },
  }
}

interface Parts {
  readonly method: string
  readonly headers: unknown
  readonly redirect: string
  readonly signal: AbortSignal | null | undefined
}

/** Of a request, or what holds without one. */
function partsOf(request: Request | undefined): Parts {
  const {
    method = 'GET',
    headers,
    redirect = 'follow',
    signal,
  } = request ?? ({} as Partial<Request>)
  return { method, headers, redirect, signal }
}

function defined({ method, headers, redirect, signal }: RequestInit): Partial<Parts> {
  const said = Object.entries({ method, headers, redirect, signal })
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
function headersOf(given: unknown): [string, string][] {
  const headers = new Headers(given as RequestInit['headers'])
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
  const why = error instanceof Error ? `: ${error.message}` : ''
  return new TypeError(`fetch failed${why}`, { cause: error })
}

const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
