/*
 * Time limits: one key per `NET_TIMEOUT_…` code, the same for every protocol, with defaults by kind of call.
 */

import type { NetErrorCode } from './errors/codes.ts'
import { netError } from './errors/net-error.ts'
import { own } from './options.ts'

/**
 * The parts of a call that have limits of their own, in milliseconds; `Infinity` switches one off. Each runs only
 * while we wait for the peer; `idle` restarts when 1 KiB more has moved; `total` never restarts.
 */
export interface TimeoutOptions {
  /** Name resolution. Default 10 s. */
  readonly resolve?: number
  /** Reaching an address. Default 10 s. */
  readonly connect?: number
  /** Each proxy on the road. Default 10 s. */
  readonly proxy?: number
  /** A TLS handshake. Default 10 s. */
  readonly tls?: number
  /** The server's first words. Default 30 s. */
  readonly greeting?: number
  /** A login. Default 30 s. */
  readonly auth?: number
  /** Waiting for a free connection. Default 60 s. */
  readonly pool?: number
  /** The beginning of a reply. Default 60 s, for sessions 30 s. */
  readonly reply?: number
  /** Until the peer takes our bytes. Default 60 s. */
  readonly write?: number
  /** Less than 1 KiB moved. Default 60 s for exchanges and transfers, else none. */
  readonly idle?: number
  /** The whole call, with redirects, retries and bodies. Default 60 s for commands, 300 s for exchanges, else none. */
  readonly total?: number
}

/** A number is the limit of the whole call. */
export type Timeout = number | TimeoutOptions

/** All limits of one call. */
export type Limits = Readonly<Required<TimeoutOptions>>

/** What a call is: a short command, an exchange read whole, a transfer of any length, or a session that stays open. */
export type CallKind = 'command' | 'exchange' | 'transfer' | 'session'

/** The limits of a call: its own, else its client's, else those of its kind. Throws `NET_BAD_OPTION`. */
export function limitsFor(kind: CallKind, call: Timeout | undefined, client?: Timeout): Limits {
  if (call === undefined && client === undefined) return defaults[kind]
  const limits: { -readonly [K in keyof Limits]: number } = { ...defaults[kind] }
  for (const timeout of [client, call]) {
    if (timeout === undefined) continue
    if (typeof timeout === 'number') limits.total = checked('total', timeout)
    else overlay(limits, timeout)
  }
  return limits
}

/** The code of the error that says that this limit passed. */
export const timeoutCodes: Readonly<Record<keyof Limits, NetErrorCode>> = {
  resolve: 'NET_TIMEOUT_RESOLVE',
  connect: 'NET_TIMEOUT_CONNECT',
  proxy: 'NET_TIMEOUT_PROXY',
  tls: 'NET_TIMEOUT_TLS',
  greeting: 'NET_TIMEOUT_GREETING',
  auth: 'NET_TIMEOUT_AUTH',
  pool: 'NET_TIMEOUT_POOL',
  reply: 'NET_TIMEOUT_REPLY',
  write: 'NET_TIMEOUT_WRITE',
  idle: 'NET_TIMEOUT_IDLE',
  total: 'NET_TIMEOUT_TOTAL',
}

function overlay(limits: { -readonly [K in keyof Limits]: number }, timeout: TimeoutOptions): void {
  for (const key of Object.keys(timeout)) {
    if (!Object.hasOwn(timeoutCodes, key)) {
      throw netError('NET_BAD_OPTION', { message: `timeout has no limit called ${key}` })
    }
    const name = key as keyof Limits
    const value = own(timeout, name)
    if (value !== undefined) limits[name] = checked(name, value)
  }
}

function checked(name: string, value: number): number {
  if (typeof value === 'number' && value > 0) return value
  throw netError('NET_BAD_OPTION', {
    message: `timeout.${name} must be a number of milliseconds above 0`,
  })
}

const common = {
  resolve: 10_000,
  connect: 10_000,
  proxy: 10_000,
  tls: 10_000,
  greeting: 30_000,
  auth: 30_000,
  pool: 60_000,
  reply: 60_000,
  write: 60_000,
  idle: Infinity,
  total: Infinity,
}

const defaults: Readonly<Record<CallKind, Limits>> = {
  command: { ...common, total: 60_000 },
  exchange: { ...common, idle: 60_000, total: 300_000 },
  transfer: { ...common, idle: 60_000 },
  session: { ...common, reply: 30_000 },
}
