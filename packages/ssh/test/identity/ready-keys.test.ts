import { expect, test } from 'vitest'

import { key } from '@net/ssh'
import { createSshKey } from '@net/ssh/testing'

import { makeReady, readyAtOnce, readyBefore } from '../../src/identity/ready-keys.ts'
import { failureOf } from '../embedded.ts'
import { encryptedOpenssh } from './key-samples.ts'

const never = new AbortController().signal

test('a key is decrypted once for all calls', async () => {
  const content = encryptedOpenssh('open sesame')
  const auth = key(content)
  expect(readyBefore(auth, content)).toBeUndefined()
  const asked = Array.from({ length: 3 }, () => makeReady(auth, content, 'open sesame', never))
  const [first, ...others] = await Promise.all(asked)
  expect(others).toEqual([first, first])
  expect(others.every((one) => one === first)).toBe(true)
  expect(readyBefore(auth, content)).toBe(first)
  // Another content, or another key(), is another key.
  expect(readyBefore(auth, encryptedOpenssh('open sesame'))).toBeUndefined()
  expect(readyBefore(key(content), content)).toBeUndefined()
})

test('a key that needs no passphrase is read once, and one that does is left alone', async () => {
  const { privateKey: content } = createSshKey()
  const auth = key(content)
  const first = await readyAtOnce(auth, content)
  expect(first?.type).toBe('ssh-ed25519')
  expect(await readyAtOnce(auth, content)).toBe(first)
  expect(readyBefore(auth, content)).toBe(first)
  const encrypted = encryptedOpenssh('open sesame')
  expect(await readyAtOnce(key(encrypted), encrypted)).toBeUndefined()
})

test('a wrong passphrase is nothing to keep', async () => {
  const content = encryptedOpenssh('open sesame')
  const auth = key(content)
  expect(await failureOf(makeReady(auth, content, 'wrong', never))).toMatchObject({
    code: 'NET_CREDENTIAL_INVALID',
  })
  expect(readyBefore(auth, content)).toBeUndefined()
  expect((await makeReady(auth, content, 'open sesame', never)).type).toBe('ssh-ed25519')
})

test('an aborted call leaves the others their key, and the last one ends the work', async () => {
  const content = encryptedOpenssh('open sesame')
  const auth = key(content)
  const [one, two] = [new AbortController(), new AbortController()]
  const reason = new Error('enough')
  const first = makeReady(auth, content, 'open sesame', one.signal)
  const second = makeReady(auth, content, 'open sesame', two.signal)
  one.abort(reason)
  await expect(first).rejects.toBe(reason)
  expect((await second).type).toBe('ssh-ed25519')

  const slow = encryptedOpenssh('open sesame', { rounds: 3 })
  const alone = makeReady(key(slow), slow, 'open sesame', two.signal)
  two.abort(reason)
  await expect(alone).rejects.toBe(reason)
  expect((await makeReady(key(slow), slow, 'open sesame', never)).type).toBe('ssh-ed25519')
})
