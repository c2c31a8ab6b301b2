import { createHash, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import * as nodeCrypto from 'node:crypto'

import { expect, test } from 'vitest'

import { HybridExchange } from '../src/hybrid-exchange.ts'

const { encapsulate } = nodeCrypto as unknown as {
  encapsulate: (key: nodeCrypto.KeyObject) => { sharedKey: Buffer; ciphertext: Buffer }
}

test('[SSH-12] both sides come to the same secret', () => {
  const ours = new HybridExchange()
  const { publicKey } = ours
  expect(publicKey).toHaveLength(1184 + 32)
  // The other side, as a server does it.
  const der = generateKeyPairSync('ml-kem-768' as 'x25519').publicKey.export({
    type: 'spki',
    format: 'der',
  })
  const key = Buffer.concat([der.subarray(0, -1184), publicKey.subarray(0, 1184)])
  const { sharedKey, ciphertext } = encapsulate(
    createPublicKey({ key, type: 'spki', format: 'der' }),
  )
  const curve = generateKeyPairSync('x25519')
  const x = publicKey.subarray(1184).toString('base64url')
  const point = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } })
  const shared = diffieHellman({ privateKey: curve.privateKey, publicKey: point })
  const answer = Buffer.concat([
    ciphertext,
    curve.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32),
  ])
  const secret = createHash('sha256').update(sharedKey).update(shared).digest()
  expect(ours.secretOf(answer)).toEqual(secret)
  expect(() => ours.secretOf(answer.subarray(1))).toThrow('an answer of 1119 bytes')
})
