import { generateKeyPairSync } from 'node:crypto'

import { connect, type DkimOptions } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { dkimKeys } from '../../src/dkim/key.ts'

const ed25519 = generateKeyPairSync('ed25519')
const least: DkimOptions = { domain: 'x.example', selector: 's1', privateKey: ed25519.privateKey }

test('reads keys as PEM and as objects of Node', () => {
  const pem = ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  expect(
    dkimKeys([
      { ...least, privateKey: String(pem) },
      { ...least, privateKey: rsa, domain: 'bücher.example', omit: ['Message-ID'] },
    ]),
  ).toMatchObject([
    { algorithm: 'ed25519-sha256', domain: 'x.example' },
    { algorithm: 'rsa-sha256', domain: 'xn--bcher-kva.example', omit: new Set(['message-id']) },
  ])
  expect(dkimKeys(undefined)).toEqual([])
})

test('[SMTP-45] a key that cannot sign is refused when the client is made, and never shown', async () => {
  await using server = await startSmtpServer()
  const weak = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  for (const [dkim, code] of [
    [{ ...least, privateKey: 'not-a-key-of-ours' }, 'NET_BAD_OPTION'],
    [{ ...least, privateKey: ed25519.publicKey }, 'NET_BAD_OPTION'],
    [{ ...least, privateKey: curve }, 'NET_BAD_OPTION'],
    [{ ...least, privateKey: weak }, 'NET_WEAK_ALGORITHM'],
    [{ ...least, omit: ['From'] }, 'NET_BAD_OPTION'],
    [{ ...least, domain: 'x example' }, 'NET_BAD_OPTION'],
    [{ ...least, selector: 'a;b' }, 'NET_BAD_OPTION'],
    [{ domain: 'x.example', selector: 's1' }, 'NET_BAD_OPTION'],
  ] as const) {
    const error: unknown = await connect(server.url, { dkim: dkim as never }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code, operation: 'connect' })
    expect(String(error)).not.toContain('not-a-key-of-ours')
  }
  expect(server.received).toEqual([])
})
