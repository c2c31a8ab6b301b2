/*
 * Checks of the options that several verbs take. They throw; the verbs that call them reject.
 */

import type { NetError } from '@net/core'
import { netError, shape, type Shape } from '@net/core/authoring'

/** A time limit: a number of milliseconds above 0, `Infinity` for none. Throws `NET_BAD_OPTION`. */
export function limitOf(name: string, value: number | undefined): number {
  if (value === undefined) return Infinity
  if (isLimit(value)) return value
  throw badLimit(name)
}

/** Whether the value is a time limit. */
export function isLimit(value: number): boolean {
  return typeof value === 'number' && value > 0
}

/** The error for a value that is not a valid time limit. */
export function badLimit(name: string): NetError {
  return netError('NET_BAD_OPTION', { message: `${name} must be a number of milliseconds above 0` })
}

/** A time of `currentTime()`, which is no time of day. */
export const moment: Shape<number> = shape(
  'a time of currentTime() in milliseconds (for a date, currentTime() + date.getTime() - Date.now())',
  (value) => typeof value === 'number' && !Number.isNaN(value),
)

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

/** How many: a whole number from 0 on, or `Infinity`. Throws `NET_BAD_OPTION`. */
export function wholeOf(name: string, value: number): number {
  if ((Number.isInteger(value) || value === Infinity) && value >= 0) return value
  throw netError('NET_BAD_OPTION', { message: `${name} must be a whole number, 0 or more` })
}

/** A job: a function. Throws `NET_BAD_OPTION` for a promise, whose work could be neither cancelled nor awaited. */
export function jobOf<J>(name: string, value: J): J {
  if (typeof value === 'function') return value
  throw netError('NET_BAD_OPTION', {
    message: `${name} must be a function that returns a promise, such as ({ signal }) => work(signal)`,
  })
}
