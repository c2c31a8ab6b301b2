/* The errors for what a tree cannot do. */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'

/** The error for what this tree cannot do: `set times`. */
export function unsupported(what: string): NetError {
  return netError('NET_UNSUPPORTED', { message: `this tree cannot ${what}` })
}
