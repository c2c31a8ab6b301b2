/*
 * Waiting until everything is blocked: until no promise of the process goes on by itself, so that only time, input or
 * the code that waits here can move it.
 */

import { promiseHooks } from 'node:v8'

import { optionsDoor } from '../options/door.ts'
import { milliseconds } from '../options/values.ts'

/** Options of `untilIdle`. */
export interface IdleOptions {
  /** For how many real milliseconds all must be quiet, for work that real sockets or files bring; default 0. */
  readonly cushion?: number | undefined
}

/**
 * Resolves when no promise has gone on for two turns of the event loop, and for `cushion`. Code that waits for a timer,
 * a socket or a signal counts as blocked.
 */
export async function untilIdle(options?: IdleOptions): Promise<void> {
  const { cushion = 0 } = idleOptions(options)
  await idleWhile(() => true, cushion)
}

/** As `untilIdle`; resolves earlier, too, when it is not wanted any more. */
export function idleWhile(wanted: () => boolean, cushion: number): Promise<void> {
  return new Promise((resolve) => {
    let moved = 0
    const stop = promiseHooks.onBefore(() => void moved++)
    let seen = 0
    let quiet = 0
    // Real time: also under a fake clock, whose jumps wait for this.
    let since = performance.now()
    const look = (): void => {
      if (moved !== seen) {
        seen = moved
        quiet = 0
        since = performance.now()
      } else quiet++
      if (!wanted() || (quiet >= TURNS && performance.now() - since >= cushion)) {
        Reflect.apply(stop, undefined, [])
        resolve()
        return
      }
      // Callbacks and no promises, which would be taken for signs of life.
      if (quiet > TURNS) setTimeout(look, 1)
      else setImmediate(look)
    }
    setImmediate(look)
  })
}

const TURNS = 2

const idleOptions = optionsDoor<IdleOptions>({ call: 'untilIdle' }, { cushion: milliseconds })
