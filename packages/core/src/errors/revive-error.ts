/*
 * Errors that come back from JSON, or from another thread, as what they were: with class, code, retry class and the
 * errors within. What comes is another's word, so only fields of the right kind are taken.
 */

import { isError } from './is-error.ts'
import { own } from '../options/own.ts'
import { codes, type NetErrorCode } from './codes.ts'
import { traceToCaller } from './trace.ts'
import { isNetError, netError, type ErrorContext, type NetError } from './net-error.ts'

/**
 * The error from which `toJSON` came, such as `reviveError(JSON.parse(text))`. Errors of a protocol's own class come back as
 * the class of their code, with the plain values that they had of their own; foreign errors as an Error of their name. An
 * Error is returned as it is. Throws `NET_BAD_OPTION` for a value that is not such JSON.
 */
export function reviveError(plain: unknown): Error {
  if (isError(plain)) return plain
  const error = revived(plain, 0)
  if (error !== undefined) {
    traceToCaller(error)
    return error
  }
  throw netError('NET_BAD_OPTION', {
    message: 'reviveError takes what toJSON of an error returned',
  })
}

type Plain = Readonly<Record<string, unknown>>

function revived(value: unknown, depth: number): Error | undefined {
  if (depth > DEEPEST || !isPlain(value)) return undefined
  const name = own(value, 'name')
  const message = own(value, 'message')
  if (typeof name !== 'string' || typeof message !== 'string') return undefined
  const code = own(value, 'code')
  const error = isKnown(code) ? ours(code, message, value, depth) : new Error(message)
  if (error.name !== name) define(error, 'name', name)
  if (!isNetError(error) && code !== undefined) define(error, 'code', code)
  return error
}

function ours(code: NetErrorCode, message: string, plain: Plain, depth: number): NetError {
  const what = own(plain, 'what')
  const error = netError(code, {
    ...contextOf(plain, depth),
    message: typeof what === 'string' ? what : message,
  })
  // The values that the class of a protocol had of its own.
  for (const [key, value] of Object.entries(plain)) {
    if (isPrimitive(value) && !(key in error) && !(key in fields) && !TOLD.has(key))
      define(error, key, value)
  }
  if (error.message !== message) error.message = message
  return error
}

function contextOf(plain: Plain, depth: number): ErrorContext & { readonly cause?: unknown } {
  const context: Record<string, unknown> = {}
  for (const [key, isFit] of Object.entries(fields)) {
    const value = own(plain, key)
    if (isFit(value)) context[key] = value
  }
  for (const key of ['attempts', 'errors']) {
    const within = own(plain, key)
    if (Array.isArray(within)) context[key] = within.map((each) => revivedOr(each, depth))
  }
  if (Object.hasOwn(plain, 'cause')) context['cause'] = revivedOr(own(plain, 'cause'), depth)
  return context
}

function revivedOr(value: unknown, depth: number): unknown {
  return revived(value, depth + 1) ?? value
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null
}

function isKnown(code: unknown): code is NetErrorCode {
  return typeof code === 'string' && Object.hasOwn(codes, code)
}

function isReply(value: unknown): boolean {
  return isPlain(value) && typeof own(value, 'text') === 'string'
}

function isPrimitive(value: unknown): boolean {
  return isText(value) || isNumber(value) || typeof value === 'boolean'
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

function define(error: Error, key: string, value: unknown): void {
  const enumerable = key !== 'name'
  Reflect.defineProperty(error, key, { value, enumerable, configurable: true, writable: true })
}

const DEEPEST = 8
const TOLD: ReadonlySet<string> = new Set([
  'name',
  'message',
  'what',
  'attempts',
  'errors',
  '__proto__',
])
const fields: Readonly<Record<string, (value: unknown) => boolean>> = {
  protocol: isText,
  phase: isText,
  operation: isText,
  target: isText,
  endpoint: isText,
  retry: (value) => value === 'safe' || value === 'idempotent' || value === 'never',
  retryAfter: isNumber,
  limit: isNumber,
  elapsed: isNumber,
  reply: isReply,
  sent: (value) => typeof value === 'boolean',
  received: isNumber,
  expected: isNumber,
  partial: (value) => value !== undefined,
}
