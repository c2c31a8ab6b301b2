import { getEventListeners, once } from 'node:events'
import { Socket } from 'node:net'

import { eventsOff } from '@tools/canary'
import { useFakeClock } from '@net/core/testing'
import { connect, listen, overTransport, type Connection } from '@net/socket'
import { createCertificates, memoryPair, startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, latin1, withinOneTurn } from './support.ts'

test('[SOCK-13] exactly n bytes, or an error with what there was', async () => {
  await using pair = connections()
  await pair.theirs.write('0123456789')
  expect(latin1(await pair.ours.readExactly(4))).toBe('0123')
  await pair.theirs.end()
  const error = await failure(pair.ours.readExactly(7))
  expect(error).toMatchObject({ code: 'NET_PROTO_INCOMPLETE', expected: 7, received: 6 })
  expect(latin1(error.partial as Uint8Array)).toBe('456789')
  expect(latin1(await pair.ours.readAll())).toBe('456789')
})

test('[SOCK-14] lines and parts up to a delimiter, each with a limit after which the connection goes on', async () => {
  await using pair = connections()
  await pair.theirs.write('first\r\nkey=value;a line that is too long\nlast\n')
  expect(await pair.ours.readLine()).toBe('first')
  expect(latin1(await pair.ours.readUntil(';'))).toBe('key=value;')
  const error = await failure(pair.ours.readLine({ limit: 10 }))
  expect([error.code, error.limit, error.operation]).toEqual(['NET_PROTO_LIMIT', 10, 'readLine'])
  expect(await pair.ours.readLine()).toBe('a line that is too long')
  expect(await pair.ours.readLine()).toBe('last')
})

test('[H-SOCK-12] an endless line stops at 64 KiB', async () => {
  await using pair = connections()
  const line = failure(pair.ours.readLine())
  const flood = pair.theirs.write(new Uint8Array(1024 * 1024).fill(97))
  expect(await line).toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 64 * 1024 })
  pair.ours.abort()
  await flood.catch(() => {})
})

test('[SOCK-15] everything until the end, with a limit', async () => {
  await using pair = connections()
  await pair.theirs.write('grüße')
  await pair.theirs.end()
  expect((await failure(pair.ours.readAll({ limit: 3 }))).code).toBe('NET_PROTO_LIMIT')
  expect(await pair.ours.readText()).toBe('grüße')
  expect([
    await pair.ours.read(),
    await pair.ours.readLine(),
    await pair.ours.readUntil('x'),
  ]).toEqual([null, null, null])
})

test('[SOCK-16] chunks and lines can be iterated, and leaving the loop closes nothing', async () => {
  await using pair = connections()
  await pair.theirs.write('one\ntwo\nthree\n')
  const seen: string[] = []
  for await (const line of pair.ours.lines()) {
    seen.push(line)
    if (line === 'two') break
  }
  await pair.theirs.end()
  let rest = ''
  for await (const chunk of pair.ours) rest += latin1(chunk)
  expect([seen, rest]).toEqual([['one', 'two'], 'three\n'])
})

test('a loop that is left while it waits takes nothing that arrives afterwards', async () => {
  await using pair = connections()
  const { ours, theirs } = pair
  for (const lines of [true, false]) {
    const loop = (lines ? ours.lines() : ours)[Symbol.asyncIterator]()
    const waiting = loop.next()
    expect(await loop.return?.()).toEqual({ done: true, value: undefined })
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await loop.next()).toEqual({ done: true, value: undefined })
    await theirs.write('still here\n')
    expect(await ours.readLine()).toBe('still here')
  }
})

test('[SOCK-18] bytes can be put back', async () => {
  await using pair = connections()
  await pair.theirs.write('hello')
  const first = await pair.ours.read({ max: 2 })
  pair.ours.unread(first!)
  expect(latin1(await pair.ours.readExactly(5))).toBe('hello')
})

test('[SOCK-20] after our end the peer may still send', async () => {
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    const request = await connection.readText()
    await connection.write(`got ${request}`)
  })
  await using connection = await connect(server.url)
  await connection.write('all of it')
  await connection.end()
  expect(await connection.readText()).toBe('got all of it')
  expect((await failure(connection.write('more'))).code).toBe('NET_CLOSED')
})

test('[H-SOCK-09] the peer ends and our side still writes a megabyte', async () => {
  const size = 1024 * 1024
  const read = Promise.withResolvers<number>()
  const handler = async (connection: Connection) => {
    await connection.end()
    read.resolve((await connection.readAll()).length)
  }
  await using server = await listen('tcp://127.0.0.1:0', handler)
  await using connection = await connect(server.url)
  expect(await connection.read()).toBeNull()
  await connection.write(new Uint8Array(size))
  await connection.end()
  expect(await read.promise).toBe(size)
})

test('[H-CORE-06] ten thousand calls with one signal leave one listener at most, and none in the end', async () => {
  await using pair = connections()
  const { signal } = new AbortController()
  let most = 0
  for (let round = 0; round < 10_000; round++) {
    const read = pair.ours.read({ signal })
    if (round % 1000 === 0) most = Math.max(most, getEventListeners(signal, 'abort').length)
    await pair.theirs.write('x')
    await read
  }
  expect([most, getEventListeners(signal, 'abort').length]).toEqual([1, 0])
})

test('[SOCK-11] many writes keep their order, in every order of awaiting', async () => {
  await using server = await startEchoServer()
  await using connection = await connect(server.url)
  for (let number = 0; number < 1000; number++) void connection.write(`${number}\n`)
  await connection.write([Buffer.from('the '), Buffer.from('end\n')])
  await connection.flush()
  for (let number = 0; number < 1000; number++)
    expect(await connection.readLine()).toBe(String(number))
  expect(await connection.readLine()).toBe('the end')
})

test('a write that is not awaited is not an unhandled rejection when the peer has left', async () => {
  await using pair = connections()
  pair.theirs.abort()
  for (let number = 0; number < 3; number++) void pair.ours.write('into the void')
  expect((await pair.ours.closed)?.code).toBe('NET_CONN_RESET')
  expect((await failure(pair.ours.write('again'))).code).toBe('NET_CONN_RESET')
})

test('[SOCK-24] limits for all calls are those of the connection, a call may have its own', async () => {
  using clock = useFakeClock()
  await using pair = connections({ defaults: { timeout: { idle: 5000 } } })
  const usual = failure(pair.ours.read())
  await clock.advance(5000)
  expect(await usual).toMatchObject({ code: 'NET_TIMEOUT_IDLE', limit: 5000 })
  const short = failure(pair.ours.read({ timeout: 10 }))
  await clock.advance(10)
  expect(await short).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 10 })
  await pair.theirs.write('still usable')
  expect(latin1(await pair.ours.read())).toBe('still usable')
})

test('a write that is aborted in the middle closes the connection', async () => {
  await using pair = connections({}, 10)
  const controller = new AbortController()
  // The first chunk goes straight to the reader that waits.
  await pair.ours.write('x')
  const write = failure(
    pair.ours.write('more than there is room for', { signal: controller.signal }),
  )
  const read = failure(pair.ours.read())
  controller.abort('enough')
  expect(await withinOneTurn(write)).toMatchObject({ code: 'NET_ABORTED', cause: 'enough' })
  expect((await read).code).toBe('NET_ABORTED')
  expect((await pair.ours.closed)?.code).toBe('NET_ABORTED')
  expect((await failure(pair.ours.write('x'))).code).toBe('NET_CLOSED')
})

test('[SOCK-21] close sends what was written; later calls are refused; closed settles', async () => {
  await using pair = connections()
  void pair.ours.write('last words')
  const waiting = failure(pair.ours.read())
  await Promise.all([pair.ours.close(), pair.ours.close()])
  expect(await pair.theirs.readText()).toBe('last words')
  expect([(await waiting).code, await pair.ours.closed]).toEqual(['NET_CLOSED', undefined])
  for (const call of [pair.ours.read(), pair.ours.write('x'), pair.ours.end(), pair.ours.flush()]) {
    expect((await failure(call)).code).toBe('NET_CLOSED')
  }
  expect(() => pair.ours.unread(Buffer.from('x'))).toThrow(/closed/)
  expect(() => pair.ours.toSocket()).toThrow(/closed/)
  expect((await failure(pair.ours.startTls())).code).toBe('NET_CLOSED')
})

test('[SOCK-21] abort ends everything at once and says why', async () => {
  await using server = await startEchoServer({ onError: () => {} })
  await using connection = await connect(server.url)
  const reading = failure(connection.read())
  connection.abort(new Error('enough'))
  connection.abort(new Error('again'))
  expect(await withinOneTurn(reading)).toMatchObject({ code: 'NET_ABORTED' })
  expect(await connection.closed).toHaveProperty('cause.message', 'enough')
})

test('[SOCK-21] abort cuts off a close that is under way, and what it still sends', async () => {
  using _clock = useFakeClock()
  const [ours, theirs] = memoryPair({ capacity: 10 })
  const connection = overTransport({
    info: ours.info,
    read: () => ours.read(),
    write: (chunks) => ours.write(chunks),
    end: () => ours.end(),
    // One whose peer takes nothing more.
    close: () => new Promise(() => {}),
    abort: (reason) => ours.abort(reason),
  })
  const write = failure(connection.write('more than there is room for'))
  const closing = connection.close({ grace: 60_000 })
  connection.abort(new Error('enough'))
  expect(await withinOneTurn(write)).toMatchObject({ code: 'NET_ABORTED' })
  await withinOneTurn(closing)
  expect(await connection.closed).toHaveProperty('cause.message', 'enough')
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
  connection.abort()
})

test('disposal does not wait for a peer that takes nothing longer than its grace', async () => {
  using clock = useFakeClock()
  const [ours, theirs] = memoryPair()
  const connection = overTransport({
    info: ours.info,
    read: () => ours.read(),
    write: (chunks) => ours.write(chunks),
    end: () => ours.end(),
    close: () => new Promise<void>(() => {}),
    abort: (reason) => ours.abort(reason),
  })
  const closing = connection[Symbol.asyncDispose]()
  await clock.advance(2000)
  await closing
  expect(clock.timers).toBe(0)
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
})

test('[SOCK-40] startTls upgrades both sides, and what follows is encrypted', async () => {
  const certificates = createCertificates()
  const tls = certificates.issue()
  const handler = async (connection: Connection) => {
    await connection.write('READY\n')
    expect(await connection.readLine()).toBe('STARTTLS')
    await connection.write('GO\n')
    await connection.startTls()
    await connection.write(
      `over ${connection.info.tls?.protocol}: ${await connection.readLine()}\n`,
    )
  }
  await using server = await listen('tcp://127.0.0.1:0', handler, { tls })
  await using connection = await connect(server.url, { tls: { ca: certificates.ca } })
  expect(await connection.readLine()).toBe('READY')
  await connection.write('STARTTLS\n')
  expect(await connection.readLine()).toBe('GO')
  expect(connection.info.encrypted).toBe(false)
  await connection.startTls()
  expect([connection.info.encrypted, connection.info.tls?.authorized]).toEqual([true, true])
  await connection.write('hello\n')
  expect(await connection.readLine()).toBe('over TLSv1.3: hello')
})

test('[SOCK-40] startTls works over a transport without a socket', async () => {
  const certificates = createCertificates()
  const [one, two] = memoryPair({ endpoint: { scheme: 'tcp', host: 'localhost', port: 1 } })
  await using client = overTransport(one, { tls: { ca: certificates.ca } })
  await using server = overTransport(two, { side: 'server', tls: certificates.issue() })
  await Promise.all([client.startTls(), server.startTls()])
  await client.write('over memory\n')
  expect(await server.readLine()).toBe('over memory')
})

test('startTls is refused if the peer has sent a byte already', async () => {
  await using pair = connections()
  await pair.theirs.write('250 injected\r\n')
  const error = await failure(pair.ours.startTls())
  expect([error.code, error.phase]).toEqual(['NET_PROTO_UNEXPECTED', 'tls'])
})

test('[H-CORE-16] a peer that stalls startTls is a time-out, and the connection has ended', async () => {
  using clock = useFakeClock()
  await using pair = connections()
  const call = failure(pair.ours.startTls())
  await clock.until(() => clock.timers > 0)
  await clock.advance(10_000)
  expect(await withinOneTurn(call)).toMatchObject({ code: 'NET_TIMEOUT_TLS', phase: 'tls' })
  expect((await pair.ours.closed)?.code).toBe('NET_TIMEOUT_TLS')
  expect((await failure(pair.ours.read())).code).toBe('NET_CLOSED')
})

test('toSocket hands the real socket over, with every byte that was not read', async () => {
  await using server = await startEchoServer()
  await using connection = await connect(server.url)
  await connection.write('first line\nand the rest')
  expect(await connection.readLine()).toBe('first line')
  const socket = connection.toSocket()
  expect(socket.constructor).toBe(Socket)
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += String(chunk)))
  socket.end('!')
  await once(socket, 'close')
  expect(text).toBe('and the rest!')
  expect((await failure(connection.read())).code).toBe('NET_CLOSED')
  expect((await failure(connection.write('x'))).code).toBe('NET_CLOSED')
  expect([await connection.closed, connection.info.endpoint.port]).toEqual([
    undefined,
    server.address.port,
  ])
})

test('toSocket works where there is no socket', async () => {
  await using pair = connections()
  await pair.theirs.write('line\nrest')
  expect(await pair.ours.readLine()).toBe('line')
  const socket = pair.ours.toSocket()
  await pair.theirs.write(' of it')
  await pair.theirs.end()
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  expect(text).toBe('rest of it')
})

test('bytes that were put back may be used again', async () => {
  await using pair = connections()
  const buffer = Buffer.from('first')
  pair.ours.unread(buffer)
  buffer.fill('x')
  expect(latin1(await pair.ours.readExactly(5))).toBe('first')
})

test('close sends a large write completely, also if it was not awaited', async () => {
  await using pair = connections()
  const large = new Uint8Array(1_000_000).fill(7)
  void pair.ours.write(large)
  const [received] = await Promise.all([pair.theirs.readAll(), pair.ours.close()])
  expect(Buffer.compare(received, large)).toBe(0)
})

test('the socket is not handed over in the middle of a large write', async () => {
  await using pair = connections()
  const write = pair.ours.write(new Uint8Array(200_000))
  expect(() => pair.ours.toSocket()).toThrow(expect.objectContaining({ code: 'NET_BUSY' }))
  const all = pair.theirs.readExactly(200_000)
  await write
  await all
  pair.ours.toSocket().destroy()
})

test('wrong sizes are refused before anything is read', async () => {
  await using pair = connections()
  for (const call of [
    pair.ours.readExactly(-1),
    pair.ours.readExactly(1.5),
    pair.ours.readUntil(''),
    pair.ours.read({ max: 0 }),
    pair.ours.read({ timeout: 0 }),
  ]) {
    expect((await failure(call)).code).toBe('NET_BAD_OPTION')
  }
})

test('errors say what was done, to whom and what happened', async () => {
  eventsOff()
  await using server = await startEchoServer()
  await using connection = await connect(server.url)
  await connection.write('abc')
  await connection.end()
  const error = await failure(connection.readExactly(4))
  expect(error.message).toBe(
    `tcp readExactly 127.0.0.1:${server.address.port}: the peer ended after 3 bytes of 4 bytes (receive)`,
  )
})

function connections(options = {}, capacity = 64 * 1024) {
  const [one, two] = memoryPair({ capacity })
  const ours = overTransport(one, options)
  const theirs = overTransport(two)
  return {
    ours,
    theirs,
    async [Symbol.asyncDispose]() {
      await Promise.all([ours.close(), theirs.close()])
    },
  }
}
