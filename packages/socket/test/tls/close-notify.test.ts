import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'

import {
  connect,
  connectDialer,
  overTransport,
  secure,
  tcpDialer,
  type Connection,
  type TlsOptions,
  type Transport,
} from '@net/socket'
import { createCertificates, startConnectServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'

const certificates = createCertificates()
const { ca } = certificates

for (const [what, read] of [
  ['readAll', (connection: Connection) => connection.readAll()],
  ['readText', (connection: Connection) => connection.readText()],
  ['readExactly', (connection: Connection) => connection.readExactly(100)],
  ['readUntil', (connection: Connection) => connection.readUntil('.')],
] as const) {
  test(`${what} over TLS fails when the connection below ends without close_notify`, async () => {
    await using server = await startCutServer('half of the', 'cut')
    await using connection = await connect(server.url, { tls: { ca } })
    await connection.write('go')
    const error = await failure(read(connection))
    expect([error.code, error.phase, error.received]).toEqual([
      'NET_PROTO_INCOMPLETE',
      'receive',
      11,
    ])
    expect(error.message).toContain('close_notify')
    // What came is not lost.
    expect(String(Buffer.from((await connection.read()) ?? []))).toBe('half of the')
    expect((await connection.closed)?.code).toBe('NET_PROTO_INCOMPLETE')
  })
}

test('lines over TLS that end without close_notify throw behind the last whole line', async () => {
  await using server = await startCutServer('one\ntwo\n', 'cut')
  await using connection = await connect(server.url, { tls: { ca } })
  await connection.write('go')
  const seen: string[] = []
  const error = await failure(async () => {
    for await (const line of connection.lines()) seen.push(line)
  })
  expect([seen, error.code]).toEqual([['one', 'two'], 'NET_PROTO_INCOMPLETE'])
})

test('the chunks of a connection over TLS that ends without close_notify throw behind the last one', async () => {
  await using server = await startCutServer('all there is', 'cut')
  await using connection = await connect(server.url, { tls: { ca } })
  await connection.write('go')
  let seen = ''
  const error = await failure(async () => {
    for await (const chunk of connection) seen += String(Buffer.from(chunk))
  })
  expect([seen, error.code]).toEqual(['all there is', 'NET_PROTO_INCOMPLETE'])
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`an end with close_notify is an end, over ${maxVersion}`, async () => {
    await using server = await startCutServer('the whole', 'close_notify')
    await using connection = await connect(server.url, { tls: { ca, maxVersion } })
    await connection.write('go')
    expect(await connection.readText()).toBe('the whole')
    await connection.close()
    expect(await connection.closed).toBe(undefined)
  })

  test(`an end without close_notify is an error, over ${maxVersion}`, async () => {
    await using server = await startCutServer('half', 'cut')
    await using connection = await connect(server.url, { tls: { ca, maxVersion } })
    await connection.write('go')
    expect((await failure(connection.readText())).code).toBe('NET_PROTO_INCOMPLETE')
  })
}

for (const [end, outcome] of [
  ['close_notify', 'end'],
  ['cut', 'NET_PROTO_INCOMPLETE'],
] as const) {
  test(`a reader that lags behind gets every byte before the ${end}`, async () => {
    const text = 'x'.repeat(3 << 20)
    await using server = await startCutServer(text, end)
    await using connection = await connect(server.url, { tls: { ca } })
    await connection.write('go')
    await server.ended
    let length = 0
    const told = await (async () => {
      for await (const chunk of connection) {
        length += chunk.length
        // The reader's own turn, in which the connection is paused.
        await new Promise(setImmediate)
      }
      return 'end'
    })().catch((error: { code: string }) => error.code)
    expect([length, told]).toEqual([text.length, outcome])
  })

  test(`a socket that was handed over reports ${end} as it is`, async () => {
    await using server = await startCutServer('half', end)
    const connection = await connect(server.url, { tls: { ca } })
    await connection.write('go')
    const socket = connection.toSocket()
    expect(socket).toBeInstanceOf(TLSSocket)
    const read = async (): Promise<string> => {
      let text = ''
      for await (const chunk of socket) text += String(chunk)
      return text
    }
    expect(await read().catch((error: { code: string }) => error.code)).toBe(
      outcome === 'end' ? 'half' : outcome,
    )
  })

  test(`TLS within TLS reports ${end} of the inner one as it is`, async () => {
    await using server = await startCutServer('half', end)
    await using proxy = await startConnectServer({ tls: certificates.issue() })
    await using connection = await connect(server.url, {
      tls: { ca },
      dialer: connectDialer(proxy.url, { tls: { ca } }),
    })
    await connection.write('go')
    const text = connection.readText().catch((error: { code: string }) => error.code)
    expect(await text).toBe(outcome === 'end' ? 'half' : outcome)
  })

  test(`TLS over a transport without a socket reports ${end} as it is`, async () => {
    await using server = await startCutServer('half', end)
    const { port } = new URL(server.url)
    const plain = await tcpDialer().dial({ scheme: 'tcp', host: 'localhost', port: Number(port) })
    const hidden = { ...methodsOf(plain), info: plain.info }
    await using connection = overTransport(await secure(hidden, { ca }))
    await connection.write('go')
    const text = connection.readText().catch((error: { code: string }) => error.code)
    expect(await text).toBe(outcome === 'end' ? 'half' : outcome)
  })
}

test('peers that are known to do so may be allowed, by a name that warns', async () => {
  await using server = await startCutServer('the whole', 'cut')
  const tls: TlsOptions = { ca, dangerouslyAllowTruncation: true }
  await using connection = await connect(server.url, { tls })
  await connection.write('go')
  expect(await connection.readText()).toBe('the whole')
})

test('what was read with its length needs no close_notify', async () => {
  await using server = await startCutServer('the whole', 'cut')
  await using connection = await connect(server.url, { tls: { ca } })
  await connection.write('go')
  expect(String(Buffer.from(await connection.readExactly(9)))).toBe('the whole')
})

test('a peer that ends without close_notify after our close causes no error', async () => {
  await using server = await startCutServer('half', 'cut')
  const connection = await connect(server.url, { tls: { ca } })
  await connection.write('go')
  await connection.close()
  expect(await connection.closed).toBe(undefined)
})

function methodsOf(transport: Transport) {
  return {
    read: () => transport.read(),
    write: (chunks: readonly Uint8Array[]) => transport.write(chunks),
    end: () => transport.end(),
    close: () => transport.close(),
    abort: (reason?: unknown) => transport.abort(reason),
  }
}

/** Says the text once it was spoken to, then ends: as TLS wants it, or below TLS only. */
async function startCutServer(
  text: string,
  end: 'close_notify' | 'cut',
): Promise<AsyncDisposable & { readonly url: string; readonly ended: Promise<void> }> {
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const below = new Map<number | undefined, Socket>()
  const tls = createTlsServer(certificates.issue({ names: ['localhost'] }), (socket) => {
    socket
      .on('error', () => {})
      .once('data', () => {
        if (end === 'close_notify') socket.end(text)
        else socket.write(text, () => below.get(socket.remotePort)?.end())
        resolve()
      })
  })
  const server = createServer((socket) => {
    below.set(
      socket.remotePort,
      socket.on('error', () => {}),
    )
    tls.emit('connection', socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  return {
    url: `tls://localhost:${port}`,
    ended,
    async [Symbol.asyncDispose]() {
      for (const socket of below.values()) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
