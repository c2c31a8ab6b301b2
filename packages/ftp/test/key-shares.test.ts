import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:tls'

import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { secure, tcpDialer, type ConnectionInfo, type Transport } from '@net/socket'
import { createCertificates } from '@net/socket/testing'

import { secureData } from '../src/data-tls.ts'
import { keyShares, keySharesWith } from '../src/key-shares.ts'
import { inOperation } from './open-session.ts'

const certificates = createCertificates()
const tls = { ca: certificates.ca, servername: 'localhost' }
const canChoose = keyShares() !== undefined

test('only OpenSSL 3.5 and later are told, as no other knows how', () => {
  for (const version of [undefined, '', '0.0.0', '1.1.1w', '3.0.17', '3.4.9']) {
    expect(keySharesWith(version)()).toBeUndefined()
    expect(keySharesWith(version)('X25519')).toBeUndefined()
  }
  for (const version of ['3.5.0', '3.10.1', '4.0.0']) {
    expect(keySharesWith(version)()?.filter((group) => group.includes('*'))).toEqual([
      '?*X25519MLKEM768',
      '?*X25519',
      '?*secp256r1',
    ])
  }
})

test('behind a handshake there is a key for its group alone, and the others are offered', () => {
  const [first, ...others] = keySharesWith('3.5.0')('prime256v1') ?? []
  expect(first).toBe('?*prime256v1')
  expect(others).toContain('?X25519')
  expect(others.join()).not.toContain('*')
})

test.runIf(canChoose)('a server that takes P-256 alone does not ask again', async () => {
  await using server = await startServer('P-256')
  for (const [groups, hellos] of [
    [keyShares(), 1],
    [undefined, 2],
  ] as const) {
    const road = await Road.to(server.port)
    const secured = await secure(road, { ...tls, groups })
    expect(secured.info.tls?.group).toBe('prime256v1')
    expect(road.hellos).toBe(hellos)
    secured.abort()
  }
})

test.runIf(canChoose).each([
  ['P-256', 'prime256v1'],
  ['P-384', 'secp384r1'],
  ['X25519', 'X25519'],
])('a data connection begins with %s, where that was agreed on before', async (only, group) => {
  await using server = await startServer(only)
  const road = await Road.to(server.port)
  const secured = await inOperation((op) =>
    secureData(op, road, { tls, name: 'localhost', session: undefined, group }),
  )
  expect(secured.info.tls?.group).toBe(group)
  expect(road.hellos).toBe(1)
  secured.abort()
})

test('a server that does not take that group any more gets another one', async () => {
  await using server = await startServer('P-384')
  const road = await Road.to(server.port)
  const secured = await secure(road, { ...tls, groups: keyShares('prime256v1') })
  expect(secured.info.tls?.group).toBe('secp384r1')
  secured.abort()
})

test.runIf(canChoose)('a login begins with them', async () => {
  await using server = await startServer('P-256', '421 Come again later\r\n')
  const road = await Road.to(server.port)
  const dialer = { name: 'counted', dial: async () => road }
  const options = { dialer, tls, security: 'implicit', retry: false } as const
  await expect(connect(`ftps://localhost:${server.port}`, options)).rejects.toMatchObject({
    reply: { status: 421 },
  })
  expect(road.hellos).toBe(1)
})

/** Counts how often the client says hello. */
class Road implements Transport {
  hellos = 0
  readonly info: ConnectionInfo
  readonly #inner: Transport

  static async to(port: number): Promise<Road> {
    return new Road(await tcpDialer().dial({ scheme: 'tcp', host: '127.0.0.1', port }))
  }

  private constructor(inner: Transport) {
    this.#inner = inner
    this.info = inner.info
  }

  read(): Promise<Uint8Array | null> {
    return this.#inner.read()
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    this.hellos += recordsIn(Buffer.concat(chunks)).filter(isHello).length
    return this.#inner.write(chunks)
  }

  end(): Promise<void> {
    return this.#inner.end()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  abort(reason?: unknown): void {
    this.#inner.abort(reason)
  }
}

function recordsIn(bytes: Buffer): Buffer[] {
  const records: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + HEAD + bytes.readUInt16BE(at + HEAD - 2)
    records.push(bytes.subarray(at, end))
    at = end
  }
  return records
}

function isHello(record: Buffer): boolean {
  return record[0] === HANDSHAKE && record[HEAD] === CLIENT_HELLO
}

interface Server extends AsyncDisposable {
  readonly port: number
}

async function startServer(group: string, greeting = ''): Promise<Server> {
  const open = new Set<Socket>()
  const server = createServer({ ...certificates.issue(), ecdhCurve: group }, (socket) => {
    socket.on('error', () => {}).write(greeting)
  })
  server.on('tlsClientError', () => {})
  server.on('connection', (socket: Socket) => open.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** The length of what stands before a record. */
const HEAD = 5
const HANDSHAKE = 22
const CLIENT_HELLO = 1
