/*
 * Checks for tests of whether a function gives others their turn of the event loop before it settles. They need no
 * test runner.
 */

import assert from 'node:assert/strict'

/** Runs the function and resolves to its result; rejects with an AssertionError if it took no turn of the event loop. */
export async function checkYields<T>(run: () => PromiseLike<T>): Promise<T> {
  const { result, turned } = await watched(run)
  assert(turned, 'it settled without a turn of the event loop')
  return result
}

/** Runs the function and resolves to its result; rejects with an AssertionError if it took a turn of the event loop. */
export async function checkNoYield<T>(run: () => PromiseLike<T>): Promise<T> {
  const { result, turned } = await watched(run)
  assert(!turned, 'it took a turn of the event loop before it settled')
  return result
}

async function watched<T>(run: () => PromiseLike<T>): Promise<{ result: T; turned: boolean }> {
  let turned = false
  const turn = setImmediate(() => (turned = true))
  try {
    return { result: await run(), turned }
  } finally {
    clearImmediate(turn)
  }
}
