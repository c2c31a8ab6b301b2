/* What proves in a login that it owns a key: the key itself, or an agent that keeps it. */

import { algorithmsOf, signData } from './signatures.ts'
import type { PrivateKey } from './key-material.ts'

/** A key that can be shown, and can sign. */
export interface Signer {
  /** What is shown: a public key, or a certificate, in wire format. */
  readonly blob: Uint8Array
  /** Its algorithms as a login names them, the preferred first. */
  readonly algorithms: readonly string[]
  /** Whether the server is asked first if the key would do: a signature may need a person's touch, or a limited try. */
  readonly asks: boolean
  /** How messages call it. */
  readonly label: string
  /** Signs, as the field that SSH sends. Rejects with SigningRefused, with what went wrong, and with the signal's reason. */
  sign(data: Uint8Array, algorithm: string, signal: AbortSignal): Promise<Uint8Array>
}

/** The keeper of the key (an agent) does not sign with it now: the login goes on with the next one. */
export class SigningRefused extends Error {}

/** Signs with a private key; shows `certificate` in its place if there is one. */
export function keySigner(
  { type, blob, key }: PrivateKey,
  label: string | undefined,
  certificate?: { readonly type: string; readonly blob: Uint8Array },
): Signer {
  const shown = certificate ?? { type, blob }
  return Object.freeze({
    blob: shown.blob,
    algorithms: algorithmsOf(shown.type),
    asks: false,
    label: label === undefined ? `key (${shown.type})` : `key ${label}`,
    sign: async (data: Uint8Array, algorithm: string) => signData(key, algorithm, data),
  })
}
