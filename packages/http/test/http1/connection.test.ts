import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { ProtocolError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { connectDialer, tcpDialer } from '@net/socket'
import { faulty } from '@net/socket/testing'

import { answerOf, startRawServer } from '../raw-server.ts'
import { watched } from '../watched-dialer.ts'

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

test.each([
  ['100 Continue that nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${answerOf('ok')}`],
  ['two equal lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nContent-Length: 2\r\n\r\nok'],
  ['a list of equal lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok'],
  ['a folded field', 'HTTP/1.1 200 OK\r\nx-a: 1\r\n 2\r\ncontent-length: 2\r\n\r\nok'],
  ['the coding identity', 'HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\nok'],
])('[H-HTTP-10] [H-HTTP-11] an answer with %s is taken', async (_name, bytes) => {
  await using server = await startRawServer((socket) => {
    socket.write(bytes)
    if (bytes.includes('identity')) socket.end()
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.post('/', { ...once, json: { a: 1 } }).text()).toBe('ok')
})

test('the value of a folded field is one line', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-a: 1\r\n\t 2\r\ncontent-length: 0\r\n\r\n')
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect((await client.get('/')).headers.get('x-a')).toBe('1 2')
})

test('a fault behind a Content-Length is one of form, and the request is not repeated', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nnot a field\r\n\r\n')
  })
  await using client = http.createClient({ baseUrl: server.url })
  const error: unknown = await client.get('/').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_PROTO_MALFORMED', retry: 'never' })
  expect(server.heard).toHaveLength(1)
})

test('the head and a small body leave in one piece', async () => {
  const pieces: string[] = []
  await using server = await startRawServer((socket) => {
    socket.write(answerOf('ok'))
  })
  const dialer = watched((transport) => {
    const write = transport.write.bind(transport)
    transport.write = (chunks) => {
      pieces.push(...chunks.map((chunk) => Buffer.from(chunk).toString()))
      return write(chunks)
    }
  })
  await using client = http.createClient({ baseUrl: server.url, dialer })
  await client.post('/', { body: 'hello' }).text()
  expect(pieces).toEqual([expect.stringMatching(/^POST \/ HTTP\/1\.1\r\n[^]*\r\n\r\nhello$/)])
})

test('a kept connection that the server closes is noticed before the next request', async () => {
  await using server = await startRawServer((socket) => {
    socket.end(answerOf('ok', 'connection: keep-alive\r\n'))
  })
  await using client = http.createClient({ baseUrl: server.url })
  for (let turn = 0; turn < 2; turn++) {
    expect(await client.post('/', { ...once, body: 'x' }).text()).toBe('ok')
    await expect.poll(() => server.open).toBe(0)
  }
})

test('a kept connection is given up before the time that the server keeps it is over', async () => {
  await using server = await startRawServer((socket) => {
    socket.write(answerOf('ok', 'keep-alive: timeout=1\r\n'))
  })
  await using client = http.createClient({ baseUrl: server.url })
  expect(await client.get('/').text()).toBe('ok')
  await expect.poll(() => server.open).toBe(0)
})

test('a server that answers before it has the whole request gets the rest no more, and is not asked again there', async () => {
  await using server = await startRawServer((socket, number) => {
    socket.write(number === 1 ? 'HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n' : answerOf('ok'))
  })
  await using client = http.createClient({ baseUrl: server.url, throwHttpErrors: false })
  const stuck = Promise.withResolvers<void>()
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('first')
    await stuck.promise
  }
  expect((await client.put('/', { body })).status).toBe(413)
  expect(await client.get('/').text()).toBe('ok')
  expect(server.heard).toHaveLength(2)
  stuck.resolve()
})

test('an answer that comes before the request, as bytes behind the reply of a proxy, is a fault of form', async () => {
  await using proxy = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n\r\n${answerOf('unasked')}`)
  })
  await using client = http.createClient({ dialer: connectDialer(proxy.url) })
  await expect(client.get('http://origin.test/')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  expect(proxy.heard.map((bytes) => bytes.toString().split(' ')[0])).toEqual(['CONNECT'])
})
