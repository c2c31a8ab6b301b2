import { expect, test } from 'vitest'

import { secret } from '@net/core'
import { createSshKey } from '@net/ssh/testing'

import { engineLogin, signingKey } from '../../src/engine/ssh2-login.ts'

test('a key is made ready, and only such a key logs in', async () => {
  const pair = createSshKey()
  const key = await signingKey(pair.privateKey)
  expect(key).toMatchObject({ type: 'ssh-ed25519' })
  expect(Buffer.from(key.blob).equals(pair.blob)).toBe(true)
  expect(engineLogin('ada', { method: 'publickey', key })).toMatchObject({
    type: 'publickey',
    username: 'ada',
  })
  expect(() => engineLogin('ada', { method: 'publickey', key: { ...key } })).toThrow('made ready')
})

test('a password is revealed to the engine alone', () => {
  expect(engineLogin('ada', { method: 'password', password: secret('lovelace') })).toEqual({
    type: 'password',
    username: 'ada',
    password: 'lovelace',
  })
  expect(engineLogin('ada', { method: 'none' })).toEqual({ type: 'none', username: 'ada' })
})

test('what the engine cannot read is a credential that is not valid', async () => {
  for (const text of [
    'hello',
    createSshKey().publicKey,
    createSshKey().privateKey.replace('AAAA', 'BBBB'),
  ]) {
    await expect(signingKey(text)).rejects.toMatchObject({ code: 'NET_CREDENTIAL_INVALID' })
  }
})
