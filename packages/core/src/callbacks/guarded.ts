/*
 * Callbacks of the caller's that only watch (log sinks, event listeners, progress) must never break what they
 * watch: what they throw is reported once, as a process warning, and dropped.
 */

import { isPromise } from 'node:util/types'

import { thrownStack } from '../errors/thrown-text.ts'

/** The callback made safe; `what` names it in the warning, which has the code NET_CALLBACK_FAILED. */
export function guarded<A extends readonly unknown[]>(
  what: string,
  callback: (...args: A) => unknown,
): (...args: A) => void {
  let reported = false
  const report = (error: unknown): void => {
    if (reported) return
    reported = true
    process.emitWarning(`${what} failed and is not reported again: ${thrownStack(error)}`, {
      code: 'NET_CALLBACK_FAILED',
    })
  }
  return (...args) => {
    try {
      const result = callback(...args)
      if (isPromise(result)) result.catch(report)
    } catch (error) {
      report(error)
    }
  }
}
