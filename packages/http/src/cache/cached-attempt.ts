/*
 * One attempt of a call with a cache (RFC 9111): answers from the cache what is fresh, asks the server whether the rest still
 * holds, and keeps what the server answers. It must not know how an answer is fetched.
 */

import { isPromise } from 'node:util/types'

import { isNetError } from '@net/core'
import { guarded, isError, netError } from '@net/core/authoring'

import { HttpAttempt, type AttemptParts } from '../attempt.ts'
import { ReceivedBody, wholeBody } from '../body.ts'
import type { Outcome } from '../call.ts'
import { HttpHeaders } from '../headers.ts'
import { isLedAway } from '../request-marks.ts'
import { placeOfRequest, type HttpRequest } from '../request.ts'
import { createResponse } from '../created-response.ts'
import { ClientResponse, readingRules, type HttpResponse } from '../response.ts'
import type { Filling } from './changes.ts'
import { today, type CacheAsking, type ClientCache } from './client-cache.ts'
import type { CacheEntry } from './entry.ts'
import { RecordingBody } from './recording-body.ts'
import {
  ageOf,
  conditions,
  freshened,
  isAboutAnother,
  mayKeep,
  mayStandIn,
  mayUse,
  onlyIfCached,
  useOf,
} from './rules.ts'

/** One attempt. */
export class CachedAttempt implements Outcome {
  readonly #parts: AttemptParts
  readonly #cache: ClientCache
  readonly #outcome: Outcome
  readonly #asking: CacheAsking
  readonly #requested: number = today()
  #inner: HttpAttempt | undefined
  /** Whether the cache has a say in this request. */
  readonly #isCached: boolean
  /** The entry that the server is asked about. */
  #entry: CacheEntry | undefined
  /** Whether there was an entry, which an answer may make void. */
  #wasKept = false
  #filling: Filling | undefined

  constructor(parts: AttemptParts, cache: ClientCache, outcome: Outcome) {
    this.#parts = parts
    this.#cache = cache
    this.#outcome = outcome
    const { method, headers } = parts.request
    this.#isCached = mayUse(method, headers)
    const { tls } = parts.call.settings
    const isLed = isLedAway(parts.request)
    this.#asking = { url: placeOfRequest(parts.request).href, headers, tls, isLed }
  }

  begin(): void {
    if (!this.#isCached) {
      this.#send(this.#parts.request)
      return
    }
    const found = this.#cache.find(this.#asking)
    if (!isPromise(found)) this.#use(found)
    else
      found.then((entry) => this.#use(entry)).catch((error: unknown) => this.#outcome.failed(error))
  }

  letGo(): void {
    this.#inner?.letGo()
  }

  answered(response: HttpResponse): void {
    if (!SAFE.has(this.#parts.request.method)) this.#changed(response)
    if (!this.#isCached) this.#outcome.answered(response)
    else if (this.#entry === undefined) this.#outcome.answered(this.#kept(response))
    else this.#validated(this.#entry, response)
  }

  failed(error: unknown): void {
    this.#end()
    const { method, headers } = this.#parts.request
    // Unless it surely was not processed, the server may have done it.
    const isSafe = isNetError(error) && error.retry === 'safe'
    if (!SAFE.has(method) && !isSafe) this.#drop(this.#asking.url)
    const entry = this.#entry
    if (entry === undefined || !isNetError(error) || error.retry === 'never')
      this.#outcome.failed(error)
    else if (mayStandIn(entry, headers, today())) this.#give(entry)
    else this.#outcome.failed(error)
  }

  #use(entry: CacheEntry | undefined): void {
    const { request } = this.#parts
    this.#wasKept = entry !== undefined
    const use = entry === undefined ? 'validate' : useOf(entry, request.headers, today())
    if (entry !== undefined && use !== 'validate') this.#give(entry)
    else if (onlyIfCached(request.headers)) this.#outcome.answered(notKept())
    else this.#fetch(entry)
  }

  #fetch(entry: CacheEntry | undefined): void {
    const { request } = this.#parts
    this.#filling = this.#cache.begin(this.#asking)
    const asked = entry === undefined ? NOTHING : conditions(entry)
    if (asked === NOTHING || Object.keys(asked).length === 0) this.#send(request)
    else {
      this.#entry = entry
      this.#send(request.with({ headers: asked }))
    }
  }

  #send(request: HttpRequest): void {
    const parts = this.#parts
    this.#inner = new HttpAttempt(request === parts.request ? parts : { ...parts, request }, this)
    this.#inner.begin()
  }

  #validated(entry: CacheEntry, response: HttpResponse): void {
    const { headers } = this.#parts.request
    if (response.status === UNCHANGED) {
      response.body.cancel()
      if (isAboutAnother(entry, response.headers)) {
        this.#entry = undefined
        this.#send(this.#parts.request)
      } else this.#renew(entry, response)
    } else if (FAILING.has(response.status)) {
      this.#end()
      if (!mayStandIn(entry, headers, today())) {
        this.#outcome.answered(response)
        return
      }
      response.body.cancel()
      this.#give(entry)
    } else {
      this.#outcome.answered(this.#kept(response))
    }
  }

  #renew(entry: CacheEntry, { headers }: HttpResponse): void {
    const times = { requested: this.#requested, received: today() }
    const fresh = freshened(entry, headers, times)
    const filling = this.#filling
    this.#end()
    if (filling?.isVoid === false) settle(this.#cache.put(this.#asking, fresh))
    this.#give(fresh, headers.getAll('set-cookie'))
  }

  /** The answer, whose body goes into the cache while it is read. */
  #kept(response: HttpResponse): HttpResponse {
    const filling = this.#filling
    if (filling === undefined || !(response instanceof ClientResponse)) return response
    this.#filling = undefined
    const { status, headers } = response
    if (!mayKeep(status, headers) || !hasEnd(response)) {
      this.#cache.end(filling)
      // What was kept before holds no more.
      if (status < 500 && this.#wasKept) settle(this.#cache.put(this.#asking, undefined))
      return response
    }
    const times = { requested: this.#requested, received: today() }
    const parts = { status, statusText: response.statusText, headers, ...times }
    const keep = (body: Uint8Array): void =>
      settle(this.#cache.keep(filling, this.#asking, { ...parts, body }))
    const { body } = response
    const isCoded = headers.has('content-encoding')
    const whole = body instanceof ReceivedBody && !isCoded ? body.takeWhole() : undefined
    if (whole !== undefined) {
      keep(Uint8Array.from(whole))
      return response.with({ body: wholeBody(whole) })
    }
    let isKept = false
    return response.with({
      body: new RecordingBody(body, MOST_BODY, {
        whole: (bytes) => {
          isKept = true
          keep(bytes)
        },
        lost: () => {
          this.#cache.end(filling)
          // Nothing but a broken coding speaks against what has come whole; who is done with it lets go of it as well.
          if (isKept && isCoded) settle(this.#cache.put(this.#asking, undefined))
        },
      }),
    })
  }

  /** Answers with the entry. */
  #give(entry: CacheEntry, cookies: readonly string[] = []): void {
    const { call, request } = this.#parts
    const { op, context, settings, signal, started } = call
    const age = Math.floor(ageOf(entry, today()) / 1000)
    const kept = HttpHeaders.received(entry.headers).without('age').wire
    const set = cookies.flatMap((line) => ['set-cookie', line])
    op.answered(entry.status)
    this.#outcome.answered(
      new ClientResponse({
        status: entry.status,
        statusText: entry.statusText,
        url: placeOfRequest(request).href,
        headers: HttpHeaders.received([...kept, 'age', String(age), ...set]),
        history: [],
        cached: true,
        timings: { reused: false, connected: 0, answered: 0 },
        body: wholeBody(Uint8Array.from(entry.body)),
        rules: readingRules(settings.maxBytes, context, {
          signal,
          total: op.limits.total,
          started,
        }),
      }),
    )
  }

  /** A change at the server: what is kept of the places that it names holds no more. */
  #changed({ status, headers }: HttpResponse): void {
    if (status < 200 || status >= 400) return
    const { url } = this.#asking
    this.#drop(url)
    for (const name of ['location', 'content-location']) {
      const named = URL.parse(headers.get(name) ?? '', url)
      if (named === null || !headers.has(name)) continue
      named.hash = ''
      if (named.origin === new URL(url).origin && named.href !== url) this.#drop(named.href)
    }
  }

  #drop(url: string): void {
    settle(this.#cache.drop(url))
  }

  #end(): void {
    if (this.#filling !== undefined) this.#cache.end(this.#filling)
    this.#filling = undefined
  }
}

/** Whether it is known where the body ends: one that ends with the connection may have been cut. */
function hasEnd({ body, protocol, headers, url }: HttpResponse): boolean {
  return (
    body.size !== undefined ||
    protocol === 'h2' ||
    headers.has('transfer-encoding') ||
    url.startsWith('https:')
  )
}

/** The answer to `only-if-cached` where nothing is kept (section 5.2.1.7). */
function notKept(): HttpResponse {
  return createResponse({ status: 504, statusText: 'Gateway Timeout' })
}

/** A cache that fails costs no call its answer; the program hears of it once. */
function settle(work: Promise<void>): void {
  work.catch(tell)
}

const tell = guarded('a cache', (error: unknown) => {
  throw isError(error)
    ? error
    : netError('NET_LOCAL_IO', { message: 'the cache failed', cause: error })
})
const NOTHING: Readonly<Record<string, string>> = {}
const UNCHANGED = 304
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND'])
const FAILING: ReadonlySet<number> = new Set([500, 502, 503, 504])
const MOST_BODY = 16_777_216
