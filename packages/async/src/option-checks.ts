/*
 * Checks of the options that several verbs take. They throw; the verbs that call them reject.
 */

import { netError } from '@net/core/authoring'

/** A time limit: a number of milliseconds above 0, `Infinity` for none. Throws `NET_BAD_OPTION`. */
export function limitOf(name: string, value: number | undefined): number {
  if (value === undefined) return Infinity
  if (typeof value === 'number' && value > 0) return value
  throw netError('NET_BAD_OPTION', { message: `${name} must be a number of milliseconds above 0` })
}

/** A length of time: a number of milliseconds from 0 on. Throws `NET_BAD_OPTION`. */
export function lengthOf(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value
  throw netError('NET_BAD_OPTION', {
    message: `${name} must be a number of milliseconds, 0 or more`,
  })
}

/** How many: a whole number above 0, or `Infinity`. Throws `NET_BAD_OPTION`. */
export function countOf(name: string, value: number): number {
  if ((Number.isInteger(value) || value === Infinity) && value > 0) return value
  throw netError('NET_BAD_OPTION', { message: `${name} must be a whole number above 0` })
}

/** A job: a function. Throws `NET_BAD_OPTION` for a promise, whose work could be neither cancelled nor awaited. */
export function jobOf<J>(name: string, value: J): J {
  if (typeof value === 'function') return value
  throw netError('NET_BAD_OPTION', {
    message: `${name} must be a function that returns a promise, such as ({ signal }) => work(signal)`,
  })
}
