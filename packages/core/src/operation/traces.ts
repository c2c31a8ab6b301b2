/* The traces that running operations are part of, for what goes on in another process. Whoever records spans knows them. */

import { shared } from '../shared.ts'

/** Who records operations as spans. */
export interface TraceRecorder {
  /** The W3C trace context of a running operation, if it is recorded. */
  traceparent(operation: number): string | undefined
  /** Runs code with the span of that operation as the active one, if it is recorded. */
  within<T>(operation: number, run: () => T): T
}

/** The W3C trace context of that running operation; undefined if nobody records it. */
export function traceparentOf(operation: number): string | undefined {
  for (const recorder of recorders) {
    const traceparent = recorder.traceparent(operation)
    if (traceparent !== undefined) return traceparent
  }
  return undefined
}

/** Runs code with the span of that operation as the active one, for everyone who records it. */
export function withinSpan<T>(operation: number, run: () => T): T {
  let all = run
  for (const recorder of recorders) {
    const inner = all
    all = () => recorder.within(operation, inner)
  }
  return all()
}

/** Asks that recorder from now on, until the result is disposed. */
export function knowTraces(recorder: TraceRecorder): Disposable {
  recorders.add(recorder)
  return { [Symbol.dispose]: () => void recorders.delete(recorder) }
}

const recorders: Set<TraceRecorder> = shared('traces', () => new Set())
