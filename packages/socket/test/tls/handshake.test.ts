import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, TLSSocket } from 'node:tls'

import {
  connect,
  listen,
  overTransport,
  publicKeyPin,
  secure,
  secureServer,
  tcpDialer,
  toSocket,
  type Connection,
  type TlsOptions,
  type Transport,
} from '@net/socket'
import { createCertificates, memoryPair, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

const certificates = createCertificates()
const { ca } = certificates

for (const [what, issued, options, code] of [
  ['a self-signed certificate', { selfSigned: true }, { ca }, 'NET_TLS_CERT_UNTRUSTED'],
  ['one of an authority that we do not know', {}, {}, 'NET_TLS_CERT_UNTRUSTED'],
  ['an expired one', { expired: true }, { ca }, 'NET_TLS_CERT_EXPIRED'],
  ['one for another host', { names: ['other.example'] }, { ca }, 'NET_TLS_CERT_HOST'],
  [
    'one for another address',
    { names: ['127.0.0.2'] },
    { ca, servername: '127.0.0.1' },
    'NET_TLS_CERT_HOST',
  ],
  ['one that is not pinned', {}, { ca, pins: ['no'] }, 'NET_TLS_CERT_PIN'],
] as const) {
  test(`[SOCK-39] ${what} is refused`, async () => {
    await using server = await startEchoServer({
      tls: certificates.issue(issued),
      onError: () => {},
    })
    const error = await failure(secure(await dialed(server.address.port), options))
    expect([error.code, error.phase, error.retry, error.name]).toEqual([
      code,
      'tls',
      'never',
      'TlsError',
    ])
  })
}

test('a certificate for an address is verified by that address, without a name', async () => {
  await using server = await startEchoServer({ tls: certificates.issue({ names: ['127.0.0.1'] }) })
  const transport = await secure(await dialed(server.address.port, '127.0.0.1'), { ca })
  expect([transport.info.tls?.authorized, transport.info.tls?.servername]).toEqual([
    true,
    undefined,
  ])
  await transport.close()
})

test('a pin holds even where nothing else is verified', async () => {
  const issued = certificates.issue({ selfSigned: true })
  await using server = await startEchoServer({ tls: issued, onError: () => {} })
  const pins = [publicKeyPin(new X509Certificate(issued.cert))]
  const options: TlsOptions = { dangerouslySkipVerification: true }
  const transport = await secure(await dialed(server.address.port), { ...options, pins })
  expect(transport.info.tls?.authorized).toBe(false)
  await transport.close()
  const call = secure(await dialed(server.address.port), { ...options, pins: ['no'] })
  expect((await failure(call)).code).toBe('NET_TLS_CERT_PIN')
})

test('a server leaves nothing open when the client ends instead of shaking hands', async () => {
  await using server = await startEchoServer({ tls: certificates.issue(), onError: () => {} })
  for (const sent of ['', '\x16\x03\x01']) {
    await using client = overTransport(await dialed(server.address.port))
    if (sent !== '') await client.write(sent)
    await client.end()
    expect(await client.read()).toBeNull()
  }
})

test('[H-CORE-15] a peer that does not speak TLS has an error of its own', async () => {
  const greet = (connection: Connection) => connection.write('220 mail.example ready\r\n')
  await using server = await listen('tcp://127.0.0.1:0', greet)
  const error = await failure(secure(await dialed(server.address.port), { ca }))
  expect([error.code, error.phase]).toEqual(['NET_TLS_NOT_TLS', 'tls'])
})

test('a peer that leaves during the handshake can be tried again', async () => {
  const [ours, theirs] = memoryPair()
  const call = failure(secure(ours, { ca }))
  await theirs.read()
  theirs.abort()
  expect(await call).toMatchObject({ code: 'NET_CONN_RESET', phase: 'tls' })
  const [again, ending] = memoryPair()
  const ended = failure(secure(again, { ca }))
  await ending.read()
  await ending.close()
  expect(await ended).toMatchObject({ code: 'NET_CONN_RESET', phase: 'tls', retry: 'safe' })
})

test('[H-CORE-14] versions that do not meet are a failed handshake', async () => {
  await using server = await startEchoServer({
    tls: { ...certificates.issue(), maxVersion: 'TLSv1.2' },
    onError: () => {},
  })
  const call = secure(await dialed(server.address.port), { ca, minVersion: 'TLSv1.3' })
  expect((await failure(call)).code).toBe('NET_TLS_HANDSHAKE')
})

test('[SOCK-44] the protocol agreed on by ALPN is known, and the socket is a TLS socket', async () => {
  const tls = { ...certificates.issue(), alpn: ['h2', 'http/1.1'] }
  await using server = await startEchoServer({ tls, onError: () => {} })
  const transport = await secure(await dialed(server.address.port), { ca, alpn: ['http/1.1'] })
  expect(transport.info.tls?.alpn).toBe('http/1.1')
  const socket = toSocket(transport)
  expect(socket).toBeInstanceOf(TLSSocket)
  expect((socket as TLSSocket).alpnProtocol).toBe('http/1.1')
  socket.destroy()
})

test('the socket of an accepted connection does not claim to be connecting', async () => {
  const { client, server } = await pair({ ca }, certificates.issue())
  const socket = toSocket(server)
  expect([socket instanceof TLSSocket, socket.connecting]).toEqual([true, false])
  expect(Reflect.get(socket, 'secureConnecting')).toBe(false)
  client.abort()
  socket.destroy()
})

test('[SOCK-26] what the handshake agreed on is known on both sides', async () => {
  const { client, server } = await pair({ ca }, certificates.issue())
  expect(client.info).toMatchObject({
    encrypted: true,
    tls: { protocol: 'TLSv1.3', servername: 'localhost', authorized: true, resumed: false },
  })
  expect(client.info.tls?.certificate?.subject).toBe('CN=localhost')
  expect(client.info.tls?.cipher).toMatch(/^TLS_/)
  expect(server.info).toMatchObject({
    encrypted: true,
    tls: { servername: 'localhost', authorized: false },
  })
  client.abort()
})

test('a server with an authority wants a certificate of it', async () => {
  const tls = { ...certificates.issue(), ca }
  const { client, server } = await pair({ ca, ...certificates.issue({ names: ['me'] }) }, tls)
  expect([server.info.tls?.authorized, server.info.tls?.certificate?.subject]).toEqual([
    true,
    'CN=me',
  ])
  client.abort()
  const stranger = createCertificates().issue({ names: ['me'] })
  const [one, two] = memoryPair({ endpoint: LOCALHOST })
  const [, refused] = await Promise.allSettled([
    secure(one, { ca, ...stranger, maxVersion: 'TLSv1.2' }),
    secureServer(two, tls),
  ])
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'NET_TLS_CERT_UNTRUSTED' } })
})

test('[SOCK-50] the key log is reported line by line', async () => {
  const keys: string[] = []
  const { client } = await pair(
    { ca, keyLog: (line) => void keys.push(line) },
    certificates.issue(),
  )
  expect(keys.some((line) => /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]+ [0-9a-f]+$/.test(line))).toBe(true)
  client.abort()
})

test('a session is resumed, and its certificate verified again', async () => {
  await using server = await startEchoServer({
    tls: { ...certificates.issue(), maxVersion: 'TLSv1.2' },
    onError: () => {},
  })
  const first = await secure(await dialed(server.address.port), { ca })
  const session = (first.duplex as TLSSocket).getSession()
  await first.close()
  const other = { ca, session: session!, servername: '127.0.0.9' }
  const refusal = secure(await dialed(server.address.port), other)
  expect((await failure(refusal)).code).toBe('NET_TLS_CERT_HOST')
})

test('an abort of the TLS connection is a reset below', async () => {
  await using server = await startEchoServer({ tls: certificates.issue(), onError: () => {} })
  await using connection = overTransport(await secure(await dialed(server.address.port), { ca }))
  await connection.write('x')
  await connection.read()
  const [theirs] = server.connections
  connection.abort()
  expect((await theirs?.closed)?.code).toBe('NET_CONN_RESET')
})

test('an abort resets the connection below in a later turn', async () => {
  const [ours, theirs] = memoryPair({ endpoint: LOCALHOST })
  let resets = 0
  const counted: Transport = {
    info: ours.info,
    read: () => ours.read(),
    write: (chunks) => ours.write(chunks),
    end: () => ours.end(),
    close: () => ours.close(),
    abort: (reason) => {
      resets += 1
      ours.abort(reason)
    },
  }
  const [transport] = await Promise.all([
    secure(counted, { ca }),
    secureServer(theirs, certificates.issue()),
  ])
  transport.abort()
  expect(resets).toBe(0)
  expect((await failure(transport.read())).code).toBe('NET_ABORTED')
  await expect.poll(() => resets).toBeGreaterThan(0)
})

const LOCALHOST = { scheme: 'tls', host: 'localhost', port: 1 }

async function pair(client: TlsOptions, server: TlsOptions) {
  const [one, two] = memoryPair({ endpoint: LOCALHOST })
  const [ours, theirs] = await Promise.all([secure(one, client), secureServer(two, server)])
  return { client: ours, server: theirs }
}

function dialed(port: number, host = 'localhost'): Promise<Transport> {
  const dialer = tcpDialer({ resolver: async () => [{ address: '127.0.0.1', family: 4 }] })
  return dialer.dial({ scheme: 'tcp', host, port })
}

test('a name with the dot of a whole one has no dot in SNI and in the certificate', async () => {
  const asked: string[] = []
  const served = certificates.issue({ names: ['api.test'] })
  const server = createServer({
    ...served,
    SNICallback: (name, done) => {
      asked.push(name)
      done(null)
    },
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  const resolver = async () => [{ address: '127.0.0.1', family: 4 as const }]
  for (const tls of [{ ca }, { ca, servername: 'api.test.' }]) {
    const dialer = tcpDialer({ resolver })
    await using connection = await connect(`tls://api.test.:${port}`, { tls, dialer })
    expect(connection.info.tls?.servername).toBe('api.test')
    // What was asked for stays as it was written.
    expect(connection.info.endpoint.host).toBe('api.test.')
  }
  expect(asked).toEqual(['api.test', 'api.test'])
  server.close()
})
