import { expect, test } from 'vitest'

import { key } from '@net/ssh'
import { createSshKey, startSshServer } from '@net/ssh/testing'

import { privateKeyOf } from '../../src/identity/key-material.ts'
import { formatOpensshFile } from '../../src/identity/openssh-file.ts'
import { openPrivateKey } from '../../src/identity/private-key.ts'
import { publicLine, readPublicText } from '../../src/identity/public-key.ts'
import { failureOf, logInTo } from '../embedded.ts'
import { certificateOf, everyKey } from '../identity/key-samples.ts'

const pair = createSshKey()
const authority = privateKeyOf(everyKey()[1] ?? never())
const authorities = [publicLine({ ...authority, comment: '' })]

function never(): never {
  throw new Error('no key')
}

function certificateText(blob: Uint8Array, spec: object = {}): string {
  const made = certificateOf(authority, blob, spec)
  return publicLine({ type: 'ssh-ed25519-cert-v01@openssh.com', blob: made, comment: 'ada' })
}

test('[SSH-22] a certificate logs in where only its authority is known', async () => {
  await using server = await startSshServer({ users: { ada: { authorities } } })
  const certificate = certificateText(pair.blob)
  await using host = await logInTo(server, { auth: key(pair.privateKey, { certificate }) })
  expect(host.info.user).toBe('ada')
  expect(await failureOf(logInTo(server, { auth: key(pair.privateKey) }))).toMatchObject({
    code: 'NET_AUTH_REJECTED',
  })
  for (const spec of [{ principals: ['eve'] }, { validBefore: 1n }, { kind: 'host' }]) {
    const other = certificateText(pair.blob, spec)
    const failed = await failureOf(
      logInTo(server, { auth: key(pair.privateKey, { certificate: other }) }),
    )
    expect(String(failed['code'])).toMatch(/^NET_(?:AUTH_REJECTED|CREDENTIAL_INVALID)$/)
  }
})

test('[SSH-22] where the certificate is not taken the key itself is offered next', async () => {
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  const certificate = certificateText(pair.blob)
  await using host = await logInTo(server, { auth: key(pair.privateKey, { certificate }) })
  expect(host.info.user).toBe('ada')
  expect(server.received.map(({ text }) => text)).toEqual([
    'none ada',
    'publickey ada',
    'publickey ada',
  ])
})

test('a certificate of another key, and what is no certificate, are not offered', async () => {
  await using server = await startSshServer({ users: { ada: { authorities } } })
  for (const [certificate, words] of [
    [certificateText(createSshKey().blob), 'its certificate is for another key'],
    [`${pair.publicKey} ada`, 'its certificate is no certificate for a user'],
  ] as const) {
    expect(
      await failureOf(logInTo(server, { auth: key(pair.privateKey, { certificate }) })),
    ).toMatchObject({
      code: 'NET_CREDENTIAL_INVALID',
      message: expect.stringContaining(words),
    })
  }
})

test('the passphrase of a key is asked for only once the server has taken its public half', async () => {
  const opened = await openPrivateKey(pair.privateKey)
  const hidden = await formatOpensshFile(opened, { passphrase: 'open sesame', rounds: 1 })
  expect(readPublicText(pair.publicKey)?.type).toBe('ssh-ed25519')
  let asked = 0
  const passphrase = (): string => {
    asked += 1
    return 'open sesame'
  }
  await using closed = await startSshServer({ users: { ada: { keys: [] } } })
  const auth = key(hidden, { passphrase })
  expect(await failureOf(logInTo(closed, { auth }))).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(asked).toBe(0)
  await using server = await startSshServer({ users: { ada: { keys: [pair.publicKey] } } })
  await using host = await logInTo(server, { auth })
  expect([host.info.user, asked]).toEqual(['ada', 1])
  await using certified = await startSshServer({ users: { ada: { authorities } } })
  const certificate = certificateText(pair.blob)
  await using second = await logInTo(certified, { auth: key(hidden, { passphrase, certificate }) })
  expect(second.info.user).toBe('ada')
})
