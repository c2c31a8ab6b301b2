/* The error for a private key that cannot be used. */

import { netError } from '@net/core/authoring'

/** `why` is in the message; the key never is. */
export function invalid(why: string, cause?: unknown): Error {
  return netError('NET_CREDENTIAL_INVALID', {
    message: `the private key cannot be used: ${why}`,
    cause,
  })
}
