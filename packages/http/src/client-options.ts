/* What callers choose: for a client, and for one call. */

import type { CallDefaults, CallOptions, Credential, LogOption } from '@net/core'
import type { BlockOption, Dialer, ProxyOption, TlsOptions } from '@net/socket'

import type { HttpAuth } from './auth.ts'
import type { Handler, Middleware } from './call.ts'
import type { HeaderFields } from './headers.ts'
import type { RedirectOptions } from './middleware/redirect.ts'
import type { Params } from './params.ts'
import type { BodyOptions } from './request-body.ts'

/** What both a client and a call may choose; the call wins. */
export interface SharedOptions {
  /** Added to the query of the URL; those of the client first. */
  readonly params?: Params
  /** Put in the place of fields of the same name, ours and the client's; null drops one. */
  readonly headers?: HeaderFields
  /** With `password`, the same as `auth: basic(user, password)`. */
  readonly user?: string
  readonly password?: Credential
  /** Who is asking; wins over `user` and over what the URL says. */
  readonly auth?: HttpAuth
  /** Whether redirects are followed, and how many; default 20. */
  readonly redirect?: boolean | number | RedirectOptions
  /**
   * How many bytes of body are accepted, decoded. By default 100 MiB where a body is encoded or read in one go and
   * 10 MiB for JSON; what is streamed as it is sent has no limit.
   */
  readonly maxBytes?: number
  /** Whether gzip, deflate, br and zstd are asked for and taken off. Default true. */
  readonly decompress?: boolean
  /** Whether a status of 400 or above rejects with an `HttpStatusError`. Default true. */
  readonly throwHttpErrors?: boolean
  /** Writes the value of `json` as text. Default `JSON.stringify`. */
  readonly stringify?: (value: unknown) => string
}

/** Options of one call. */
export interface RequestOptions extends CallOptions, SharedOptions, BodyOptions {}

/** Options of a client. */
export interface ClientOptions extends SharedOptions {
  /**
   * What paths are joined to: `/users` to `https://host/v1` gives `https://host/v1/users`. A client that has a base sends
   * its own credentials to no other origin.
   */
  readonly baseUrl?: string | URL
  /** The road to servers; excludes `proxy`. Default TCP. */
  readonly dialer?: Dialer
  /**
   * The URL of a proxy, or several, the nearest first; false for none. Default `'environment'`: what HTTP_PROXY,
   * HTTPS_PROXY, ALL_PROXY and NO_PROXY say, never for loopback.
   */
  readonly proxy?: ProxyOption
  /** `'private'` lets addresses of the public internet pass and no others: else `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption
  /** The path of a Unix socket on which all servers are reached; excludes `dialer` and `proxy`. */
  readonly unixSocket?: string
  readonly tls?: TlsOptions
  /** Layers around every call, the first one outermost; outside of login, redirects, repeats and decoding. */
  readonly middleware?: readonly Middleware[]
  /** Answers instead of a server, for tests. */
  readonly handler?: Handler
  /** How many connections one origin may have. Default 64. */
  readonly connections?: number
  /**
   * Whether HTTP/2 is offered to servers with TLS; one connection then carries all calls to its origin. A server that
   * does not take it is spoken to in HTTP/1.1. Default false.
   */
  readonly http2?: boolean
  readonly log?: LogOption
  /** Limits and repeats of calls that have none of their own. */
  readonly defaults?: CallDefaults
}
