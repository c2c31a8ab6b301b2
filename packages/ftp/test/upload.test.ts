import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { expect, test, vi } from 'vitest'

import type { Progress, Source } from '@net/core'
import { callerFault } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { connect, fromFile, fromText } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { upload } from '../src/upload.ts'
import { openSession, users } from './open-session.ts'

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at & 255))

async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}

test.each([
  ['bytes', () => bytes],
  ['a Blob', () => new Blob([bytes])],
  ['a Node stream', () => Readable.from(pieces())],
  ['a web stream', () => new Blob([bytes]).stream()],
  ['a generator', () => pieces()],
  ['a function', () => pieces],
] as [string, () => Source][])('[FTP-22] sends %s', async (_, source) => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const sent = await test.use((dialog, session) =>
    upload(session, dialog, { source: source(), path: 'a' }),
  )
  expect(sent).toMatchObject({ transferred: bytes.length, size: bytes.length, verified: true })
  expect(Buffer.from(server.files.read('/a')).equals(bytes)).toBe(true)
  expect(server.received.slice(-3)).toEqual(['EPSV', 'STOR a', 'SIZE a'])
})

for (const size of [100, 4096, 100_000, 300_000]) {
  test(`a generator with one buffer of ${size} bytes uploads what was meant`, async () => {
    await using server = await startFtpServer({ users })
    await using test = await openSession(server)
    const frames: Buffer[] = []
    const generator = async function* (): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(size)
      for (let number = 0; number < 20; number++) {
        frames.push(Buffer.from(buffer.fill(number)))
        yield buffer
      }
    }
    await test.use((dialog, session) => upload(session, dialog, { source: generator, path: 'a' }))
    expect(Buffer.from(server.files.read('/a')).equals(Buffer.concat(frames))).toBe(true)
  })
}

test('a file that cannot be opened leaves what the server has', async () => {
  await using server = await startFtpServer({ users, files: { '/a': 'precious' } })
  await using test = await openSession(server)
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
  using opening = vi.spyOn(fs, 'open').mockImplementation((...given: readonly unknown[]) => {
    const called = given.at(-1) as (error: Error) => void
    queueMicrotask(() => called(denied))
  })
  // While the disk is quick, a small file is opened at once.
  using openingAtOnce = vi.spyOn(fs, 'openSync').mockImplementation(() => {
    throw denied
  })
  syncBuiltinESMExports()
  const sent = test.use((dialog, session) =>
    upload(session, dialog, { source: fromFile(fileURLToPath(import.meta.url)), path: 'a' }),
  )
  await expect(sent).rejects.toMatchObject({ code: 'NET_LOCAL_IO', cause: denied })
  opening.mockRestore()
  openingAtOnce.mockRestore()
  syncBuiltinESMExports()
  expect(server.received).not.toContain('STOR a')
  expect(server.files.text('/a')).toBe('precious')
})

test('sends nothing as an empty file', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const sent = await test.use((dialog, session) =>
    upload(session, dialog, { source: fromText(''), path: 'a' }),
  )
  expect(sent).toMatchObject({ transferred: 0, size: 0, verified: true })
})

test('without SIZE the upload counts as complete', async () => {
  await using server = await startFtpServer({ users, without: ['SIZE'] })
  await using test = await openSession(server)
  const sent = await test.use((dialog, session) =>
    upload(session, dialog, { source: bytes, path: 'a' }),
  )
  expect(sent.verified).toBe(false)
  expect(server.received.slice(-2)).toEqual(['STOR a', 'SIZE a'])
})

test('[FTP-27] reports its progress', async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  const told: Progress[] = []
  await client.upload(bytes, 'a', { onProgress: (progress) => void told.push(progress) })
  expect(told.at(-1)).toMatchObject({ transferred: bytes.length, total: bytes.length })
})

test('a server that has another size afterwards is an error', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'SIZE', do: { reply: '213 5' } })
  const sending = test.use((dialog, session) =>
    upload(session, dialog, { source: bytes, path: 'a' }),
  )
  await expect(sending).rejects.toMatchObject({
    code: 'NET_SIZE_MISMATCH',
    expected: bytes.length,
    received: 5,
    retry: 'idempotent',
  })
})

test('[H-FTP-11] a refusal in the middle is the error, not the reset that comes with it', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'STOR', after: 70_000, do: { reply: '552 The disk is full' } })
  const big = Buffer.alloc(20_000_000)
  const sending = test.use((dialog, session) => upload(session, dialog, { source: big, path: 'a' }))
  await expect(sending).rejects.toMatchObject({ code: 'NET_NO_SPACE', reply: { status: 552 } })
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})

test.each([[1], [70_000], [150_000]])(
  'a server that is full behind %i bytes, and makes room again by removing them, is sent the file once',
  async (after) => {
    await using server = await startFtpServer({ users })
    await using client = await connect(server.url, {
      user: 'joe',
      password: 'open sesame',
      reconnect: true,
    })
    server.fail({ on: 'STOR', after, do: { reply: '552 Quota exceeded, and removed.' } })
    const sending = client.upload(Buffer.alloc(2_000_000), 'a')
    await expect(sending).rejects.toMatchObject({ code: 'NET_NO_SPACE', retry: 'never' })
    expect(server.received.filter((line) => line.startsWith('STOR'))).toHaveLength(1)
    expect(server.files.paths()).toEqual([])
  },
)

test('a refusal before the first byte leaves the source as it is', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  let read = 0
  const source = (): AsyncIterable<Uint8Array> => {
    read += 1
    return pieces()
  }
  const sending = test.use((dialog, session) =>
    upload(session, dialog, { source, path: 'no/such/folder' }),
  )
  await expect(sending).rejects.toMatchObject({ code: 'NET_NOT_FOUND', reply: { status: 553 } })
  expect(read).toBe(0)
})

test('the end of a transfer that has not ended is an error', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'STOR', after: 1, do: { reply: '226 Thank you, enough' } })
  const big = Buffer.alloc(20_000_000)
  const sending = test.use((dialog, session) => upload(session, dialog, { source: big, path: 'a' }))
  await expect(sending).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_(PROTO_UNEXPECTED|CONN_RESET|CONN_CLOSED)$/),
  })
})

test("what the caller's source throws passes as it is, and the session goes on", async () => {
  await using server = await startFtpServer({ users })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  const mine = new RangeError('mine')
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes
    throw callerFault(mine)
  }
  await expect(client.upload(source(), 'a')).rejects.toBe(mine)
  expect(await client.exists('nothing')).toBe(false)
})

test('a file that is shorter than the range that was asked for is an error', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const sending = test.use((dialog, session) =>
    upload(session, dialog, {
      source: fromFile(import.meta.filename, { start: 0, end: 10_000_000 }),
      path: 'a',
    }),
  )
  await expect(sending).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
})

test.each([
  [{ idle: 500 }, 'NET_TIMEOUT_IDLE'],
  [{ write: 500 }, 'NET_TIMEOUT_WRITE'],
])('a server that takes nothing is given up after %o', async (timeout, code) => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  using clock = useFakeClock()
  server.fail({ on: 'STOR', after: 1, do: 'stall' })
  let transferred = 0
  const sending = test.use(
    (dialog, session) => upload(session, dialog, { source: Buffer.alloc(50_000_000), path: 'a' }),
    { timeout, onProgress: (progress) => void ({ transferred } = progress) },
  )
  const rejected = sending.catch((error: unknown) => error)
  await clock.until(() => transferred > 0)
  let before = -1
  // Until the kernel's buffers are full.
  while (before !== transferred) {
    before = transferred
    await clock.advance(100)
  }
  await clock.advance(1000)
  expect(await rejected).toMatchObject({ code, phase: 'send', limit: 500 })
})

test('[FTP-28] an abort lets go of the source, and the session goes on', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const abort = new AbortController()
  let closed = false
  const source = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield bytes
      abort.abort()
      yield bytes
    } finally {
      closed = true
    }
  }
  const sending = test.use(
    (dialog, session) => upload(session, dialog, { source: source(), path: 'a' }),
    {
      signal: abort.signal,
    },
  )
  await expect(sending).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(closed).toBe(true)
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})

const GOODBYE = { reply: '421 Shutting down' } as const

test.each([
  ['in the place of its answer', { on: 'STOR', do: GOODBYE }, 'safe'],
  ['in its middle', { on: 'STOR', after: 70_000, do: GOODBYE }, 'idempotent'],
  ['behind it', { on: 'SIZE', do: GOODBYE }, 'idempotent'],
])('a goodbye to an upload %s', async (_place, fault, retry) => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail(fault)
  const sending = test.use((dialog, session) =>
    upload(session, dialog, { source: bytes, path: 'a' }),
  )
  await expect(sending).rejects.toMatchObject({ code: 'NET_CONN_SHUTDOWN', sent: true, retry })
})

test('a folder that is missing is reported, also where the server does not say why it refused', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  const send = (path: string): Promise<unknown> => {
    server.fail({ on: 'STOR', do: { reply: '553 Could not create file.' } })
    return test.use((dialog, session) => upload(session, dialog, { source: bytes, path }))
  }
  await expect(send('none/a')).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    reply: { text: '553 Could not create file.' },
  })
  await expect(send('a')).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
})

/** Gives one chunk, and then nothing until it is let go; `waiting` when more is asked for. */
function silentSource(): { readonly source: Source; readonly waiting: Promise<void> } {
  const { promise: waiting, resolve } = Promise.withResolvers<void>()
  const source = new Readable({
    read() {
      if (first) this.push('abc')
      else resolve()
      first = false
    },
  })
  let first = true
  return { source, waiting }
}

test.each([
  ['refuses the rest', { reply: '552 The disk is full' }, 'NET_NO_SPACE'],
  ['says goodbye', { reply: '421 Shutting down' }, 'NET_CONN_SHUTDOWN'],
  ['cuts the data connection', 'reset', 'NET_REPLY_TEMPORARY'],
] as const)(
  'a server that %s ends an upload whose source has nothing to give',
  async (_, what, code) => {
    await using server = await startFtpServer({ users })
    await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
    const { source, waiting } = silentSource()
    server.fail({ on: 'STOR', after: 1, do: what })
    const sending = client.upload(source, 'a').catch((error: unknown) => error)
    await waiting
    expect(await sending).toMatchObject({ code })
  },
)

test('[H-FTP-15] an upload whose last reply is lost is looked at, and not sent twice', async () => {
  await using server = await startFtpServer({ files: { '/a': 'an old file' } })
  await using client = await connect(server.url, { reconnect: true })
  const bytes = Buffer.alloc(300_000, 'x')
  server.fail({ on: 'STOR', after: 300_000, do: 'drop' })
  server.files.write('/a', bytes.subarray(0, 0))
  const sent = await client.upload(bytes, 'a')
  expect(sent).toMatchObject({ size: 300_000, verified: true })
  expect(Buffer.from(server.files.read('/a')).equals(bytes)).toBe(true)
  await using plain = await connect(server.url)
  server.fail({ on: 'STOR', after: 300_000, do: 'drop' })
  await expect(plain.upload(bytes, 'b')).rejects.toMatchObject({
    name: 'ConnectionLostError',
    retry: 'idempotent',
  })
})

test('[H-FTP-15] what a lost reply was about is there: nothing is sent again', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url, { reconnect: true })
  const { files } = server
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('0123456789')
    // As a server that has taken all of it, and loses the connection before it says so.
    files.write('/a', '0123456789')
  }
  server.fail({ on: 'STOR', after: 10, do: 'drop' })
  expect(await client.upload(source, 'a')).toMatchObject({ transferred: 0, size: 10 })
  expect(server.received.filter((line) => line.startsWith('STOR'))).toEqual(['STOR a'])
})

test('with allocate the server is asked for room first, and the old file is whole where there is none', async () => {
  await using server = await startFtpServer({ users, quota: 500_000, files: { '/a': 'precious' } })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  await client.upload(bytes, 'b', { allocate: true })
  expect(server.received).toContain(`ALLO ${bytes.length}`)
  await expect(client.upload(bytes, 'a', { allocate: true })).rejects.toMatchObject({
    code: 'NET_NO_SPACE',
    retry: 'never',
  })
  expect(server.received.filter((line) => line.startsWith('STOR'))).toEqual(['STOR b'])
  expect(Buffer.from(server.files.read('/a')).toString()).toBe('precious')
  // Of a source without a size nothing is asked, and what else the server says to it does not matter.
  const asked = server.received.length
  await client.upload(
    (async function* () {
      yield Buffer.from('x')
    })(),
    'c',
    { allocate: true },
  )
  expect(server.received.slice(asked).some((line) => line.startsWith('ALLO'))).toBe(false)
  server.fail({ on: 'ALLO', do: { reply: '504 Not here' } })
  await client.upload(Buffer.from('y'), 'c', { allocate: true })
  expect(Buffer.from(server.files.read('/c')).toString()).toBe('y')
})
