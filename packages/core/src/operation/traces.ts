/* The traces that running operations are part of, for what goes on in another process. Whoever records spans knows them. */

import { shared } from '../shared.ts'

/** Gives the W3C trace context of a running operation, if it is recorded. */
export type TraceparentOf = (operation: number) => string | undefined

/** The W3C trace context of that running operation; undefined if nobody records it. */
export function traceparentOf(operation: number): string | undefined {
  for (const of of recorders) {
    const traceparent = of(operation)
    if (traceparent !== undefined) return traceparent
  }
  return undefined
}

/** Answers `traceparentOf` from now on, until the result is disposed. */
export function knowTraces(of: TraceparentOf): Disposable {
  recorders.add(of)
  return { [Symbol.dispose]: () => void recorders.delete(of) }
}

const recorders: Set<TraceparentOf> = shared('traces', () => new Set())
