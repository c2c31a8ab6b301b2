import { createPrivateKey } from 'node:crypto'

import { secret, type CredentialRequest } from '@net/core'
import { connect, listen } from '@net/socket'
import { createCertificates, startEchoServer } from '@net/socket/testing'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

const certificates = createCertificates()
const { ca } = certificates

function locked(passphrase: string): { readonly cert: string; readonly key: string } {
  const { cert, key } = certificates.issue({ names: ['localhost', '127.0.0.1'] })
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const
  return { cert, key: createPrivateKey(key).export(options).toString() }
}

test('[SOCK-42] the key of a client certificate is opened by a callback, asked once for all connections', async () => {
  const right = canary('passphrase')
  await using server = await startEchoServer({ tls: { ...certificates.issue(), ca } })
  const asked: CredentialRequest[] = []
  const passphrase = async (ask: CredentialRequest) => {
    asked.push(ask)
    return secret(right)
  }
  const tls = { ca, ...locked(right), passphrase }
  for (let times = 0; times < 2; times++) {
    await using connection = await connect(server.url, { tls })
    await connection.write('x')
    expect((await connection.readExactly(1)).length).toBe(1)
    const [theirs] = server.connections
    expect(theirs?.info.tls?.certificate?.subject).toBe('CN=localhost')
  }
  expect(asked).toMatchObject([{ what: 'passphrase' }])
})

test('[SOCK-42] after a wrong answer the callback is asked once more', async () => {
  const [right, wrong] = [canary('right'), canary('wrong')]
  await using server = await startEchoServer({ tls: { ...certificates.issue(), ca } })
  const rejected: unknown[] = []
  const passphrase = (ask: CredentialRequest) => {
    rejected.push(ask.rejected)
    return ask.rejected ? right : wrong
  }
  await using connection = await connect(server.url, { tls: { ca, ...locked(right), passphrase } })
  expect(connection.info.encrypted).toBe(true)
  expect(rejected).toEqual([undefined, true])
})

test('two wrong answers are an error that shows neither, and the next connection asks anew', async () => {
  const wrong = canary('wrong')
  await using server = await startEchoServer({ tls: certificates.issue(), onError: () => {} })
  let asked = 0
  const passphrase = () => {
    asked += 1
    return wrong
  }
  const tls = { ca, ...locked(canary('right')), passphrase }
  for (const times of [2, 4]) {
    const error = await failure(connect(server.url, { tls }))
    expect(error.code).toBe('NET_CREDENTIAL_INVALID')
    expectNoCanary(error)
    expect(asked).toBe(times)
  }
})

test('[SOCK-42] a server opens its key before it listens', async () => {
  const right = canary('passphrase')
  const tls = { ...locked(right), passphrase: () => right }
  await using server = await listen('tls://127.0.0.1:0', (connection) => connection.write('hi'), {
    tls,
  })
  await using connection = await connect(server.url, { tls: { ca } })
  expect(await connection.readText()).toBe('hi')
  const closed = { ...locked(right), passphrase: 'not it' }
  const refused = failure(listen('tls://127.0.0.1:0', () => {}, { tls: closed }))
  expect((await refused).code).toBe('NET_CREDENTIAL_INVALID')
})

test('an abort while the callback is asked ends the handshake', async () => {
  await using server = await startEchoServer({ tls: certificates.issue(), onError: () => {} })
  const controller = new AbortController()
  const passphrase = () => {
    controller.abort()
    return new Promise<string>(() => {})
  }
  const { signal } = controller
  const call = connect(server.url, { tls: { ca, ...locked('x'), passphrase }, signal })
  expect((await failure(call)).code).toBe('NET_ABORTED')
})
