import * as crypto from 'node:crypto'
import { runInNewContext } from 'node:vm'

import { expect, test } from 'vitest'

import { keyScript, keyWork, type KeyJob } from '../../src/identity/key-work.ts'

test('the key of a passphrase is that of OpenBSD', () => {
  // Test vectors of bcrypt_pbkdf in OpenBSD's regression tests.
  const salt = Buffer.from('salt')
  const job = { kind: 'bcrypt', passphrase: 'password', salt, rounds: 4, length: 32 } as const
  const derived = keyWork(job, crypto) as Uint8Array
  expect(Buffer.from(derived).toString('hex')).toBe(
    '5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9',
  )
  const long = keyWork({ ...job, rounds: 8, length: 64 }, crypto) as Uint8Array
  expect(Buffer.from(long).toString('hex')).toBe(
    'e1367ec5151a33faac4cc1c144cd23fa15d5548493ecc99b9b5d9c0d3b27bec76227ea66088b849b20ab7aa478010246e74bba51723fefa9f9474d6508845e8d',
  )
})

test('a key in PEM is decrypted', () => {
  const { privateKey } = crypto.generateKeyPairSync('ed25519')
  const options = { type: 'pkcs8', format: 'pem' } as const
  const text = String(
    privateKey.export({ ...options, cipher: 'aes-256-cbc', passphrase: 'open sesame' }),
  )
  const job = { kind: 'pem', text, passphrase: 'open sesame' } as const
  expect(keyWork(job, crypto)).toBe(privateKey.export(options))
  expect(() => keyWork({ ...job, passphrase: 'wrong' }, crypto)).toThrow()
})

test('the functions stand alone as the text of a script', () => {
  const work = { kind: 'bcrypt', passphrase: 'a', salt: Buffer.from('b'), rounds: 1, length: 32 }
  const sent: { value: Uint8Array }[] = []
  const threads = {
    workerData: work,
    parentPort: { postMessage: (what: { value: Uint8Array }) => sent.push(what) },
  }
  const require = (name: string): unknown => (name === 'node:crypto' ? crypto : threads)
  runInNewContext(keyScript(), { require, TextEncoder })
  expect(Buffer.from(sent[0]?.value ?? [])).toEqual(
    Buffer.from(keyWork(work as KeyJob, crypto) as Uint8Array),
  )
})
