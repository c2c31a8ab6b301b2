/*
 * What an option may be: a test, the words for it, and the error for everything else. The error says what kind of
 * value was given and never the value, which may be a password.
 */

import { isPromise } from 'node:util/types'

import { netError, type NetError } from '../errors/net-error.ts'

/** What one option may be. */
export interface Shape<T> {
  /** The end of the sentence that begins "… must be": `a string`. */
  readonly may: string
  /** The option cannot be left out. Default false. */
  readonly required?: true
  /** Whether the value is of this kind; what is inside of it is checked by `take`. */
  fits(value: unknown): boolean
  /** The value, checked through. `within` is the option that holds this one, if any. Throws `NET_BAD_OPTION`. */
  take(value: unknown, name: string, within?: string): T
}

/** A shape by a test of the whole value: `shape('a string', isString)`. */
export function shape<T>(may: string, fits: (value: unknown) => boolean): Shape<T> {
  return {
    may,
    fits,
    take(value, name, within) {
      if (fits(value)) return value as T
      throw refused(may, value, optionName(name, within))
    },
  }
}

/** The value of an argument that is not an options object: `argument('attempts', option.count, value)`. Throws `NET_BAD_OPTION`. */
export function argument<T>(name: string, of: Shape<T>, value: unknown): T {
  return of.take(value, name)
}

/** The error for a value that is of another shape. */
export function refused(may: string, value: unknown, name: string): NetError {
  disown(value)
  const kind = kindOf(value)
  // "must be a number above 0, not a number" would help no caller.
  const given = saysKind(may, kind) ? '' : `, not ${kind}`
  return netError('NET_BAD_OPTION', { message: `${name} must be ${may}${given}` })
}

/** What a callback of the caller's decides at once, such as whether to repeat: a promise would pass for a yes. */
export function decided<T>(callback: string, may: string, given: T): T {
  if (isPromise(given)) throw refused(may, given, `what ${callback} gives`)
  return given
}

/** That a promise fails, which is refused anyway where it was passed, is not for the process to tell. */
export function disown(value: unknown): void {
  if (isPromise(value)) value.catch(() => {})
}

/** An option's name as messages show it: `tls.ca`. */
export function optionName(name: string, within: string | undefined): string {
  return within === undefined || within === '' ? name : `${within}.${name}`
}

function saysKind(may: string, kind: string): boolean {
  const [, noun = kind] = kind.split(' ')
  return may.includes(noun) || (noun === 'string' && may.includes("'"))
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (isPromise(value)) return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
