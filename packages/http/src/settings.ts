/* The options of a client and of a call made one: checked, and with the defaults in place. */

import { netError, own } from '@net/core/authoring'

import { basic, type HttpAuth } from './auth.ts'
import type { RequestOptions, SharedOptions } from './client-options.ts'

/** What holds for one call. */
export interface Settings {
  readonly auth: HttpAuth | undefined
  /** How many redirects are followed. */
  readonly redirects: number
  readonly maxBytes: number | undefined
  readonly decompress: boolean
  readonly throwHttpErrors: boolean
}

/** The settings of a client. Throws `NET_BAD_OPTION`. */
export function settingsOf(options: SharedOptions): Settings {
  return {
    auth: authOf(options),
    redirects: redirectsOf(own(options, 'redirect')) ?? MOST_REDIRECTS,
    maxBytes: bytesOf(own(options, 'maxBytes')),
    decompress: own(options, 'decompress') ?? true,
    throwHttpErrors: own(options, 'throwHttpErrors') ?? true,
  }
}

/** The settings of a call of a client; `auth` is who asks if the call does not say. Throws `NET_BAD_OPTION`. */
export function overlaid(
  client: Settings,
  call: RequestOptions | undefined,
  auth: HttpAuth | undefined,
): Settings {
  if (call === undefined) return auth === client.auth ? client : { ...client, auth }
  return {
    auth: authOf(call) ?? auth,
    redirects: redirectsOf(own(call, 'redirect')) ?? client.redirects,
    maxBytes: bytesOf(own(call, 'maxBytes')) ?? client.maxBytes,
    decompress: own(call, 'decompress') ?? client.decompress,
    throwHttpErrors: own(call, 'throwHttpErrors') ?? client.throwHttpErrors,
  }
}

function authOf(options: SharedOptions): HttpAuth | undefined {
  const auth = own(options, 'auth')
  const user = own(options, 'user')
  const password = own(options, 'password')
  if (auth !== undefined) return auth
  if (user === undefined && password === undefined) return undefined
  return basic(user ?? '', password ?? '')
}

function redirectsOf(redirect: SharedOptions['redirect']): number | undefined {
  if (redirect === undefined || redirect === true) return undefined
  if (redirect === false) return 0
  const limit = typeof redirect === 'number' ? redirect : own(redirect, 'limit')
  if (limit === undefined || (Number.isInteger(limit) && limit >= 0)) return limit
  throw netError('NET_BAD_OPTION', {
    message: 'redirect must be a boolean or a number of redirects',
  })
}

function bytesOf(maxBytes: number | undefined): number | undefined {
  if (maxBytes === undefined || (typeof maxBytes === 'number' && maxBytes >= 0)) return maxBytes
  throw netError('NET_BAD_OPTION', { message: 'maxBytes must be a number of bytes, not below 0' })
}

const MOST_REDIRECTS = 20
