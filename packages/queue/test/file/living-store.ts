/*
 * A store whose answers come from another thread, under a clock that jumps when nothing goes on: what is asked and not yet answered
 * counts as going on.
 */

import type { JobStore } from '../../src/store.ts'

/** The store, whose calls keep the clock from jumping. */
export function living(store: JobStore): JobStore {
  let pending = 0
  const turn = (): void => {
    if (pending === 0) return
    // A promise that goes on is what a clock that jumps takes for a sign of life.
    void Promise.resolve().then(() => {})
    setImmediate(turn)
  }
  const lively = <T>(call: Promise<T>): Promise<T> => {
    pending++
    if (pending === 1) turn()
    return call.finally(() => pending--)
  }
  return new Proxy(store, {
    get(_, name) {
      const method: unknown = Reflect.get(store, name)
      if (typeof method !== 'function') return method
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(method, store, args)
        return result instanceof Promise ? lively(result) : result
      }
    },
  })
}
