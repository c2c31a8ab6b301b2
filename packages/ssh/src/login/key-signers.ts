/*
 * The keys of a `key()` as a login shows them: its certificate first, then the key itself. Of an encrypted key the public
 * half is shown where it can be read, and the passphrase is asked for only when the server has taken it.
 */

import { isNetError } from '@net/core'
import { CredentialSource } from '@net/core/authoring'

import { readCertificate } from '../identity/certificate.ts'
import { invalid } from '../identity/invalid-key.ts'
import type { PrivateKey } from '../identity/key-material.ts'
import type { KeyAuth } from '../identity/keys.ts'
import { publicHalf } from '../identity/private-key.ts'
import { readPublicText } from '../identity/public-key.ts'
import { makeReady, readyAtOnce, readyBefore } from '../identity/ready-keys.ts'
import { algorithmsOf, signData } from '../identity/signatures.ts'
import { keySigner, SigningRefused, type Signer } from '../identity/signer.ts'
import { FieldReader } from '../identity/wire.ts'
import { whileOpen, type LoginRun } from './offer.ts'

/** The keys of one `key()`. Rejects with `NET_CREDENTIAL_INVALID`, and with what the caller's callback throws. */
export async function keySigners(auth: KeyAuth, login: LoginRun): Promise<readonly Signer[]> {
  if (auth.isLenient !== true) return signersOf(auth, login)
  try {
    const signers = await signersOf(auth, login)
    return signers.map((signer) => ({
      ...signer,
      sign: (...args) => orRefused(signer.sign(...args)),
    }))
  } catch (error) {
    if (isUnusable(error)) return []
    throw error
  }
}

/** A key that only turns out not to be usable when it is to sign is one that does not sign. */
async function orRefused<T>(signature: Promise<T>): Promise<T> {
  try {
    return await signature
  } catch (error) {
    throw isUnusable(error) ? new SigningRefused((error as Error).message) : error
  }
}

function isUnusable(error: unknown): boolean {
  return isNetError(error) && ['NET_CREDENTIAL_INVALID', 'NET_LOCAL_IO'].includes(error.code)
}

async function signersOf(auth: KeyAuth, login: LoginRun): Promise<readonly Signer[]> {
  const content = await auth.read()
  const certificate = await certificateOf(auth)
  const known = await readyAtOnce(auth, content)
  const half = known === undefined ? publicHalf(content) : undefined
  if (half !== undefined) {
    const open = (): Promise<PrivateKey> => opened(auth, content, login)
    const later = (blob: Uint8Array): Signer => laterSigner(blob, auth.label, open)
    return [...(certificate === undefined ? [] : [later(certificate.blob)]), later(half)]
  }
  const key = known ?? (await opened(auth, content, login))
  const own = keySigner(key, auth.label)
  if (certificate === undefined) return [own]
  if (!Buffer.from(certificate.publicKey).equals(key.blob)) {
    throw invalid('its certificate is for another key')
  }
  return [keySigner(key, auth.label, certificate), own]
}

async function certificateOf(auth: KeyAuth): ReturnType<typeof readable> {
  return auth.certificate === undefined ? undefined : readable(await auth.certificate())
}

async function readable(text: string): Promise<ReturnType<typeof readCertificate>> {
  const shown = readPublicText(text)
  const certificate = shown === undefined ? undefined : readCertificate(shown.blob)
  if (certificate?.kind !== 'user') throw invalid('its certificate is no certificate for a user')
  return certificate
}

function laterSigner(
  blob: Uint8Array,
  label: string | undefined,
  open: () => Promise<PrivateKey>,
): Signer {
  const type = new FieldReader(blob).text()
  return Object.freeze({
    blob,
    algorithms: algorithmsOf(type),
    asks: true,
    label: label === undefined ? `key (${type})` : `key ${label}`,
    sign: async (data: Uint8Array, algorithm: string) =>
      signData((await open()).key, algorithm, data),
  })
}

/** One that is encrypted. */
async function opened(auth: KeyAuth, content: string, login: LoginRun): Promise<PrivateKey> {
  const { plan, op } = login
  const known = readyBefore(auth, content)
  if (known !== undefined) return known
  if (auth.passphrase === undefined) throw invalid('it is encrypted, and no passphrase was given')
  const { user, client } = plan
  const subject = { what: 'passphrase', endpoint: auth.label ?? plan.endpoint, user } as const
  const source = new CredentialSource(auth.passphrase, subject, client)
  for (;;) {
    const passphrase = await whileOpen(login, (signal) => source.get({ signal }))
    try {
      return await makeReady(auth, content, passphrase.reveal(), op.signal)
    } catch (error) {
      if (op.signal.aborted || !source.rejected(passphrase)) throw error
    }
  }
}
