/*
 * When to stop repeating and which errors to repeat after, as functions that can be combined.
 */

import { isNetError, type NetErrorCode, type RetryFilter, type RetryStop } from '@net/core'

import { countOf, lengthOf } from '../option-checks.ts'

/** For `stop`: no more than so many attempts. Throws `NET_BAD_OPTION`. */
export function stopAfterAttempts(attempts: number): RetryStop {
  countOf('attempts', attempts)
  return ({ attempt }) => attempt >= attempts
}

/** For `stop`: no more attempts so many milliseconds after the call began. Throws `NET_BAD_OPTION`. */
export function stopAfterElapsed(milliseconds: number): RetryStop {
  lengthOf('milliseconds', milliseconds)
  return ({ elapsed }) => elapsed >= milliseconds
}

/** For `when`: errors of ours with one of these codes. */
export function ifCode(...codes: readonly NetErrorCode[]): RetryFilter {
  return (error) => isNetError(error) && codes.includes(error.code)
}

/** For `when`: errors of one of these classes. */
export function ifClass(
  ...classes: readonly (abstract new (...args: never) => Error)[]
): RetryFilter {
  return (error) => classes.some((each) => error instanceof each)
}

/** Holds where one of the conditions holds. */
export function anyOf<A extends readonly unknown[]>(
  ...conditions: readonly ((...args: A) => boolean)[]
): (...args: A) => boolean {
  return (...args) => conditions.some((condition) => condition(...args))
}

/** Holds where all of the conditions hold. */
export function allOf<A extends readonly unknown[]>(
  ...conditions: readonly ((...args: A) => boolean)[]
): (...args: A) => boolean {
  return (...args) => conditions.every((condition) => condition(...args))
}

/** Holds where the condition does not. */
export function not<A extends readonly unknown[]>(
  condition: (...args: A) => boolean,
): (...args: A) => boolean {
  return (...args) => !condition(...args)
}
