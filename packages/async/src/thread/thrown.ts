/*
 * Errors across the border of a thread: a structured clone drops the class, the code and all other fields of an error,
 * so they travel as plain data.
 */

import { reviveError } from '@net/core'

/** A thrown value as data. */
export type Thrown =
  | { readonly kind: 'value'; readonly value: unknown }
  /** An error of these packages; `plain` is its `toJSON()`. */
  | { readonly kind: 'ours'; readonly plain: unknown; readonly stack: string | undefined }
  | ForeignError

/** Any other error; `fields` are its own that can be cloned. */
export interface ForeignError {
  readonly kind: 'error'
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause: Thrown | undefined
  readonly errors: readonly Thrown[] | undefined
}

/** What was thrown, as it was: of its class where that is one of JavaScript's or of these packages', else with its name. */
export function revived(thrown: Thrown): unknown {
  if (thrown.kind === 'value') return thrown.value
  const error = thrown.kind === 'ours' ? reviveError(thrown.plain) : foreign(thrown)
  if (thrown.stack !== undefined) hide(error, 'stack', thrown.stack)
  return error
}

function foreign({ name, message, fields, cause, errors }: ForeignError): Error {
  const Class = builtIn.get(name) ?? Error
  const error =
    name === 'AggregateError'
      ? new AggregateError((errors ?? []).map(revived), message)
      : new Class(message)
  if (error.name !== name) hide(error, 'name', name)
  if (cause !== undefined) hide(error, 'cause', revived(cause))
  return Object.assign(error, fields)
}

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true })
}

const builtIn: ReadonlyMap<string, ErrorConstructor> = new Map(
  [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Class) => [
    Class.name,
    Class,
  ]),
)
