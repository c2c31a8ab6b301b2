/* What several tests of this package need. */

import type { NetError } from '@net/core'

/** The error with which the call fails; throws if it does not fail, or not with one of ours. */
export async function failure(
  call: Promise<unknown> | (() => Promise<unknown>),
): Promise<NetError> {
  let result: unknown
  try {
    result = await (typeof call === 'function' ? call() : call)
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error) return error as NetError
    throw error
  }
  throw new Error(`expected a failure, got ${String(result)}`)
}

/** What a function throws. */
export function thrown(run: () => unknown): NetError {
  let result: unknown
  try {
    result = run()
  } catch (error) {
    return error as NetError
  }
  throw new Error(`expected an error, got ${String(result)}`)
}

/** Fails unless the promise has settled when the event loop has turned once. */
export async function withinOneTurn<T>(promise: Promise<T>): Promise<T> {
  const late = Symbol('late')
  const turned = new Promise<typeof late>((resolve) => setImmediate(() => resolve(late)))
  const first = await Promise.race([promise, turned])
  if (first === late) throw new Error('not settled within one turn of the event loop')
  return first
}

/** Bytes of a text. */
export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

/** Text of bytes. */
export function latin1(data: Uint8Array | null): string {
  return data === null ? 'null' : Buffer.from(data).toString('latin1')
}
