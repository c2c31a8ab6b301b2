import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { signingKey } from '../../src/engine/ssh2-login.ts'
import { ed25519Blob, opensshPrivateKey } from '../../src/identity/openssh-key.ts'

function pair(): { publicKey: Buffer; privateKey: Buffer } {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return { publicKey: Buffer.from(x, 'base64url'), privateKey: Buffer.from(d, 'base64url') }
}

test('the engine reads what is written', async () => {
  const keys = pair()
  const read = await signingKey(opensshPrivateKey(keys, 'a comment'))
  expect(Buffer.from(read.blob)).toEqual(ed25519Blob(keys.publicKey))
})
