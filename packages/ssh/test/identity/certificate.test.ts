import { expect, test } from 'vitest'

import { certificateFault, readCertificate } from '../../src/identity/certificate.ts'
import { privateKeyOf } from '../../src/identity/key-material.ts'
import { certificateOf, everyKey } from './key-samples.ts'

const keys = everyKey().map((key) => privateKeyOf(key))
const [rsa, , , , ed25519] = keys
if (rsa === undefined || ed25519 === undefined) throw new Error('no key')
const now = Date.parse('2026-01-01')
const asAda = { kind: 'user', principal: 'ada', now } as const

test('certificates for keys of every type, of every authority, say what was put into them', () => {
  for (const authority of keys) {
    for (const { blob, type } of keys) {
      const certificate = readCertificate(certificateOf(authority, blob))
      expect(certificate).toMatchObject({
        type: `${type}-cert-v01@openssh.com`,
        kind: 'user',
        serial: 7n,
        keyId: 'sample',
        principals: ['ada'],
        extensions: { 'permit-pty': new Uint8Array(0) },
      })
      if (certificate === undefined) throw new Error('not read')
      expect(Buffer.from(certificate.publicKey).equals(blob)).toBe(true)
      expect(certificateFault(certificate, asAda)).toBeUndefined()
    }
  }
})

test.for([
  [{ kind: 'host' }, 'it is a certificate for a host'],
  [{ validAfter: 2n ** 40n }, 'it is not valid yet'],
  [{ validBefore: 1n }, 'it has expired'],
  [{ principals: ['eve', 'bob'] }, 'it is for eve, bob'],
  [{ principals: ['a*'] }, 'it is for a*'],
] as const)('what a certificate with %o is not good for', ([spec, fault]) => {
  const certificate = readCertificate(certificateOf(rsa, ed25519.blob, spec))
  if (certificate === undefined) throw new Error('not read')
  expect(certificateFault(certificate, asAda)).toBe(fault)
})

test('of a host names may be patterns, and what is demanded must be known', () => {
  const asHost = { kind: 'host', principal: 'db.Example.com', now } as const
  const faultOf = (spec: object): string | undefined => {
    const certificate = readCertificate(certificateOf(rsa, ed25519.blob, { kind: 'host', ...spec }))
    return certificate === undefined ? 'not read' : certificateFault(certificate, asHost)
  }
  expect(faultOf({ principals: ['*.example.com'] })).toBeUndefined()
  expect(faultOf({ principals: [] })).toBeUndefined()
  expect(faultOf({ principals: ['*.example.org'] })).toBe('it is for *.example.org')
  expect(faultOf({ principals: [], criticalOptions: { odd: 'x' } })).toBe(
    'it demands odd, which is not known',
  )
})

test('a byte that was changed anywhere is noticed, and no cut certificate is read', () => {
  const whole = certificateOf(ed25519, rsa.blob)
  for (let at = 0; at < whole.length; at += 11) {
    const changed = Uint8Array.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    const certificate = readCertificate(changed)
    if (certificate !== undefined) expect(certificateFault(certificate, asAda)).toBeDefined()
    expect(readCertificate(whole.subarray(0, at))).toBeUndefined()
  }
  expect(readCertificate(ed25519.blob)).toBeUndefined()
})
