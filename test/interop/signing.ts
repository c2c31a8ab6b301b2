// Signatures of mails (DKIM): keys for them, and what mailauth says of them.
import { generateKeyPairSync } from 'node:crypto'
import type * as smtp from '@net/smtp'
import { dkimVerify } from 'mailauth'

/** Keys for signatures of example.com, and what DNS would have of them. */
export interface Signing {
  readonly dkim: readonly smtp.DkimOptions[]
  /** By selector. */
  readonly records: Readonly<Record<'rsa' | 'ed', string>>
}

/** A key of each kind, and what DNS would have of it, by selector. */
export function signing(): Signing {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ed25519 = generateKeyPairSync('ed25519')
  const dkim = [
    { domain: 'example.com', selector: 'rsa', privateKey: rsa.privateKey },
    { domain: 'example.com', selector: 'ed', privateKey: ed25519.privateKey },
  ]
  const records = {
    rsa: `v=DKIM1; k=rsa; p=${rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    // The last 32 bytes of it are the key (RFC 8463, section 4).
    ed: `v=DKIM1; k=ed25519; p=${ed25519.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')}`,
  }
  return { dkim, records }
}

/** What mailauth says of each signature. */
export async function judged(
  mail: Buffer,
  records: Signing['records'],
): Promise<readonly string[]> {
  const { results } = await dkimVerify(mail, {
    resolver: (name: string) =>
      Promise.resolve([[records[name.startsWith('rsa.') ? 'rsa' : 'ed']]]),
  })
  return results.map(({ status }) => status.result)
}
