/* What callers choose: for a client, and for one call; and the doors that check it. */

import type { CallDefaults, CallOptions, Credential, LogOption } from '@net/core'
import {
  option,
  optionsDoor,
  optionsObject,
  type OptionsDoor,
  type OptionTable,
} from '@net/core/authoring'
import type { BlockOption, Dialer, ProxyLoginTime, ProxyOption, TlsOptions } from '@net/socket'
import { roadOption } from '@net/socket/road'

import { authShape, type HttpAuth } from './auth.ts'
import { callCacheShape, clientCacheShape } from './cache/options.ts'
import type { HttpCache } from './cache/entry.ts'
import type { CookieJar } from './cookies/cookie-jar.ts'
import { callCookiesShape, clientCookiesShape, noCookiesShape } from './cookies/options.ts'
import { connectionsShape, type ConnectionLimits } from './connection-limits.ts'
import type { Handler, Middleware } from './handler.ts'
import { headersShape, type HeaderFields, type HttpHeaders } from './headers.ts'
import { redirectShape, type RedirectOptions } from './middleware/redirect.ts'
import type { RepeatHook } from './middleware/retry.ts'
import { paramsShape, type Params } from './params.ts'
import { trailersShape } from './trailers.ts'
import { bodyTable, type BodyOptions } from './request-body.ts'

/** What both a client and a call may choose; the call wins. */
export interface SharedOptions {
  /** Added to the query of the URL; those of the client first. */
  readonly params?: Params | undefined
  /** Put in the place of fields of the same name, ours and the client's; null drops one. */
  readonly headers?: HeaderFields | undefined
  /** With `password`, the same as `auth: basic(user, password)`. */
  readonly user?: string | undefined
  readonly password?: Credential | undefined
  /** Who is asking; wins over `user` and over what the URL says. */
  readonly auth?: HttpAuth | undefined
  /** Whether redirects are followed, and how many; default 20. True for a call follows them also where its client does not. */
  readonly redirect?: boolean | number | RedirectOptions | undefined
  /**
   * How many bytes of body are accepted, decoded. By default 100 MiB where a body is encoded or read in one go and
   * 10 MiB for JSON; a streamed body that is not compressed has no limit.
   */
  readonly maxBytes?: number | undefined
  /** How many times as long as it was sent a decoded body may be, from 10 MiB on; `Infinity` for no limit. Default 100. */
  readonly maxRatio?: number | undefined
  /**
   * Whether the client requests and decodes gzip, deflate, br and zstd. Default true, but false for `get(url).saveTo(sink)`,
   * which requests the file as it is and saves what is sent.
   */
  readonly decompress?: boolean | undefined
  /** Whether a status of 400 or above rejects with an `HttpStatusError`. Default true. */
  readonly throwHttpErrors?: boolean | undefined
  /** Hears of each repeat before its wait, and may refuse it by false. */
  readonly onRetry?: RepeatHook | undefined
  /** Writes the value of `json` as text. Default `JSON.stringify`. */
  readonly stringify?: ((value: unknown) => string) | undefined
}

/** Options of one call. */
export interface RequestOptions extends CallOptions, SharedOptions, BodyOptions {
  /** Hears of interim responses (1xx, RFC 9110 section 15.2), such as 103 with links to load early. What it throws is a warning. */
  readonly onInterim?: ((interim: InterimResponse) => void) | undefined
  /**
   * Sends `Expect: 100-continue` with a body, and the body once the server says so or has said nothing for a second; not
   * at all if the server answers instead (RFC 9110 section 10.1.1). Over HTTP/2 it changes nothing. Default false.
   */
  readonly expectContinue?: boolean | undefined
  /**
   * TLS for this call: in the place of the client's options of the same name. Its connections are not used by calls with
   * others. A redirect to another origin goes without `cert`, `key`, `session` and `servername`.
   */
  readonly tls?: TlsOptions | undefined
  /**
   * Fields behind the body, such as a checksum of what was sent; a function is asked when all of it has left. The body then
   * goes without a length: in chunks over HTTP/1.1. `NET_BAD_HEADER` for fields that a server reads before the body, such
   * as `content-type` (RFC 9110 section 6.5.1).
   */
  readonly trailers?: HeaderFields | (() => HeaderFields) | undefined
  /** Cookies by name, sent besides those of the client's jar, and to no other origin; false for a call without the jar. */
  readonly cookies?: false | Readonly<Record<string, string>> | undefined
  /** False for a call that neither uses nor fills the client's cache. `headers: { 'cache-control': 'no-cache' }` asks the server anew. */
  readonly cache?: false | undefined
}

/** Options of `send`: those of a call that say nothing of the request itself. */
export type SendOptions = Omit<
  RequestOptions,
  keyof BodyOptions | 'params' | 'headers' | 'stringify' | 'cookies'
> & {
  /** False for a call without the client's jar. */
  readonly cookies?: false | undefined
}

/** Options of `pages`. */
export interface PageOptions extends RequestOptions {
  /** How many pages at most; one more is `NET_PROTO_UNEXPECTED`. Default 10,000. */
  readonly maxPages?: number | undefined
}

/** A response before the final one. */
export interface InterimResponse {
  /** From 100 to 199. */
  readonly status: number
  readonly headers: HttpHeaders
}

/** What requests below a prefix have in place of the client's; whatever is absent is the client's. */
export interface MountOptions {
  /** The road; excludes `proxy` and `unixSocket`. */
  readonly dialer?: Dialer | undefined
  /** The proxies on the road; false for none. */
  readonly proxy?: ProxyOption | undefined
  readonly proxyLogin?: ProxyLoginTime | undefined
  /** The path of a Unix socket. */
  readonly unixSocket?: string | undefined
  readonly tls?: TlsOptions | undefined
  readonly http2?: boolean | undefined
  /** Answers in place of a server. */
  readonly handler?: Handler | undefined
}

/** Options of a client. */
export interface ClientOptions extends SharedOptions {
  /**
   * What paths are joined to: `/users` to `https://host/v1` gives `https://host/v1/users`. A client that has a base sends
   * its own credentials to no other origin.
   */
  readonly baseUrl?: string | URL | undefined
  /** Connects to servers; cannot be used with `proxy`. Default TCP. */
  readonly dialer?: Dialer | undefined
  /**
   * The URL of a proxy, or several, the nearest first; false for none. Default `'environment'`: what HTTP_PROXY,
   * HTTPS_PROXY, ALL_PROXY and NO_PROXY say, never for loopback.
   */
  readonly proxy?: ProxyOption | undefined
  /**
   * When an HTTP proxy is told user and password by Basic: `'unasked'`, with the first request, or `'asked'`, once it has answered
   * 407; one that offers Digest then never gets them in clear. Default `'unasked'`.
   */
  readonly proxyLogin?: ProxyLoginTime | undefined
  /** `'private'` allows addresses of the public internet only: others are `NET_ADDRESS_BLOCKED`. Default none. */
  readonly block?: BlockOption | undefined
  /** The path of a Unix socket on which all servers are reached; excludes `dialer` and `proxy`. */
  readonly unixSocket?: string | undefined
  readonly tls?: TlsOptions | undefined
  /**
   * Other roads, TLS and handlers by where requests go, also after redirects: `https:`, `https://api.example`,
   * `https://*.example:8443` (hosts below it), `https://api.example/v2`. The key that says most of a URL counts.
   */
  readonly mounts?: Readonly<Record<string, MountOptions>> | undefined
  /**
   * Whether cookies are kept and sent, in a jar of the client's own or in this one (`createCookieJar()`); needs the package
   * tough-cookie. Default false.
   */
  readonly cookies?: boolean | CookieJar | undefined
  /**
   * Whether answers are kept and used again as their servers allow (RFC 9111), in the memory of this client or in this cache
   * (`memoryCache()`, `folderCache()`). Nobody gets an answer that was for other credentials. Default false.
   */
  readonly cache?: boolean | HttpCache | undefined
  /** Layers around every call, the first one outermost; outside of login, redirects, repeats and decoding. */
  readonly middleware?: readonly Middleware[] | undefined
  /** Answers instead of a server, for tests. */
  readonly handler?: Handler | undefined
  /** How many connections there may be, and how long they are kept; a number is how many to one origin. Default 64 of these. */
  readonly connections?: number | ConnectionLimits | undefined
  /**
   * Whether HTTP/2 is offered to servers with TLS; one connection then carries all calls to its origin. A server that
   * does not take it is spoken to in HTTP/1.1. Default false.
   */
  readonly http2?: boolean | undefined
  /** Whether lines of a response may end with LF alone, as those of some devices do. Default false. */
  readonly lenient?: boolean | undefined
  /** How many bytes the header section of a response may have, and its trailers. Default 65,536. */
  readonly maxHeaderBytes?: number | undefined
  readonly log?: LogOption | undefined
  /** Limits and repeats of calls that have none of their own. */
  readonly defaults?: CallDefaults | undefined
}

const sharedTable: OptionTable<SharedOptions> = {
  params: paramsShape,
  headers: headersShape,
  user: option.text,
  password: option.credential,
  auth: authShape,
  redirect: redirectShape,
  maxBytes: option.bytes,
  maxRatio: option.atLeast(1),
  decompress: option.flag,
  throwHttpErrors: option.flag,
  onRetry: option.callback(),
  stringify: option.callback(),
}

const callTable = {
  ...option.perCall,
  ...sharedTable,
  ...bodyTable,
  onInterim: option.callback(),
  expectContinue: option.flag,
  tls: roadOption.tls,
  trailers: trailersShape,
  cookies: callCookiesShape,
  cache: callCacheShape,
} satisfies OptionTable<RequestOptions>

/** Takes the options of a call; which one is added by who prepares it. Throws `NET_BAD_OPTION`. */
export const requestOptions: OptionsDoor<RequestOptions> = optionsDoor<RequestOptions>(
  { protocol: 'http' },
  callTable,
  {
    agent: 'createClient({ dialer })',
    dispatcher: 'createClient({ dialer })',
    baseURL: 'createClient({ baseUrl })',
    prefixUrl: 'createClient({ baseUrl })',
    ca: 'tls: { ca }',
    cert: 'tls: { cert, key }',
    https: 'tls',
    httpsAgent: 'tls, or createClient({ dialer })',
    rejectUnauthorized: 'tls: { dangerouslySkipVerification: true }',
    verify: 'tls: { dangerouslySkipVerification: true }',
    proxy: 'createClient({ proxy })',
    proxies: 'createClient({ proxy })',
    hooks: 'createClient({ middleware })',
    jar: 'createClient({ cookies })',
    cookieJar: 'createClient({ cookies })',
    method: 'request(method, url)',
    url: 'the first argument',
    responseType: 'json(), text() or bytes() of the answer',
    formData: 'multipart',
    files: 'multipart',
  },
)

const ABOUT_REQUEST: ReadonlySet<string> = new Set([
  'params',
  'headers',
  'stringify',
  'json',
  'form',
  'body',
])

/** Takes the options of `send`. Throws `NET_BAD_OPTION`. */
export const sendOptions: OptionsDoor<SendOptions> = optionsDoor<SendOptions>(
  { protocol: 'http', call: 'send' },
  sendTable(),
  { headers: 'request.with({ headers })', params: 'build()', json: 'build()', body: 'build()' },
)

function sendTable(): OptionTable<SendOptions> {
  const kept = Object.entries(callTable).filter(([name]) => !ABOUT_REQUEST.has(name))
  return { ...Object.fromEntries(kept), cookies: noCookiesShape } as OptionTable<SendOptions>
}

/** Takes the options of a client. Throws `NET_BAD_OPTION`. */
export const clientOptions: OptionsDoor<ClientOptions> = optionsDoor<ClientOptions>(
  { protocol: 'http', call: 'createClient' },
  {
    ...sharedTable,
    baseUrl: option.url,
    dialer: roadOption.dialer,
    proxy: roadOption.proxy,
    proxyLogin: roadOption.proxyLogin,
    block: roadOption.block,
    unixSocket: option.text,
    tls: roadOption.tls,
    mounts: option.record<MountOptions>(
      optionsObject<MountOptions>({
        dialer: roadOption.dialer,
        proxy: roadOption.proxy,
        proxyLogin: roadOption.proxyLogin,
        unixSocket: option.text,
        tls: roadOption.tls,
        http2: option.flag,
        handler: option.callback(),
      }),
    ),
    middleware: option.list(option.callback<Middleware>()),
    handler: option.callback(),
    cookies: clientCookiesShape,
    cache: clientCacheShape,
    connections: connectionsShape,
    http2: option.flag,
    lenient: option.flag,
    maxHeaderBytes: option.count,
    log: option.log,
    defaults: option.defaults,
  },
)
