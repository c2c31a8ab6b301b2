/* A sink of the caller's that takes nothing of the last that came in before a connection was lost. */

import { clock } from '../time/clock.ts'
import type { OpenSink } from './sink.ts'

/** Calls `tell` once the sink has taken nothing for 2 s; disposing prevents that. */
export function onStuck(sink: Pick<OpenSink, 'position'>, tell: () => void): Disposable {
  let taken = sink.position
  const look = (): void => {
    if (sink.position === taken) return tell()
    taken = sink.position
    timer = clock().after(PATIENCE, look)
  }
  let timer = clock().after(PATIENCE, look)
  return { [Symbol.dispose]: () => timer.clear() }
}

const PATIENCE = 2000
