import { generateKeyPairSync } from 'node:crypto'

import { expect, test } from 'vitest'

import { key } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { publicLine } from '../../src/identity/public-key.ts'
import { failureOf, logInTo } from '../embedded.ts'

const pair = createSshKey()

test('a key that is given twice is offered once', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [] } } })
  const auth = [key(pair.privateKey), key(pair.privateKey)]
  expect(await failureOf(logInTo(server, { auth }))).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(server.received.map(({ text }) => text)).toEqual(['none ada', 'publickey ada'])
})

test('a server ends the login after so many tries', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [] } }, maxTries: 3 })
  const auth = Array.from({ length: 5 }, () => key(createSshKey().privateKey))
  expect(await failureOf(logInTo(server, { auth }))).toMatchObject({
    code: 'NET_AUTH_TOO_MANY',
    message: expect.stringContaining('Too many authentication failures'),
  })
  const tries = server.received.filter(({ text }) => text === 'publickey ada')
  expect(tries).toHaveLength(3)
})

test('where a key of RSA is refused, the error says by what it signs', async () => {
  const rsa = privateKeyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  await using server = await startSshServer({ users: { ada: { keys: [] } } })
  const auth = key(String(rsa.key.export({ type: 'pkcs8', format: 'pem' })))
  expect(await failureOf(logInTo(server, { auth, password: undefined }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
    message: expect.stringContaining('sign with SHA-2 only') as string,
  })
})

test('RSA signs with what the server says that it takes', async () => {
  const rsa = privateKeyOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
  await using server = await startSshServer({ users: { ada: { keys: [publicLine(rsa)] } } })
  const auth = key(String(rsa.key.export({ type: 'pkcs8', format: 'pem' })))
  await using host = await logInTo(server, { auth })
  expect(host.info.user).toBe('ada')
  expect(server.received).toHaveLength(2)
})
