import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { ProtocolError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { tcpDialer } from '@net/socket'
import { faulty } from '@net/socket/testing'

import { startCutServer } from '../cut-server.ts'
import { answerOf, startRawServer } from '../raw-server.ts'

const once = { retry: false } as const

test('[H-HTTP-01][HTTP-25] a body cut short by FIN is an error with received, expected and partial', async () => {
  await using server = await startRawServer((socket) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')
  })
  await using client = http.createClient({ baseUrl: server.url })
  const error = await client
    .get('/', once)
    .bytes()
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProtocolError)
  expect(error).toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    phase: 'receive',
    received: 3,
    expected: 10,
    sent: true,
  })
  expect(Buffer.from((error as { partial: Uint8Array }).partial).toString()).toBe('abc')
})

test.each([
  ['with Connection: close', 'connection: close\r\n'],
  ['with Connection: keep-alive', 'connection: keep-alive\r\n'],
])('[H-HTTP-01] a body cut short is the same error %s', async (_name, header) => {
  await using server = await startRawServer((socket) => {
    socket.end(`HTTP/1.1 200 OK\r\n${header}content-length: 10\r\n\r\nabc`)
  })
  await using client = http.createClient({ baseUrl: server.url })
  const error: unknown = await client
    .get('/', once)
    .text()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 3, expected: 10 })
})

test('the error of a loss has the phase of the call, on every transport', async () => {
  await using server = await startRawServer((socket) => void socket.once('data', () => {}))
  for (const action of ['reset', 'drop'] as const) {
    const dialer = faulty(tcpDialer(), { on: 'send', after: 1, do: action })
    await using client = http.createClient({ baseUrl: server.url, dialer })
    const error: unknown = await client.get('/', once).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NET_CONN_RESET', phase: 'command', protocol: 'http' })
  }
})

test('[H-HTTP-01] a reset within the body is the same error', async () => {
  const sockets: Socket[] = []
  await using server = await startRawServer((socket) => {
    sockets.push(socket)
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')
  })
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/', once)
  const chunks = response.body[Symbol.asyncIterator]()
  expect((await chunks.next()).value).toHaveLength(3)
  const rest = chunks.next()
  sockets[0]!.resetAndDestroy()
  await expect(rest).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    received: 3,
    expected: 10,
  })
})

test.each([
  ['without its last chunk', 'a\r\n0123456789\r\n', 10],
  ['within a chunk', 'a\r\nabc', 3],
])('[H-HTTP-02] a chunked body that ends %s is an error', async (_name, chunks, received) => {
  await using server = await startRawServer((socket) => {
    socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`)
  })
  await using client = http.createClient({ baseUrl: server.url })
  const error: unknown = await client
    .get('/', once)
    .bytes()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', phase: 'receive', received })
})

test('[H-HTTP-02] a chunked body that is reset within a chunk is an error', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nabc', () => {
      setImmediate(() => socket.resetAndDestroy())
    })
  })
  await using client = http.createClient({ baseUrl: server.url })
  const error: unknown = await client
    .get('/', once)
    .bytes()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 3 })
})

test('[H-HTTP-07] more than 16 interim answers are refused', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(17) + answerOf('late'))
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/', once)).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 16 })
  await expect.poll(() => server.open).toBe(0)
})

test('[H-HTTP-07] slow interim answers do not extend the limit on the answer', async () => {
  using clock = useFakeClock()
  await using server = await startRawServer((socket) => {
    const drip = (): void => {
      socket.write('HTTP/1.1 102 Processing\r\n\r\n')
      clock.after(3000, drip)
    }
    drip()
  })
  await using client = http.createClient({ baseUrl: server.url })
  const failed = client.get('/', { ...once, timeout: { reply: 10_000 } }).catch((e: unknown) => e)
  await clock.until(() => server.heard.length === 1 && server.heard[0]!.length > 0)
  await clock.advance(9999)
  await clock.advance(1)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_REPLY', phase: 'command', limit: 10_000 })
})

test.each([
  ['a status line without end', 'HTTP/1.1 200 ', 'x'.repeat(65_536)],
  ['a header without end', 'HTTP/1.1 200 OK\r\nx-long: ', 'x'.repeat(65_536)],
  ['headers without end', 'HTTP/1.1 200 OK\r\n', 'x-a: 1\r\n'.repeat(8192)],
  [
    'a chunk extension without end',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;',
    'x'.repeat(65_536),
  ],
  [
    'trailers without end',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n',
    'x-a: 1\r\n'.repeat(8192),
  ],
])('[H-HTTP-09] %s stops at 64 KiB', async (_name, start, block) => {
  let sent = 0
  await using server = await startRawServer((socket) => {
    socket.write(start)
    const more = (): void => {
      while (!socket.destroyed && sent < 64 * 1_048_576) {
        sent += block.length
        if (!socket.write(block)) {
          socket.once('drain', more)
          return
        }
      }
    }
    more()
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/', once).bytes()).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 65_536,
  })
  await expect.poll(() => server.open).toBe(0)
  expect(sent).toBeLessThan(32 * 1_048_576)
})

test.each([
  ['Content-Length and Transfer-Encoding', 'content-length: 5\r\ntransfer-encoding: chunked\r\n'],
  ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n'],
  ['a length with a sign', 'content-length: +5\r\n'],
  ['a negative length', 'content-length: -1\r\n'],
  ['a hexadecimal length', 'content-length: 0x5\r\n'],
  ['a length of 2^70', 'content-length: 1180591620717411303424\r\n'],
  ['a list of lengths', 'content-length: 5, 5\r\n'],
  ['a coding behind chunked', 'transfer-encoding: chunked, identity\r\n'],
  ['an unknown transfer coding', 'transfer-encoding: xchunked\r\n'],
])('an answer with %s is refused', async (_name, headers) => {
  await using server = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\nhello`)
    socket.end()
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/', once).bytes()).rejects.toBeInstanceOf(ProtocolError)
  await expect.poll(() => server.open).toBe(0)
})

test.each([
  ['a bare LF', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ['a folded header', 'HTTP/1.1 200 OK\r\nx-a: 1\r\n 2\r\ncontent-length: 0\r\n\r\n'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nx-a : 1\r\ncontent-length: 0\r\n\r\n'],
  ['a NUL in a value', 'HTTP/1.1 200 OK\r\nx-a: \u0000\r\ncontent-length: 0\r\n\r\n'],
  ['no HTTP at all', 'SSH-2.0-OpenSSH_9.2\r\n'],
])('%s is refused', async (_name, bytes) => {
  await using server = await startRawServer((socket) => {
    socket.end(bytes)
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/', once).bytes()).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
})

test('[H-HTTP-12] a second response to one request reaches no other request', async () => {
  await using server = await startRawServer((socket, number) => {
    socket.write(answerOf(number === 1 ? 'first' : `answer ${number}`))
    if (number === 1) socket.write(answerOf('another'))
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/1').text()).toBe('first')
  expect(await client.get('/2').text()).toBe('answer 2')
  expect(server.heard).toHaveLength(2)
})

test('[H-HTTP-12] a second answer that comes a little later reaches no other request', async () => {
  await using server = await startRawServer((socket, number) => {
    socket.write(answerOf(number === 1 ? 'first' : `answer ${number}`))
    if (number === 1) setImmediate(() => socket.write(answerOf('another')))
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/1').text()).toBe('first')
  await expect.poll(() => server.open).toBe(0)
  expect(await client.get('/2').text()).toBe('answer 2')
})

test.each([
  ['a cut body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc', true],
  ['an answer that is none', 'HTTP/9.9 nonsense\r\n\r\n', false],
])('[H-HTTP-14] a connection with %s is not used again', async (_name, bytes, ends) => {
  await using server = await startRawServer((socket, number) => {
    if (number > 1) socket.write(answerOf('good'))
    else if (ends) socket.end(bytes)
    else socket.write(bytes)
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/1', once).text()).rejects.toBeInstanceOf(ProtocolError)
  expect(await client.get('/2').text()).toBe('good')
  expect(server.heard).toHaveLength(2)
})

test('[H-HTTP-14] a connection is not used again after an abort within the body', async () => {
  await using server = await startRawServer((socket, number) => {
    socket.write(number > 1 ? answerOf('good') : 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')
  })
  await using client = http.createClient({ baseUrl: server.url })
  const controller = new AbortController()
  const response = await client.get('/1', { signal: controller.signal })
  const read = response.bytes()
  controller.abort()
  await expect(read).rejects.toMatchObject({ code: 'NET_ABORTED', phase: 'receive' })
  expect(await client.get('/2').text()).toBe('good')
  expect(server.heard).toHaveLength(2)
})

test('an answer without length ends with the connection', async () => {
  await using server = await startRawServer((socket) => {
    socket.end('HTTP/1.1 200 OK\r\n\r\nall of it')
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/').text()).toBe('all of it')
})

test('the error of an encoded body that ends early says so, and not that it is corrupt', async () => {
  const whole = gzipSync(Buffer.from('hello '.repeat(1000)))
  await using server = await startRawServer((socket) => {
    socket.write(
      `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${whole.length}\r\n\r\n`,
    )
    socket.end(whole.subarray(0, 20))
  })
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.get('/', once).text()).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    received: 20,
    expected: whole.length,
  })
})

test.each([
  ['a change of protocol that nobody asked for', '101 Switching Protocols', 'NET_PROTO_UNEXPECTED'],
  ['a status below 100', '99 Odd', 'NET_PROTO_MALFORMED'],
])('%s is reported as a fault of the server, not as ours', async (_name, status, code) => {
  await using server = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 ${status}\r\nupgrade: other\r\ncontent-length: 0\r\n\r\n`)
  })
  await using client = http.createClient({ baseUrl: server.url })
  const error = await client.get('/', once).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'ProtocolError', code })
})

const UNTIL_CLOSED = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf of the ans'

test('a body that ends with a connection over TLS is complete only with close_notify', async () => {
  for (const [end, outcome] of [
    ['close_notify', 'half of the ans'],
    ['cut', 'NET_PROTO_INCOMPLETE'],
  ] as const) {
    await using server = await startCutServer(UNTIL_CLOSED, end)
    await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
    const text = client.get('/', once).text()
    expect(await text.catch((error: { code: string }) => error.code)).toBe(outcome)
  }
})

test('the error of a body that was cut off below TLS has the part that arrived', async () => {
  await using server = await startCutServer(UNTIL_CLOSED, 'cut')
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
  const error: unknown = await client
    .get('/', once)
    .bytes()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 15, phase: 'receive' })
  expect(String((error as Error).cause)).toContain('close_notify')
})

test('a server that never sends close_notify can be allowed by name', async () => {
  await using server = await startCutServer(UNTIL_CLOSED, 'cut')
  const tls = { ca: server.ca, dangerouslyAllowTruncation: true }
  await using client = http.createClient({ baseUrl: server.url, tls })
  expect(await client.get('/', once).text()).toBe('half of the ans')
})

test('an answer with a length needs no close_notify, and the next request finds a new connection', async () => {
  await using server = await startCutServer(answerOf('ok'), 'cut')
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
  for (let turn = 0; turn < 3; turn++) expect(await client.get('/').text()).toBe('ok')
  expect(server.connections).toBe(3)
})

test('a server that ends without an answer and without close_notify has closed the connection', async () => {
  await using server = await startCutServer('', 'cut')
  await using client = http.createClient({ baseUrl: server.url, tls: { ca: server.ca } })
  const error: unknown = await client.get('/', once).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_CONN_CLOSED', phase: 'command' })
})

test('a body that ends with the connection is not complete after a reset', async () => {
  let peer: Socket | undefined
  await using server = await startRawServer((socket) => {
    peer = socket
    socket.write(UNTIL_CLOSED)
  })
  await using client = http.createClient({ baseUrl: server.url })
  const response = await client.get('/', once)
  const chunks: string[] = []
  const read = async (): Promise<void> => {
    for await (const chunk of response.body) {
      chunks.push(Buffer.from(chunk).toString())
      peer?.resetAndDestroy()
    }
  }
  const error: unknown = await read().catch((thrown: unknown) => thrown)
  expect(chunks.join('')).toBe('half of the ans')
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', received: 15 })
})
