/* One login, as our words and as ssh2's. */

import type { Secret } from '@net/core'

import { invalid } from '../identity/invalid-key.ts'
import { loadEngine } from './ssh2-internals.ts'
import type { EngineAuth, EngineKey } from './ssh2-types.ts'

/** A private key that is ready to sign. */
export interface SigningKey {
  /** Its algorithm, such as `ssh-ed25519`. */
  readonly type: string
  /** Its public half in wire format. */
  readonly blob: Uint8Array
}

/** What is attempted. */
export type Login =
  | { readonly method: 'none' }
  | { readonly method: 'password'; readonly password: Secret }
  | { readonly method: 'publickey'; readonly key: SigningKey }

/** Makes a key ready to sign, given its text without encryption. Rejects with `NET_CREDENTIAL_INVALID`. */
export async function signingKey(text: string): Promise<SigningKey> {
  const engine = await loadEngine()
  const parsed = parse(() => engine.utils.parseKey(text))
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key === undefined || !key.isPrivateKey()) throw invalid('it contains no private key')
  const ready = Object.freeze({ type: key.type, blob: Uint8Array.from(key.getPublicSSH()) })
  engineKeys.set(ready, key)
  return ready
}

/** The attempt as ssh2 takes it. */
export function engineLogin(username: string, login: Login): EngineAuth {
  if (login.method === 'password') {
    return { type: 'password', username, password: login.password.reveal() }
  }
  if (login.method === 'none') return { type: 'none', username }
  const key = engineKeys.get(login.key)
  if (key === undefined) throw invalid('it was not made ready')
  return { type: 'publickey', username, key }
}

function parse<T>(read: () => T | Error): T {
  try {
    const result = read()
    if (!(result instanceof Error)) return result
    throw result
  } catch (error) {
    throw invalid('its text is damaged', error)
  }
}

// The engine's own object stays on this side of the wall.
const engineKeys = new WeakMap<SigningKey, EngineKey>()
