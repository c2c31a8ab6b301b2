/*
 * Errors that the caller's own callbacks threw are not ours to translate: marked here, they pass through every
 * operation unchanged.
 */

import { shared } from './shared.ts'

/** Marks an error as thrown by a callback of the caller's; returns it. */
export function callerFault<E>(error: E): E {
  if (typeof error === 'object' && error !== null) marked.add(error)
  return error
}

/** Whether the error was marked. */
export function isCallerFault(error: unknown): boolean {
  return typeof error === 'object' && error !== null && marked.has(error)
}

const marked: WeakSet<object> = shared('caller-faults', () => new WeakSet())
