/* The options of a client and of a call made one: checked, and with the defaults in place. */

import { guarded, type Taken } from '@net/core/authoring'

import type { TlsOptions } from '@net/socket'

import { basic, type HttpAuth } from './auth.ts'
import type { ClientCache } from './cache/client-cache.ts'
import type { ClientCookies } from './cookies/call-cookies.ts'
import type { RedirectHook } from './middleware/redirect.ts'
import type { RepeatHook } from './middleware/retry.ts'
import {
  requestOptions,
  type InterimResponse,
  type RequestOptions,
  type SharedOptions,
} from './client-options.ts'

import { trailersOf } from './trailers.ts'

/** What holds for one call. */
export interface Settings {
  readonly auth: HttpAuth | undefined
  /** How many redirects are followed. */
  readonly redirects: number
  readonly onRedirect: RedirectHook | undefined
  readonly cookies: ClientCookies | undefined
  readonly onRetry: RepeatHook | undefined
  readonly cache: ClientCache | undefined
  readonly maxBytes: number | undefined
  readonly maxRatio: number
  readonly decompress: boolean
  readonly throwHttpErrors: boolean
  /** Whether also codings are decoded that were not asked for. */
  readonly decodesUnasked?: boolean
  readonly onInterim?: ((interim: InterimResponse) => void) | undefined
  readonly expectContinue?: boolean | undefined
  /** In place of the client's. */
  readonly tls?: TlsOptions | undefined
  /** Gives the fields behind the body, names and values in turn. */
  readonly trailers?: (() => readonly string[]) | undefined
}

/** The settings of a client. */
export function settingsOf(
  options: Taken<SharedOptions>,
  { cookies, cache }: Partial<Pick<Settings, 'cookies' | 'cache'>> = {},
): Settings {
  return {
    auth: authOf(options),
    redirects: redirectsOf(options.redirect, MOST_REDIRECTS),
    onRedirect: hookOf(options.redirect),
    cookies,
    cache,
    onRetry: options.onRetry,
    maxBytes: options.maxBytes,
    maxRatio: options.maxRatio ?? MOST_RATIO,
    decompress: options.decompress ?? true,
    throwHttpErrors: options.throwHttpErrors ?? true,
  }
}

/** The settings of a call of a client; `auth` is who asks if the call does not say. */
export function overlaid(
  client: Settings,
  call: Taken<RequestOptions>,
  auth: HttpAuth | undefined,
): Settings {
  // Most calls say nothing, and are to cost nothing.
  if (call === requestOptions(undefined)) return auth === client.auth ? client : { ...client, auth }
  return {
    ...hooksAndStores(client, call),
    auth: authOf(call) ?? auth,
    redirects: redirectsOf(call.redirect, client.redirects),
    maxBytes: call.maxBytes ?? client.maxBytes,
    maxRatio: call.maxRatio ?? client.maxRatio,
    decompress: call.decompress ?? client.decompress,
    throwHttpErrors: call.throwHttpErrors ?? client.throwHttpErrors,
    onInterim: call.onInterim && guarded('onInterim', call.onInterim),
    expectContinue: call.expectContinue,
    tls: call.tls,
    trailers: call.trailers && trailersOf(call.trailers),
  }
}

function hooksAndStores(
  client: Settings,
  call: Taken<RequestOptions>,
): Pick<Settings, 'onRedirect' | 'onRetry' | 'cookies' | 'cache'> {
  return {
    onRedirect: hookOf(call.redirect) ?? client.onRedirect,
    onRetry: call.onRetry ?? client.onRetry,
    cookies: call.cookies === false ? undefined : client.cookies,
    cache: call.cache === false ? undefined : client.cache,
  }
}

function authOf(options: Taken<SharedOptions>): HttpAuth | undefined {
  const auth = options.auth
  const user = options.user
  const password = options.password
  if (auth !== undefined) return auth
  if (user === undefined && password === undefined) return undefined
  return basic(user ?? '', password ?? '')
}

/** `usual` is what holds where nothing is said; what says that redirects are followed wins over a client that follows none. */
function redirectsOf(redirect: SharedOptions['redirect'], usual: number): number {
  if (redirect === undefined) return usual
  if (redirect === false) return 0
  const limit = typeof redirect === 'object' ? redirect.limit : redirect
  if (typeof limit === 'number') return limit
  return usual === 0 ? MOST_REDIRECTS : usual
}

function hookOf(redirect: SharedOptions['redirect']): RedirectHook | undefined {
  return typeof redirect === 'object' ? redirect.onRedirect : undefined
}

const MOST_REDIRECTS = 20
const MOST_RATIO = 100
