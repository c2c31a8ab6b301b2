/* Makes requests of what callers give: URL, headers, body and settings, with those of the client put in. */

import type { Secret } from '@net/core'
import { claimSecrets, netError, nextId, type Taken } from '@net/core/authoring'

import { basic, claimAuth, type HttpAuth } from './auth.ts'
import type { ClientOptions, RequestOptions } from './client-options.ts'
import { ClientCache } from './cache/client-cache.ts'
import type { HttpCache } from './cache/entry.ts'
import { cacheOf } from './cache/options.ts'
import { ClientCookies } from './cookies/call-cookies.ts'
import type { CookieJar } from './cookies/cookie-jar.ts'
import { jarOf, withCookies } from './cookies/options.ts'
import { HttpHeaders, isHarmless } from './headers.ts'
import { isToken } from './http1/syntax.ts'
import { protectParts } from './multipart.ts'
import { protectParams, type Params } from './params.ts'
import { placeOf, Places, type Place } from './place.ts'
import { tellsCutZstd } from './middleware/zstd.ts'
import { bodyOf, type TypedBody } from './request-body.ts'
import { baseUrl, requestUrl, type RequestUrl } from './request-url.ts'
import { refuseReserved } from './reserved-fields.ts'
import { placeOfRequest, requestTo, type HttpRequest } from './request.ts'
import { overlaid, settingsOf, type Settings } from './settings.ts'

/** A request that is ready to go. */
export interface PreparedRequest {
  readonly request: HttpRequest
  /** The options of the call, checked. */
  readonly options: Taken<RequestOptions>
  readonly settings: Settings
  /** The URL as errors and events show it. */
  readonly target: string
  /** `host:port`. */
  readonly endpoint: string
  /** The owner of the secrets that the call has beside those of its client. */
  readonly secrets: number
}

/** How a call is wanted. */
export interface Asking {
  /** The options of the call, checked. */
  readonly options: Taken<RequestOptions>
  /** Whether JSON is expected. */
  readonly json: boolean
  /** Whether events are expected, each as soon as it is there. */
  readonly events?: boolean
  /** Whether the body is wanted as it is sent, without a coding if the server can. */
  readonly raw?: boolean
  /** Whether it goes where somebody else has led: nothing of the client's goes with it but harmless fields. */
  readonly foreign?: boolean
}

/** Where a call goes, and who its URL says is asking. */
interface Address extends Partial<RequestUrl> {
  readonly place: Place
}

/** Prepares the requests of one client. */
export class RequestFactory {
  readonly #base: RequestUrl | undefined
  /** The origin of the base URL, to which alone the client's params, headers and credentials go; undefined for all. */
  readonly home: string | undefined
  readonly #settings: Settings
  /** What the caller said about decoding. */
  readonly #decompress: boolean | undefined
  readonly #params: Params | undefined
  /** Writes the JSON of calls that do not say how. */
  readonly stringify: (value: unknown) => string
  readonly #headers: HttpHeaders
  readonly #jsonHeaders: HttpHeaders
  readonly #places = new Places()

  /** `client` is its id, which its secrets belong to. Throws `ArgumentError`s. */
  constructor(options: Taken<ClientOptions>, client: number) {
    const base = options.baseUrl
    this.#base = base === undefined ? undefined : baseUrl(base)
    this.home = this.#base?.url.origin
    const jar = jarOf(options.cookies)
    const cache = cacheOf(options.cache)
    const settings = settingsOf(options, {
      cookies: jar && new ClientCookies(jar, client),
      cache: cache && new ClientCache(cache, options),
    })
    this.#settings = { ...settings, auth: settings.auth ?? authOfUrl(this.#base) }
    this.#decompress = options.decompress
    this.#params = options.params
    this.stringify = options.stringify ?? JSON.stringify
    const given = new HttpHeaders(options.headers)
    refuseReserved(given)
    this.#headers = ours('*/*').with(options.headers ?? {})
    this.#jsonHeaders = ours('application/json').with(options.headers ?? {})
    this.#headers.protect(client)
    if (this.#settings.auth !== undefined) claimAuth(this.#settings.auth, client)
  }

  /** The client's jar. */
  get cookies(): CookieJar | undefined {
    return this.#settings.cookies?.jar
  }

  /** Where the client keeps answers. */
  get cache(): HttpCache | undefined {
    return this.#settings.cache?.cache
  }

  /** Throws `ArgumentError`s. */
  prepare(method: string, input: string | URL, asking: Asking): PreparedRequest {
    const { options } = asking
    const verb = checkedMethod(method)
    const address = this.#address(input, options.params)
    const foreign = asking.foreign === true || this.#isForeign(address.place)
    const secrets = nextId()
    if (address.url !== undefined) claimSecrets(address.url, secrets)
    const client = foreign ? undefined : this.#settings.auth
    const settings = this.#settingsFor(asking, authOfUrl(address) ?? client, secrets)
    const typed = bodyOf(options, options.stringify ?? this.stringify, () => typeGiven(options))
    claimForm(options, typed, secrets)
    const fitting = this.#headersFor(asking, foreign, settings)
    const typing =
      typed?.type === undefined ? fitting : fitting.with({ 'content-type': typed.type })
    const whole = overridden(typing, options, secrets)
    const headers = typed?.isFixed === true ? whole.with({ 'content-type': typed.type }) : whole
    const request = requestTo(verb, address, headers, typed?.body)
    const { href: target, endpoint } = address.place
    return { request, options, settings, target, endpoint, secrets }
  }

  /** Prepares the call of a request that was made before, which goes as it is. */
  prepareSent(request: HttpRequest, asking: Asking): PreparedRequest {
    const place = placeOfRequest(request)
    const secrets = nextId()
    request.headers.protect(secrets)
    const client = this.#isForeign(place) ? undefined : this.#settings.auth
    const settings = this.#settingsFor(asking, client, secrets)
    const { href: target, endpoint } = place
    return { request, options: asking.options, settings, target, endpoint, secrets }
  }

  #settingsFor(asking: Asking, auth: HttpAuth | undefined, secrets: number): Settings {
    const chosen = overlaid(this.#settings, asking.options, auth)
    const settings = this.#read(asking, chosen)
    if (settings.auth !== undefined && settings.auth !== this.#settings.auth)
      claimAuth(settings.auth, secrets)
    return settings
  }

  /** Where a call goes: known from an earlier one with the same text, or read. */
  #address(input: string | URL, params: Params | undefined): Address {
    // Only text: a URL object may change. Parameters are for each call to say, and the client's may change too.
    const text = typeof input === 'string' && (params ?? this.#params) === undefined && input
    const known = text === false ? undefined : this.#places.get(text)
    if (known !== undefined) return { place: known }
    const asked = requestUrl(input, this.#base?.url, (to) =>
      this.#paramsFor(params, this.#isForeign(to)),
    )
    const place = placeOf(asked.url)
    if (text !== false && asked.user === undefined) this.#places.keep(text, place)
    return { ...asked, place }
  }

  #headersFor(asking: Asking, foreign: boolean, { decompress }: Settings): HttpHeaders {
    const all = asking.json ? this.#jsonHeaders : this.#headers
    const headers = foreign ? all.filter(isHarmless) : all
    // A server or proxy that compresses may hold an event back until there is more.
    if (asking.events === true) return forEvents(headers)
    if (decompress) return headers
    const without = headers.without('accept-encoding')
    return this.#isRaw(asking) ? without.with(UNCODED) : without
  }

  #read(asking: Asking, chosen: Settings): Settings {
    if (asking.events === true) return { ...chosen, decodesUnasked: true }
    return this.#isRaw(asking) ? { ...chosen, decompress: false } : chosen
  }

  /** A file is saved as it is sent, unless the caller wants it decoded: an archive may be labelled as a coding. */
  #isRaw({ raw, options }: Asking): boolean {
    return raw === true && (options.decompress ?? this.#decompress) !== true
  }

  #isForeign({ origin }: { readonly origin: string }): boolean {
    return this.home !== undefined && this.home !== origin
  }

  #paramsFor(params: Params | undefined, foreign: boolean): readonly Params[] {
    if (this.#params === undefined || foreign) return params === undefined ? NO_PARAMS : [params]
    return params === undefined ? [this.#params] : [this.#params, params]
  }
}

/** A server may echo a form as it may echo a query. */
function claimForm(
  { form, multipart }: Taken<RequestOptions>,
  typed: TypedBody | undefined,
  owner: number,
): void {
  if (typed === undefined || (form ?? multipart) === undefined) return
  if (multipart !== undefined) protectParts(multipart, typed.body)
  else protectParams(Buffer.from(typed.body.bytes ?? []).toString(), typed.body)
  claimSecrets(typed.body, owner)
}

function typeGiven({ headers }: Taken<RequestOptions>): string | undefined {
  return headers === undefined ? undefined : new HttpHeaders(headers).get('content-type')
}

function overridden(
  headers: HttpHeaders,
  options: Taken<RequestOptions>,
  secrets: number,
): HttpHeaders {
  const { headers: given, cookies } = options
  if (given === undefined && cookies === undefined) return headers
  const named = given === undefined ? headers : headers.with(given)
  const merged = wholeBytes(typeof cookies === 'object' ? withCookies(named, cookies) : named)
  refuseReserved(merged)
  merged.protect(secrets)
  return merged
}

/** A range is one of the coded form (RFC 9110 section 14.2), of which a part cannot be decoded. */
function wholeBytes(headers: HttpHeaders): HttpHeaders {
  const isOurs = headers.has('range') && headers.get('accept-encoding') === codings()
  return isOurs ? headers.with(UNCODED) : headers
}

function forEvents(headers: HttpHeaders): HttpHeaders {
  const isOurs = headers.get('accept-encoding') === codings()
  const uncoded = isOurs ? headers.with(UNCODED) : headers
  return headers.get('accept') === '*/*' ? uncoded.with(EVENTS) : uncoded
}

function ours(accept: string): HttpHeaders {
  return new HttpHeaders({
    accept,
    'accept-encoding': codings(),
    'user-agent': 'net-http',
  })
}

function authOfUrl(url: Pick<RequestUrl, 'user' | 'password'> | undefined): HttpAuth | undefined {
  if (url?.user === undefined) return undefined
  const password: Secret | string = url.password ?? ''
  return basic(url.user, password)
}

/** Whether it is one of the methods that clients have a verb for. */
export function isKnownMethod(method: string): boolean {
  return METHODS.has(method)
}

function checkedMethod(method: string): string {
  if (METHODS.has(method)) return method
  const upper = typeof method === 'string' ? method.toUpperCase() : ''
  if (METHODS.has(upper)) return upper
  if (upper !== 'CONNECT' && isToken(upper)) return method
  throw netError('NET_BAD_OPTION', {
    message:
      "the method must be a word such as 'GET' or 'PROPFIND', and not 'CONNECT': request('GET', url)",
  })
}

/** What can be decoded, as `Accept-Encoding` says it; not known before there is a client. */
function codings(): string {
  return tellsCutZstd() ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br'
}
const EVENTS = { accept: 'text/event-stream', 'cache-control': 'no-store' }
const UNCODED = { 'accept-encoding': 'identity' }
const NO_PARAMS: readonly Params[] = []
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
])
