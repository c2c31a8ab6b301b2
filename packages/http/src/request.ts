/* A request as a plain value, which middleware may read and replace. No part of it has been sent. */

import type { Source } from '@net/core'
import {
  argument,
  inCall,
  option,
  optionsDoor,
  PRINTING,
  shape,
  type Shape,
} from '@net/core/authoring'

import { headersShape, HttpHeaders, type HeaderFields } from './headers.ts'
import { placeOf, type Place } from './place.ts'
import { refuseReserved } from './reserved-fields.ts'
import { shownUrl } from './shown-url.ts'

/** What a request carries. */
export interface RequestBody {
  /** The bytes, where they are all there. */
  readonly bytes?: Uint8Array
  /** Where the bytes come from, if they are not there yet. */
  readonly source?: Source
  /** Whether it can be sent more than once. */
  readonly replayable: boolean
  /** Whether something was read from the source. */
  begun: boolean
}

/** What a copy of a request has different. */
export interface RequestChanges {
  readonly method?: string | undefined
  readonly url?: URL | undefined
  /** `HttpHeaders` replace all; other fields are put in the place of those of the same name, null drops one. */
  readonly headers?: HeaderFields | undefined
  /** Null without a body. */
  readonly body?: RequestBody | null | undefined
}

/** A request to a place that is known in parts; its URL is made at the first look, if there is none. */
export let requestTo: (
  method: string,
  where: { readonly place: Place; readonly url?: URL | undefined },
  headers: HttpHeaders,
  body: RequestBody | undefined,
) => HttpRequest

/** Where a request goes, in parts. */
export let placeOfRequest: (request: HttpRequest) => Place

/** One request. Immutable; `with` makes a copy. */
export class HttpRequest {
  readonly method: string
  readonly headers: HttpHeaders
  readonly body: RequestBody | undefined
  #url: URL | undefined
  #place: Place | undefined

  static {
    requestTo = (method, { place, url }, headers, body) => {
      const request = new HttpRequest(method, NOWHERE, headers, body)
      request.#url = url
      request.#place = place
      return request
    }
    placeOfRequest = (request) => request.#where()
    // Declared as a computed member it would need type inference to make this file's declarations.
    Object.defineProperty(HttpRequest.prototype, PRINTING, {
      value(this: HttpRequest) {
        return this.toJSON()
      },
    })
  }

  /** Throws `NET_BAD_OPTION`, and `NET_BAD_HEADER` for a field that belongs to the connection. */
  constructor(method: string, url: URL, headers: HttpHeaders, body?: RequestBody) {
    if (url !== NOWHERE)
      inCall(NEW, () => {
        argument('method', option.text, method)
        argument('url', aUrl, url)
        argument('headers', someHeaders, headers)
        if (body !== undefined) argument('body', aBody, body)
        refuseReserved(headers)
      })
    this.method = method
    this.#url = url
    this.headers = headers
    this.body = body
  }

  /** Without credentials and fragment. */
  get url(): URL {
    this.#url ??= new URL(this.#where().href)
    return this.#url
  }

  /** Scheme, host and port of the URL. */
  get origin(): string {
    return this.#where().origin
  }

  /** Path and query of the URL. */
  get path(): string {
    return this.#where().path
  }

  /** A copy with changes. Throws like the constructor, and like `HttpHeaders`. */
  with(changes: RequestChanges): HttpRequest {
    const { method = this.method, url, headers, body = this.body } = requestChanges(changes)
    const fields = this.#fields(headers)
    if (url !== undefined) return new HttpRequest(method, url, fields, body ?? undefined)
    // To the same place, which is not read again.
    return requestTo(method, { place: this.#where(), url: this.#url }, fields, body ?? undefined)
  }

  /** Without the body and without secrets. */
  toJSON(): { readonly method: string; readonly url: string; readonly headers: HttpHeaders } {
    return { method: this.method, url: shownUrl(this.url.href), headers: this.headers }
  }

  /** The parts of the URL; a middleware may have changed the URL that it was given. */
  #where(): Place {
    const url = this.#url
    if (this.#place === undefined || (url !== undefined && url.href !== this.#place.href))
      this.#place = placeOf(url ?? NOWHERE)
    return this.#place
  }

  #fields(headers: HeaderFields | undefined): HttpHeaders {
    if (headers === undefined) return this.headers
    const fields = headers instanceof HttpHeaders ? headers : this.headers.with(headers)
    refuseReserved(fields)
    return fields
  }
}

/** Whether a request with this method may be processed twice (RFC 9110 section 9.2.2). */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method)
}

const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
])

const NEW = { protocol: 'http', call: 'new HttpRequest' } as const
const aUrl: Shape<URL> = shape('a URL', (value) => value instanceof URL)
const someHeaders: Shape<HttpHeaders> = shape(
  'HttpHeaders, such as new HttpHeaders({ … })',
  (value) => value instanceof HttpHeaders,
)
/** A request, as an argument. */
export const aRequest: Shape<HttpRequest> = shape(
  'a request, such as that of build(), or a copy of one by request.with({ … })',
  (value) => value instanceof HttpRequest,
)
const aBody: Shape<RequestBody | null> = shape(
  'the body of a request, or null',
  (value) => value === null || (option.isObject(value) && 'replayable' in value),
)
const requestChanges = optionsDoor<RequestChanges>(
  { protocol: 'http', call: 'HttpRequest.with' },
  {
    method: option.text,
    url: aUrl,
    headers: headersShape,
    body: aBody,
  },
  { path: 'url' },
)
/** The URL of requests that are made of parts of our own, which need no check. */
const NOWHERE = new URL('http://nowhere.invalid/')
