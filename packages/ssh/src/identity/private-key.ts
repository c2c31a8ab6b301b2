/*
 * A private key made ready for the engine: read, decrypted, and brought into a format that the engine understands.
 */

import { createPrivateKey, type KeyObject } from 'node:crypto'

import { invalid } from './invalid-key.ts'
import { readKeyText, type KeyText } from './key-format.ts'
import { inKeyThread } from './key-thread.ts'
import { openOpensshFile } from './openssh-file.ts'
import { opensshPrivateKey } from './openssh-key.ts'
import { openPuttyFile } from './putty-file.ts'

/** Whether a passphrase is needed. Throws `NET_CREDENTIAL_INVALID` for what is no private key. */
export function isEncrypted(content: string): boolean {
  return readKeyText(content).encrypted
}

/**
 * The key's text for the engine, without encryption. Decrypting takes as long as the key's file says, off this thread.
 * Rejects with `NET_CREDENTIAL_INVALID`, also for a wrong passphrase, and with the signal's reason.
 */
export async function forEngine(
  content: string,
  passphrase = '',
  signal?: AbortSignal,
): Promise<string> {
  const key = readKeyText(content)
  if (key.format === 'openssh') return openOpensshFile(key.file, passphrase, signal)
  if (key.format === 'putty') return convert(await openPuttyFile(key.text, passphrase))
  return convert(await openPem(key, passphrase, signal))
}

async function openPem(
  { text, encrypted }: Extract<KeyText, { format: 'pem' | 'putty' }>,
  passphrase: string,
  signal: AbortSignal | undefined,
): Promise<KeyObject> {
  try {
    const opened = encrypted
      ? String(await inKeyThread({ kind: 'pem', text, passphrase }, signal))
      : text
    return createPrivateKey({ key: opened, format: 'pem' })
  } catch (error) {
    signal?.throwIfAborted()
    throw invalid(reasonOf(error, encrypted), error)
  }
}

function reasonOf(error: unknown, encrypted: boolean): string {
  const code: unknown = Reflect.get(error as Error, 'code')
  if (!encrypted) return 'its text is damaged'
  if (code === 'ERR_OSSL_UNSUPPORTED') {
    // Of 256 wrong passphrases one leaves bytes that only look decrypted.
    return 'its passphrase is wrong, or it is encrypted in a way that this Node.js does not read, or its text is damaged'
  }
  return code === 'ERR_OSSL_BAD_DECRYPT'
    ? 'its passphrase is wrong'
    : 'its passphrase is wrong, or its text is damaged'
}

function convert(key: KeyObject): string {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength > LONGEST) throw invalid(`it is longer than ${LONGEST} bits`)
      return String(key.export({ type: 'pkcs1', format: 'pem' }))
    case 'ec':
      if (!CURVES.has(namedCurve)) throw invalid(`SSH has no keys on the curve ${namedCurve}`)
      return String(key.export({ type: 'sec1', format: 'pem' }))
    case 'ed25519': {
      const { x = '', d = '' } = key.export({ format: 'jwk' })
      return opensshPrivateKey({
        publicKey: Buffer.from(x, 'base64url'),
        privateKey: Buffer.from(d, 'base64url'),
      })
    }
    case 'dsa':
      throw invalid('it is a DSA key, which is no longer safe')
    default:
      throw invalid(`keys of the type ${String(key.asymmetricKeyType)} are not supported`)
  }
}

// A signature with a longer one takes seconds.
const LONGEST = 16_384
const CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
