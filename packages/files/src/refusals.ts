/* The errors for what a tree cannot do, and for what cannot be copied. */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

/** The error for what this tree cannot do: `set times`. */
export function unsupported(what: string): NetError {
  return netError('NET_UNSUPPORTED', { message: `this tree cannot ${what}` })
}

/** The error for a file that was not left alone while it was read. */
export function sourceChanged(path: string, how = 'its size or time is another now'): NetError {
  return netError('NET_SIZE_MISMATCH', {
    message: `${path} was changed while it was read: ${how}`,
  })
}
