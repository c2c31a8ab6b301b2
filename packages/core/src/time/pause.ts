/* Letting time pass, on the clock of the process. For what nothing stops; callers of ours get `sleep` of `@net/async`. */

import { clock } from './clock.ts'

/** Resolves after so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock().after(milliseconds, resolve)
  })
}
