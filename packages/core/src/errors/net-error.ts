/*
 * The tree of errors. What people branch on is `code`; the classes exist for `catch`. Nothing here knows a
 * protocol, and nothing relies on one copy of this file: `instanceof` and `isNetError` go by brand.
 */

import type { InspectOptions } from 'node:util'

import { isError } from './is-error.ts'
import { PRINTING } from '../printing-key.ts'
import { redact, type SecretOwners } from '../redaction/redact.ts'
import { codes, type ErrorClassName, type NetErrorCode, type RetryClass } from './codes.ts'
import { nameErrors } from './name-errors.ts'
import { PlainErrors } from './plain-error.ts'
import { printed } from './printed.ts'
import { render } from './render.ts'
import { sumUp } from './summed-up-field.ts'
import { timeLimitBehind } from './time-limit.ts'
import { isTraced } from './trace.ts'

/** The part of a call in which something happened. */
export type Phase =
  | 'resolve'
  | 'connect'
  | 'proxy'
  | 'tls'
  | 'greeting'
  | 'kex'
  | 'auth'
  | 'command'
  | 'send'
  | 'receive'
  | 'close'

/** What a peer answered. */
export interface PeerReply {
  readonly status?: number
  readonly enhanced?: string
  readonly text: string
}

/** What an error knows; a field that is unknown is absent. Times are in milliseconds, sizes in bytes. */
export interface ErrorContext {
  readonly protocol?: string | undefined
  readonly phase?: Phase | undefined
  readonly operation?: string | undefined
  readonly target?: string | undefined
  readonly endpoint?: string | undefined
  readonly retry?: RetryClass | undefined
  readonly retryAfter?: number | undefined
  readonly limit?: number | undefined
  readonly elapsed?: number | undefined
  readonly reply?: PeerReply | undefined
  readonly sent?: boolean | undefined
  readonly received?: number | undefined
  readonly expected?: number | undefined
  readonly partial?: unknown
  readonly attempts?: readonly Error[] | undefined
  readonly errors?: readonly Error[] | undefined
}

/** An error's context, what happened as a clause without a full stop, and the error behind it. */
export interface ErrorDetails extends ErrorContext {
  readonly message: string
  readonly cause?: unknown
}

/** The root of all errors of these packages. */
export class NetError extends Error {
  readonly code: NetErrorCode
  readonly retry: RetryClass
  declare readonly protocol?: string
  declare readonly phase?: Phase
  declare readonly operation?: string
  declare readonly target?: string
  declare readonly endpoint?: string
  declare readonly retryAfter?: number
  declare readonly limit?: number
  declare readonly elapsed?: number
  declare readonly reply?: PeerReply
  declare readonly sent?: boolean
  declare readonly received?: number
  declare readonly expected?: number
  declare readonly partial?: unknown
  declare readonly attempts?: readonly Error[]
  declare readonly errors?: readonly Error[]

  constructor(code: NetErrorCode, details: ErrorDetails) {
    const { message, cause, ...context } = details
    const what = redact(message)
    super(render({ ...cleanedAll(context), what }))
    if (cause !== undefined) sumUp(this, 'cause', cause)
    this.code = code
    this.retry = context.retry ?? codes[code].retry
    Object.defineProperty(this, WHAT, { value: what, writable: true })
    keepStruck(this, 'what', message, what)
    assignKnown(this, context)
  }

  /** True for every error of these packages of this class or below, also from another installed copy. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!isNetError(value)) return false
    for (let at = prototypeOf(value); at !== null; at = prototypeOf(at)) {
      if (at.constructor.name === this.name) return true
    }
    return false
  }

  /**
   * The known fields as plain data, without stack: what JSON and messages between threads can carry, and `reviveError`
   * makes an error of again. `what` is the message without its context. Errors within become plain data as well, 8 deep;
   * one that stands in several places is whole in the first of them.
   */
  toJSON(): Record<string, unknown> {
    return new PlainErrors(isNetError, whatOf).of(this)
  }
}

/** The caller's signal was aborted; `cause` is its reason. Its `name` is 'AbortError', as everywhere in JavaScript. */
export class AbortError extends NetError {}
/** A time limit passed; `code` names the limit, `limit` is its length. Its `name` is 'TimeoutError'. */
export class NetTimeoutError extends NetError {}
/** No connection could be made. */
export class ConnectError extends NetError {}
/** A proxy failed or refused. */
export class ProxyError extends NetError {}
/** A TLS handshake failed or a certificate was refused. */
export class TlsError extends NetError {}
/** An SSH host key is unknown, changed or revoked. */
export class HostKeyError extends NetError {}
/** Credentials were refused or could not be used. */
export class AuthError extends NetError {}
/** A connection that existed was lost. */
export class ConnectionLostError extends NetError {}
/** The peer broke the rules of the protocol, or a limit that we set on it. */
export class ProtocolError extends NetError {}
/** The peer answered "no"; `reply` is its answer. */
export class ReplyError extends NetError {}
/** Some of the work was done, or it is unknown whether it was. */
export class PartialError extends NetError {}
/** Redirects came to no end. */
export class RedirectError extends NetError {}
/** A copy differs from its original. */
export class IntegrityError extends NetError {}
/** A safety rule of ours refused before anything was sent. */
export class PolicyError extends NetError {}
/** This machine failed: disk, descriptors, local addresses. */
export class LocalIoError extends NetError {}
/** The call came at a time when the object cannot serve it. */
export class StateError extends NetError {}
/** The call's arguments are wrong; nothing was sent. */
export class ArgumentError extends NetError {}
/** Every attempt failed, and the last failure, kept as `cause`, is not one of ours. */
export class RetryError extends NetError {}
/** Several things failed at once; `errors` has all of them. */
export class GroupError extends NetError {
  declare readonly errors: readonly Error[]

  /**
   * Two groups: the members for which `predicate` holds and the rest; an empty group is undefined. A group inside for
   * which it does not hold is split in the same way.
   */
  split(
    predicate: (error: Error) => boolean,
  ): [matching: GroupError | undefined, rest: GroupError | undefined] {
    const matching: Error[] = []
    const rest: Error[] = []
    for (const error of this.errors) {
      const holds = predicate(error)
      const inner = !holds && isGroup(error) ? error.split(predicate) : undefined
      if (inner === undefined) (holds ? matching : rest).push(error)
      else {
        if (inner[0] !== undefined) matching.push(inner[0])
        if (inner[1] !== undefined) rest.push(inner[1])
      }
    }
    return [groupOf(matching), groupOf(rest)]
  }
}

/** An error of the class that belongs to the code. */
export function netError(code: NetErrorCode, details: ErrorDetails): NetError {
  const Class = classes[codes[code].class]
  return new Class(code, details)
}

/** One error for several; its retry class is the worst of its members. */
export function groupError(errors: readonly Error[], message?: string): GroupError {
  const retry = errors.map(retryOf).reduce(worse, 'safe')
  const what = message ?? `${errors.length} failed, the first: ${errors[0]?.message ?? ''}`
  return new GroupError('NET_GROUP', { message: what, errors, retry })
}

/** Whether the value is an error of these packages, of whichever installed copy. */
export function isNetError(value: unknown): value is NetError {
  return typeof value === 'object' && value !== null && BRAND in value
}

/**
 * Whether the error says that the caller gave up; also true for the platform's own AbortError. Where that one has a time
 * limit as its `cause`, as with `AbortSignal.timeout`, it is a failure and not an abort.
 */
export function isAbort(value: unknown): boolean {
  if (isNetError(value)) return value.code === 'NET_ABORTED'
  return isError(value) && value.name === 'AbortError' && timeLimitBehind(value) === undefined
}

/**
 * Adds what the error does not know yet, and tells it in its message; what it knows stays. With `owners` its texts are
 * theirs from then on: what was struck out for others is there again, once. Returns the same error.
 */
export function addContext(
  error: NetError,
  context: ErrorContext,
  owners?: SecretOwners,
): NetError {
  const known = Object.fromEntries(
    Object.entries(context).filter(([key]) => key === 'retry' || !Object.hasOwn(error, key)),
  )
  return replaceContext(error, known, owners)
}

/** Replaces what the error says of its call, also in its message. Returns the same error. */
export function replaceContext(
  error: NetError,
  context: ErrorContext,
  owners?: SecretOwners,
): NetError {
  if (owners !== undefined) settle(error, owners)
  assignKnown(error, context, owners)
  retell(error)
  return error
}

/** Strikes held secrets out of a foreign error's own texts, along its causes; others stay untouched. */
export function redactForeign(error: unknown, owners?: SecretOwners, depth = 0): void {
  if (!isError(error) || isNetError(error) || depth > DEEPEST) return
  for (const key of Object.getOwnPropertyNames(error)) {
    const value: unknown = Reflect.get(error, key)
    if (typeof value !== 'string') continue
    const struck = redact(value, owners)
    if (struck !== value)
      Reflect.defineProperty(error, key, { value: struck, configurable: true, writable: true })
  }
  redactForeign(error.cause, owners, depth + 1)
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null
}

function whatOf(error: Error): string {
  return (error as { readonly [WHAT]?: string })[WHAT] ?? error.message
}

function isGroup(error: Error): error is GroupError {
  return isNetError(error) && error.code === 'NET_GROUP' && 'split' in error
}

function groupOf(errors: readonly Error[]): GroupError | undefined {
  return errors.length === 0 ? undefined : groupError(errors)
}

/** Whether a repeat of what the error ended is harmless. */
export function retryOf(error: unknown): RetryClass {
  return isNetError(error) ? error.retry : 'never'
}

function worse(a: RetryClass, b: RetryClass): RetryClass {
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b
}

function assignKnown(error: NetError, context: ErrorContext, owners?: SecretOwners): void {
  for (const [key, value] of Object.entries(context)) {
    if (value === undefined) continue
    const struck = cleaned(key, value, owners)
    if (owners === undefined) keepStruck(error, key, value, struck)
    if (key === 'attempts') hide(error, key, struck)
    else if (SUMMED_UP.has(key)) sumUp(error, key, struck)
    else Reflect.set(error, key, struck)
  }
}

/** Not enumerable: Node prints every enumerable field of an uncaught error, and each attempt whole. */
function hide(error: NetError, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true })
}

function cleaned(key: string, value: unknown, owners?: SecretOwners): unknown {
  return SPOKEN.has(key) ? value : withoutSecrets(value, owners)
}

function cleanedAll(context: ErrorContext): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]) => [key, cleaned(key, value)]),
  )
}

function withoutSecrets(value: unknown, owners: SecretOwners | undefined): unknown {
  if (typeof value === 'string') return redact(value, owners)
  return isReply(value) ? Object.freeze({ ...value, text: redact(value.text, owners) }) : value
}

/** It is not known yet whose error it is, so the secrets of all clients were struck out; its own client puts back those of the others. */
function keepStruck(error: NetError, key: string, value: unknown, struck: unknown): void {
  const isStruck = isReply(value) ? (struck as PeerReply).text !== value.text : struck !== value
  if (!isStruck) return
  const kept = unsettled.get(error)
  if (kept === undefined) unsettled.set(error, new Map([[key, value]]))
  else kept.set(key, value)
}

/** From raw where that is kept, else once more: the operation within may have known of fewer secrets. */
function settle(error: NetError, owners: SecretOwners): void {
  const raw = unsettled.get(error)
  unsettled.delete(error)
  const what = raw?.get('what')
  Reflect.set(error, WHAT, redact(typeof what === 'string' ? what : whatOf(error), owners))
  for (const [key, value] of Object.entries(error)) {
    if (!SPOKEN.has(key)) Reflect.set(error, key, withoutSecrets(raw?.get(key) ?? value, owners))
  }
}

function isReply(value: unknown): value is PeerReply {
  return (
    typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
  )
}

function retell(error: NetError): void {
  const message = render(Object.assign({}, error, { what: whatOf(error) }))
  if (message === error.message) return
  // V8 writes the message into the stack when the error is made; both must tell the same.
  if (!isTraced(error) && error.stack !== undefined)
    error.stack = error.stack.replace(error.message, () => message)
  error.message = message
}

/** The texts of errors whose secrets were struck out for all, until the owner is known. */
const unsettled = new WeakMap<NetError, Map<string, unknown>>()
/** Words of ours. */
const SPOKEN: ReadonlySet<string> = new Set(['code', 'protocol', 'operation', 'phase', 'retry'])
/** What may be a page of its own. */
const SUMMED_UP: ReadonlySet<string> = new Set(['errors', 'partial'])
const WHAT: unique symbol = Symbol.for('net.error.what')
const BRAND: unique symbol = Symbol.for('net.error')
const ORDER: readonly RetryClass[] = ['safe', 'idempotent', 'never']
const DEEPEST = 8

const classes: Readonly<Record<ErrorClassName, typeof NetError>> = {
  AbortError,
  ArgumentError,
  AuthError,
  ConnectError,
  ConnectionLostError,
  GroupError,
  HostKeyError,
  IntegrityError,
  LocalIoError,
  NetError,
  NetTimeoutError,
  PartialError,
  PolicyError,
  ProtocolError,
  ProxyError,
  RedirectError,
  ReplyError,
  RetryError,
  StateError,
  TlsError,
}

Object.defineProperty(NetError.prototype, BRAND, { value: true })
// Declared as a computed member it would need type inference to make this file's declarations.
Object.defineProperty(NetError.prototype, PRINTING, {
  value(this: NetError, depth: number, options: InspectOptions) {
    return printed(this, depth, options)
  },
})
// A user compares `name` with what the platform uses for an abort and for a time limit.
nameErrors({ ...classes, TimeoutError: NetTimeoutError })
