/* What a test server keeps of a request: its head, and its body up to a limit. */

import type { IncomingHttpHeaders } from 'node:http'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  /** As it was sent: a path with its query, a whole URL, `host:port` or `*` (RFC 9112 section 3.2). */
  readonly target: string
  /** Without the query; `host:port` of CONNECT. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** Names and values in turn, as they came behind the body. */
  readonly trailers: readonly string[]
  /** What has arrived so far, up to 1 MiB. */
  readonly body: Uint8Array
  /** How many bytes of body have arrived so far. */
  readonly size: number
  /** Whether all of it has arrived. */
  readonly complete: boolean
}

/** The head of a request, in any version of HTTP. */
export interface SeenHead {
  readonly method: string
  readonly target: string
  /** Names and values in turn. */
  readonly fields: readonly string[]
}

/** A request while it arrives. */
export class ArrivingRequest implements SeenRequest {
  readonly method: string
  readonly target: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  trailers: readonly string[] = []
  size = 0
  complete = false
  #kept: Uint8Array[] = []
  #keptSize = 0

  constructor({ method, target, fields }: SeenHead) {
    this.method = method
    this.target = target
    const [path, query] = method === 'CONNECT' ? [target, ''] : placeOf(target)
    this.path = path
    this.query = new URLSearchParams(query)
    this.rawHeaders = fields
    this.headers = headersOf(fields)
  }

  get body(): Uint8Array {
    if (this.#kept.length !== 1) this.#kept = [Buffer.concat(this.#kept)]
    return this.#kept[0] ?? new Uint8Array()
  }

  keep(chunk: Uint8Array): void {
    this.size += chunk.length
    const room = MOST_KEPT - this.#keptSize
    if (room === 0) return
    // The beginning without gaps: a later chunk may be small enough where this one is not.
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk
    this.#keptSize += kept.length
    this.#kept.push(kept)
  }
}

function placeOf(target: string): readonly [path: string, query: string] {
  const url = target.startsWith('/') ? undefined : URL.parse(target)
  const text = url == null ? target : url.pathname + url.search
  const at = text.indexOf('?')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)]
}

function headersOf(fields: readonly string[]): IncomingHttpHeaders {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]?.toLowerCase() ?? ''
    const value = fields[at + 1] ?? ''
    const before = headers[name]
    headers[name] =
      before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

const MOST_KEPT = 1_048_576
