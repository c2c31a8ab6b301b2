/* Who opens an encrypted key: a text, or a callback that is asked when the key is first needed, and again after a wrong answer. */

import { isNetError, isSecret, type Credential, type Secret } from '@net/core'
import { CredentialSource, own } from '@net/core/authoring'

import type { TlsOptions } from './options.ts'

/** For whom the key is opened. */
export interface Opening {
  readonly signal?: AbortSignal | undefined
}

/** Has `make` open the key with the passphrase of the options. What a callback throws passes as it is. */
export async function unlocked<T>(
  tls: TlsOptions,
  { signal }: Opening,
  make: (passphrase: string | undefined) => T,
): Promise<T> {
  const given = own(tls, 'passphrase')
  if (typeof given !== 'function') return make(isSecret(given) ? given.reveal() : given)
  const source = sourceOf(given)
  for (;;) {
    const answer = await source.get(signal === undefined ? {} : { signal })
    try {
      const made = make(answer.reveal())
      source.accepted(answer)
      return made
    } catch (error) {
      const isWrong = isNetError(error) && error.code === 'NET_CREDENTIAL_INVALID'
      if (isWrong && source.rejected(answer)) continue
      // Wrong twice: the next handshake asks from the beginning.
      sources.delete(given)
      throw error
    }
  }
}

type Callback = Exclude<Credential, string | Secret>

/** One for each callback, so that it is asked once however many connections use it. */
function sourceOf(callback: Callback): CredentialSource {
  const known = sources.get(callback)
  if (known !== undefined) return known
  const source = new CredentialSource(callback, { what: 'passphrase' })
  sources.set(callback, source)
  return source
}

const sources = new WeakMap<object, CredentialSource>()
