/* How a client, a connection, a server or a pool is closed: one option, one default, one door for all of them. */

import { optionsDoor, type CallPlace } from '../options/door.ts'
import { milliseconds } from '../options/values.ts'

/** Options of `close`. */
export interface CloseOptions {
  /** How many milliseconds calls under way and the goodbye may take; what is not done then is cut off. Default 2,000. */
  readonly grace?: number | undefined
}

/** The grace where the caller says nothing, in milliseconds; also of what is disposed. */
export const GRACE = 2000

/** The door of one `close`, which gives its grace: `closeDoor({ protocol: 'ftp', call: 'close' })`. */
export function closeDoor(place: CallPlace): (options: CloseOptions | undefined) => number {
  const door = optionsDoor<CloseOptions>(place, { grace: milliseconds }, { timeout: 'grace' })
  return (options) => door(options).grace ?? GRACE
}
