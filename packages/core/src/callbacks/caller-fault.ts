/*
 * Errors that the caller's own callbacks threw are not ours to translate: marked here, they pass through every
 * operation unchanged.
 */

import { shared } from '../shared.ts'

/** Marks what a callback of the caller's threw; returns it, wrapped in an Error where it cannot be marked itself. */
export function callerFault(thrown: unknown): unknown {
  // What throws nothing has failed all the same, and engines take no error for an end.
  const error = typeof thrown === 'object' && thrown !== null ? thrown : errorOf(thrown)
  marked.add(error)
  return error
}

function errorOf(thrown: unknown): Error {
  // Loaded here, as that takes a while and hardly anybody throws such things.
  const { inspect } = process.getBuiltinModule('node:util')
  return new Error(`${inspect(thrown)} was thrown`, { cause: thrown })
}

/** Whether the error was marked. */
export function isCallerFault(error: unknown): boolean {
  return typeof error === 'object' && error !== null && marked.has(error)
}

const marked: WeakSet<object> = shared('caller-faults', () => new WeakSet())
