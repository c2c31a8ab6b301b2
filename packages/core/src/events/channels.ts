/*
 * The six channels that report everything that happens, and the only source of log, trace and dashboard.
 * Events are frozen and free of secrets before a listener sees them; without a listener they are never made.
 */

import { channel, type Channel } from 'node:diagnostics_channel'

import type { NetErrorCode } from '../errors/codes.ts'
import type { NetError, Phase } from '../errors/net-error.ts'
import { inCall } from '../options/door.ts'
import { argument, shape, type Shape } from '../options/shape.ts'
import { callback } from '../options/values.ts'
import { guarded } from '../callbacks/guarded.ts'
import { holdsSecrets, redact, type SecretOwners } from '../redaction/redact.ts'

/** What every event carries. `time` is in milliseconds of the process's monotonic clock. */
export interface EventHead {
  readonly version: 1
  /** The operation that it belongs to. */
  readonly id: number
  /** The operation within which that one runs. */
  readonly parent?: number
  /** The client that it belongs to. */
  readonly client?: number
  readonly protocol: string
  readonly operation: string
  readonly time: number
}

/** A call began, ended, or has something to warn of. */
export interface OperationEvent extends EventHead {
  readonly type: 'operation'
  readonly state: 'start' | 'end' | 'warning'
  readonly target?: string
  readonly endpoint?: string
  /** The W3C trace context of what asked for it in another process; `state` is 'start'. */
  readonly traceparent?: string
  /** How it ended; `state` is 'end'. */
  readonly outcome?: 'ok' | 'failed' | 'aborted'
  readonly duration?: number
  readonly transferred?: number
  /** What the peer's reply said in a number, where the protocol has one. */
  readonly status?: number
  readonly error?: NetError
  /** What to be warned of; `state` is 'warning'. */
  readonly message?: string
}

/** A part of a call began or ended. */
export interface PhaseEvent extends EventHead {
  readonly type: 'phase'
  readonly state: 'start' | 'end'
  readonly phase: Phase
  readonly outcome?: 'ok' | 'failed' | 'aborted'
  readonly duration?: number
  readonly code?: NetErrorCode
}

/** A line or a chunk went over the wire; text only where the protocol is made of lines. */
export interface WireEvent extends EventHead {
  readonly type: 'wire'
  readonly direction: 'send' | 'receive'
  readonly text?: string
  readonly bytes?: number
}

/** A transfer moved on: at most 10 times a second, and once at its end. */
export interface TransferEvent extends EventHead {
  readonly type: 'progress'
  readonly transferred: number
  readonly total?: number
}

/** An attempt failed and another one follows after `delay` milliseconds. */
export interface RetryEvent extends EventHead {
  readonly type: 'retry'
  readonly attempt: number
  readonly delay: number
  readonly error: NetError
}

/**
 * Something happened in a pool of connections. Its `id` is that of the pool; in HTTP, that of the call
 * that asks for a connection, or that made the one that is given back or closed.
 */
export interface PoolEvent extends EventHead {
  readonly type: 'pool'
  /** The peer of its connections, where a client has a pool for each peer. */
  readonly endpoint?: string
  readonly action: 'create' | 'acquire' | 'wait' | 'release' | 'destroy'
  readonly size: number
  readonly busy: number
  readonly waiting: number
}

/** The events by the name of their channel, which is `net:` and that name. */
export interface NetEvents {
  readonly operation: OperationEvent
  readonly phase: PhaseEvent
  readonly wire: WireEvent
  readonly progress: TransferEvent
  readonly retry: RetryEvent
  readonly pool: PoolEvent
}

/** The name of a channel without its prefix. */
export type NetEventName = keyof NetEvents

/** Any event. */
export type NetEvent = NetEvents[NetEventName]

/** What is called with events. What it throws is reported once as a process warning, and goes no further. */
export type NetEventListener<E extends NetEvent = NetEvent> = (event: E) => void

/** Listens to one channel, or to all with '*'. Dispose the result to stop. */
export function onEvent(name: '*', listener: NetEventListener): Disposable
export function onEvent<N extends NetEventName>(
  name: N,
  listener: NetEventListener<NetEvents[N]>,
): Disposable
export function onEvent(name: NetEventName | '*', listener: (event: never) => void): Disposable {
  inCall({ call: 'onEvent' }, () => {
    argument('the name', eventName, name)
    argument('the listener', callback(), listener)
  })
  const names = name === '*' ? eventNames : [name]
  const safe = guarded('an event listener', listener as NetEventListener)
  const subscriber = (event: unknown): void => safe(event as NetEvent)
  for (const each of names) channels[each].subscribe(subscriber)
  return {
    [Symbol.dispose]: () => {
      for (const each of names) channels[each].unsubscribe(subscriber)
    },
  }
}

/** Whether an event of that name has a subscriber. Costs nothing. */
export function isHeard(name: NetEventName, log: NetEventListener | undefined): boolean {
  return log !== undefined || channels[name].hasSubscribers
}

/** An event while its fields are filled. */
export type Draft<E extends EventHead> = { -readonly [K in keyof E]: E[K] }

/** Publishes an event to the client's own log and to all listeners, without secrets (by default its client's) and frozen. */
export function tell(
  event: NetEvent,
  log: NetEventListener | undefined,
  owners: SecretOwners = event.client === undefined ? [] : [event.client],
): void {
  const clean = { ...event }
  if (holdsSecrets()) strikeOut(clean, owners)
  publish(clean, log)
}

/** Publishes an event whose texts have been redacted; it is frozen as it is. */
export function publish(event: NetEvent, log: NetEventListener | undefined): void {
  const frozen = Object.freeze(event)
  log?.(frozen)
  channels[frozen.type].publish(frozen)
}

/** The names of all channels. */
export const eventNames: readonly NetEventName[] = [
  'operation',
  'phase',
  'wire',
  'progress',
  'retry',
  'pool',
]

function strikeOut(event: NetEvent, owners: SecretOwners): void {
  for (const key of TEXTS) {
    const value: unknown = Reflect.get(event, key)
    if (typeof value === 'string') Reflect.set(event, key, redact(value, owners))
  }
}

/** What may hold more than our own words. */
const TEXTS: readonly string[] = ['target', 'endpoint', 'message', 'text']

const channels: Readonly<Record<NetEventName, Channel>> = {
  operation: channel('net:operation'),
  phase: channel('net:phase'),
  wire: channel('net:wire'),
  progress: channel('net:progress'),
  retry: channel('net:retry'),
  pool: channel('net:pool'),
}

const eventName: Shape<NetEventName | '*'> = shape(
  `'*' or one of ${eventNames.join(', ')}`,
  (value) => value === '*' || eventNames.includes(value as NetEventName),
)
