import { useFakeClock } from '@net/core/testing'
import { connect, listen, proxyProtocolDialer, type ConnectionInfo } from '@net/socket'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

const client = {
  remote: { scheme: 'tcp', host: '192.0.2.1', port: 1025 },
  local: { scheme: 'tcp', host: '198.51.100.2', port: 443 },
}

for (const version of [1, 2] as const) {
  for (const scheme of ['tcp', 'tls']) {
    test(`a server is told for whom a proxy connects (version ${version}, ${scheme})`, async () => {
      const certificates = createCertificates()
      let info: ConnectionInfo | undefined
      await using server = await listen(
        `${scheme}://127.0.0.1:0`,
        async (connection) => {
          info = connection.info
          await connection.write((await connection.readLine()) ?? '')
        },
        { proxyProtocol: ['127.0.0.0/8'], tls: certificates.issue() },
      )
      const dialer = proxyProtocolDialer({ client, version })
      const tls = { ca: certificates.ca }
      await using connection = await connect(server.url, { dialer, tls })
      await connection.write('hello\n')
      expect(await connection.readText()).toBe('hello')
      expect(info?.remote).toEqual(client.remote)
      expect(info?.local).toEqual(client.local)
      expect(info?.hops).toMatchObject([
        { kind: 'proxy-protocol', endpoint: { host: '127.0.0.1' } },
      ])
    })
  }
}

test('a proxy that speaks for itself changes nothing', async () => {
  let info: ConnectionInfo | undefined
  await using server = await listen(
    'tcp://127.0.0.1:0',
    (connection) => void (info = connection.info),
    {
      proxyProtocol: ['127.0.0.1'],
    },
  )
  await using connection = await connect(server.url, { dialer: proxyProtocolDialer() })
  expect(await connection.read()).toBeNull()
  expect([info?.remote?.host, info?.hops]).toEqual(['127.0.0.1', []])
})

test('from a proxy without a header nothing is served, and of others no header is believed', async () => {
  const errors: unknown[] = []
  const served: string[] = []
  const handler = async (connection: { readLine(): Promise<string | null> }) => {
    served.push((await connection.readLine()) ?? '')
  }
  const onError = (error: unknown) => void errors.push(error)
  await using strict = await listen('tcp://127.0.0.1:0', handler, {
    proxyProtocol: ['127.0.0.1'],
    onError,
  })
  await using bare = await connect(strict.url)
  await bare.write('GET / HTTP/1.1\n')
  await failure(bare.readExactly(1))
  expect(served).toEqual([])
  expect(errors).toMatchObject([{ code: 'NET_PROTO_MALFORMED', phase: 'proxy' }])
  await using other = await listen('tcp://127.0.0.1:0', handler, {
    proxyProtocol: ['192.0.2.0/24'],
  })
  await using liar = await connect(other.url, {
    dialer: proxyProtocolDialer({ client, version: 1 }),
  })
  expect(await liar.read()).toBeNull()
  expect(served).toEqual(['PROXY TCP4 192.0.2.1 198.51.100.2 1025 443'])
})

test('a proxy that sends no header is waited for no longer than its limit', async () => {
  using clock = useFakeClock()
  const told = Promise.withResolvers<unknown>()
  const began = Promise.withResolvers<void>()
  await using server = await listen('tcp://127.0.0.1:0', () => {}, {
    proxyProtocol: ['127.0.0.1'],
    accept: () => (began.resolve(), true),
    onError: told.resolve,
  })
  await using silent = await connect(server.url)
  await began.promise
  await clock.advance(10_000)
  expect(await told.promise).toMatchObject({ code: 'NET_TIMEOUT_PROXY' })
  await failure(silent.readExactly(1))
})

test('a text that is no network is refused before the server listens', async () => {
  const call = listen('tcp://127.0.0.1:0', () => {}, { proxyProtocol: ['proxies'] })
  expect((await failure(call)).code).toBe('NET_BAD_OPTION')
})
