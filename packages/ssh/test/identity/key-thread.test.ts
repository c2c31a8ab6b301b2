import * as crypto from 'node:crypto'

import { expect, test } from 'vitest'

import { inKeyThread } from '../../src/identity/key-thread.ts'
import { keyWork } from '../../src/identity/key-work.ts'
import { turnsUntil } from '../embedded.ts'

const job = {
  kind: 'bcrypt',
  passphrase: 'open sesame',
  salt: Buffer.from('salt'),
  rounds: 8,
  length: 48,
} as const

test('the thread gives what the work gives, and the event loop goes on meanwhile', async () => {
  const derived = inKeyThread(job)
  expect(await turnsUntil(derived)).toBeGreaterThan(10)
  expect(Buffer.from((await derived) as Uint8Array)).toEqual(
    Buffer.from(keyWork(job, crypto) as Uint8Array),
  )
})

test('what OpenSSL says comes back with its code', async () => {
  const { privateKey } = crypto.generateKeyPairSync('ed25519')
  const text = String(
    privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' }),
  )
  const wrong = { kind: 'pem', text, passphrase: 'wrong' } as const
  // One wrong passphrase in 256 leaves padding that looks right, and OpenSSL fails a step later, with another code.
  let said: unknown
  try {
    keyWork(wrong, crypto)
  } catch (error) {
    said = error
  }
  expect(said).toMatchObject({ code: expect.stringMatching(/^ERR_OSSL_/) })
  await expect(inKeyThread(wrong)).rejects.toMatchObject({
    code: Reflect.get(Object(said), 'code'),
  })
})

test('an abort ends it, before it has begun and while it works', async () => {
  const reason = new Error('enough')
  await expect(inKeyThread(job, AbortSignal.abort(reason))).rejects.toBe(reason)
  const controller = new AbortController()
  const working = inKeyThread({ ...job, rounds: 100_000 }, controller.signal)
  controller.abort(reason)
  await expect(working).rejects.toBe(reason)
})
