/*
 * A private key made ready for the engine: read, decrypted, and brought into a format that the engine understands.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto'

import { invalid, readKeyText, type KeyText } from './key-format.ts'
import { opensshPrivateKey } from './openssh-key.ts'

/** A key's text as the engine takes it. */
export interface EngineKeyText {
  readonly text: string
  /** Where the engine decrypts the key itself. */
  readonly passphrase?: string
}

/** Whether a passphrase is needed. Throws `NET_CREDENTIAL_INVALID` for what is no private key. */
export function isEncrypted(content: string): boolean {
  return readKeyText(content).encrypted
}

/** The key for the engine. Throws `NET_CREDENTIAL_INVALID`, also for a wrong passphrase. */
export function forEngine(content: string, passphrase?: string): EngineKeyText {
  const key = readKeyText(content)
  if (key.format === 'pem') return { text: convert(readPem(key, passphrase)) }
  const given = key.encrypted && passphrase !== undefined ? { passphrase } : {}
  return { text: key.text, ...given }
}

function readPem({ text, encrypted }: KeyText, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({
      key: text,
      format: 'pem',
      ...(encrypted && passphrase !== undefined ? { passphrase } : {}),
    })
  } catch (error) {
    throw invalid(
      encrypted ? 'its passphrase is wrong, or its text is damaged' : 'its text is damaged',
      error,
    )
  }
}

function convert(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return String(key.export({ type: 'pkcs1', format: 'pem' }))
    case 'ec':
      return String(key.export({ type: 'sec1', format: 'pem' }))
    case 'ed25519': {
      const { x = '', d = '' } = key.export({ format: 'jwk' })
      return opensshPrivateKey({
        publicKey: Buffer.from(x, 'base64url'),
        privateKey: Buffer.from(d, 'base64url'),
      })
    }
    default:
      throw invalid(`SSH has no keys of the type ${String(key.asymmetricKeyType)}`)
  }
}
