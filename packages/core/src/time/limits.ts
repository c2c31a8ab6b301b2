/*
 * Time limits: one key per `NET_TIMEOUT_…` code, the same for every protocol, with defaults by kind of call.
 */

import type { NetErrorCode } from '../errors/codes.ts'
import { optionsObject, type ObjectShape } from '../options/door.ts'
import type { Shape } from '../options/shape.ts'
import { either, limit } from '../options/values.ts'

/**
 * The parts of a call that have limits of their own, in milliseconds; `Infinity` switches one off. Each runs only
 * while we wait for the peer; `idle` restarts when 1 KiB more has moved, or with any byte of what is read piece by piece;
 * `total` never restarts.
 */
export interface TimeoutOptions {
  /** Name resolution. Default 10 s. */
  readonly resolve?: number | undefined
  /** Reaching an address. Default 10 s. */
  readonly connect?: number | undefined
  /** Each proxy on the way. Default 10 s. */
  readonly proxy?: number | undefined
  /** A TLS handshake. Default 10 s. */
  readonly tls?: number | undefined
  /** The server's first words. Default 30 s. */
  readonly greeting?: number | undefined
  /** A login. Default 30 s. */
  readonly auth?: number | undefined
  /** Waiting for a free connection. Default 60 s. */
  readonly pool?: number | undefined
  /** The beginning of a reply. Default 60 s, for sessions 30 s. */
  readonly reply?: number | undefined
  /** Until the peer takes our bytes. Default 60 s. */
  readonly write?: number | undefined
  /** Less than 1 KiB moved. Default 60 s for exchanges and transfers, else none. */
  readonly idle?: number | undefined
  /** The whole call, with redirects, retries and bodies. Default 60 s for commands, 300 s for exchanges, else none. */
  readonly total?: number | undefined
}

/** A number is the limit of the whole call. */
export type Timeout = number | TimeoutOptions

/** All limits of one call. */
export type Limits = Readonly<Record<keyof TimeoutOptions, number>>

/** What a call is: a short command, an exchange read whole, a transfer of any length, or a session that stays open. */
export type CallKind = 'command' | 'exchange' | 'transfer' | 'session'

/** The limits of a call: its own, else its client's, else those of its kind. Throws `NET_BAD_OPTION`. */
export function limitsFor(kind: CallKind, call: Timeout | undefined, client?: Timeout): Limits {
  if (isWhole(call)) return call
  if (call === undefined) return client === undefined ? defaults[kind] : usual(kind, client)
  return made(kind, call, client)
}

/** Those of a client whose calls say nothing: made once, as its options do not change once they have passed the door. */
function usual(kind: CallKind, client: Timeout): Limits {
  if (typeof client !== 'object') return made(kind, undefined, client)
  const before = lasting.get(client)
  const known = before?.[kind]
  if (known !== undefined) return known
  if (!Object.isFrozen(client)) return made(kind, undefined, client)
  const limits = Object.freeze(made(kind, undefined, client))
  lasting.set(client, { ...before, [kind]: limits })
  return limits
}

function made(kind: CallKind, call: Timeout | undefined, client: Timeout | undefined): Limits {
  const limits: Writable = { ...defaults[kind] }
  if (client !== undefined) overlay(limits, client)
  if (call !== undefined) overlay(limits, call)
  return limits
}

/** All limits of calls to come, of which each takes them as they are: they are checked and put together once. Throws `NET_BAD_OPTION`. */
export function wholeLimits(limits: Limits): Limits {
  const taken = timeoutLimits.take(limits, 'timeout') as Limits
  whole.add(taken)
  return taken
}

/** The limits of what is done within a call that has these, and one for the whole of it. Most calls have those of their kind. */
export function limitsWithin(limits: Limits): Limits {
  const known = inner.get(limits)
  if (known !== undefined) return known
  const made = wholeLimits({ ...limits, total: Infinity })
  inner.set(limits, made)
  return made
}

function isWhole(timeout: Timeout | undefined): timeout is Limits {
  return typeof timeout === 'object' && whole.has(timeout)
}

const whole = new WeakSet<TimeoutOptions>()
const inner = new WeakMap<Limits, Limits>()
const lasting = new WeakMap<TimeoutOptions, Partial<Record<CallKind, Limits>>>()

type Writable = { -readonly [K in keyof Limits]: number }

function overlay(limits: Writable, given: Timeout): void {
  if (timeoutLimits.fits(given)) timeoutLimits.overlay(limits, given, 'timeout')
  else limits.total = timeout.take(given, 'timeout') as number
}

/** The limits of the parts of a call. */
export const timeoutLimits: ObjectShape<TimeoutOptions> = optionsObject<TimeoutOptions>({
  resolve: limit,
  connect: limit,
  proxy: limit,
  tls: limit,
  greeting: limit,
  auth: limit,
  pool: limit,
  reply: limit,
  write: limit,
  idle: limit,
  total: limit,
})

/** A time limit, or limits for the parts of a call. */
export const timeout: Shape<Timeout> = either<Timeout>(
  [limit, timeoutLimits],
  'a number of milliseconds above 0, or an object such as { connect: 5000 }',
)

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
