/*
 * A login that asks again: the credential is asked for outside of every limit on the server, and once more if the server
 * refuses an answer. It must not know what is sent.
 */

import { isNetError, type Secret } from '@net/core'
import type { CredentialSource, Operation } from '@net/core/authoring'

/** Where a login gets its password from. */
export interface LoginSource {
  readonly password: CredentialSource
  /** Whether the server would hear another attempt. */
  alive(): boolean
}

/** Logs in; `tell` rejects with `NET_AUTH_REJECTED` where the server refused this answer. Rejects with what it throws last. */
export async function logInWith(
  op: Operation,
  source: LoginSource,
  tell: (answer: Secret) => Promise<void>,
): Promise<void> {
  const { password } = source
  for (;;) {
    // A person who is asked may take longer than the server may.
    const answer = await password.get({ signal: op.signal })
    try {
      await op.phase('auth', () => tell(answer))
      password.accepted(answer)
      return
    } catch (error) {
      const refused = isNetError(error) && error.code === 'NET_AUTH_REJECTED' && source.alive()
      if (!refused || !password.rejected(answer)) throw error
    }
  }
}
