import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'

import { afterAll, expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect, toFile } from '@net/ftp'
import { startFtpServer, type FtpServer, type FtpServerOptions } from '@net/ftp/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { createCertificates } from '@net/socket/testing'

import { download } from '../src/download.ts'
import { openSession, users, type TestSession } from './open-session.ts'

const folder = mkdtempSync(join(tmpdir(), 'net-ftp-'))
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251))
const options: FtpServerOptions = { users, files: { '/a': bytes, '/small': '0123456789' } }

afterAll(() => rmSync(folder, { recursive: true }))

const fetch = (test: TestSession, path: string, to: string, resume = false): Promise<unknown> =>
  test.use((dialog, session) =>
    download(session, dialog, { path, sink: toFile(join(folder, to), { keepPart: true }), resume }),
  )

/** Leaves the first bytes of `small` in a part, as a call does that is cut. */
const cutAt = async (server: FtpServer, test: TestSession, to: string, at = 4): Promise<void> => {
  server.fail({ on: 'RETR', after: at, do: 'half-close' })
  await expect(fetch(test, 'small', to)).rejects.toMatchObject({ received: at })
}

test('[FTP-23] fetches a file, which gets its name when it is whole', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  expect(await fetch(test, 'a', 'whole')).toMatchObject({
    transferred: bytes.length,
    size: bytes.length,
    verified: true,
  })
  expect(readFileSync(join(folder, 'whole')).equals(bytes)).toBe(true)
  expect(existsSync(join(folder, 'whole.part'))).toBe(false)
})

test('fetches into a stream', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk)
      setImmediate(done)
    },
  })
  await test.use((dialog, session) => download(session, dialog, { path: 'a', sink, resume: false }))
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
})

test('[H-FTP-09] 5 bytes of 10 and 226 are not the file, which stays *.part', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  server.fail({ on: 'RETR', after: 5, do: 'half-close' })
  await expect(fetch(test, 'small', 'short')).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    received: 5,
    expected: 10,
    phase: 'receive',
  })
  expect(existsSync(join(folder, 'short'))).toBe(false)
  expect(readFileSync(join(folder, 'short.part'), 'utf8')).toBe('01234')
})

test('[H-FTP-09] [H-FTP-10] over TLS as well', async () => {
  const certificates = createCertificates()
  await using server = await startFtpServer({ ...options, tls: certificates.issue() })
  await using test = await openSession(server, { ca: certificates.ca })
  server.fail({ on: 'RETR', after: 5, do: 'half-close' })
  await expect(fetch(test, 'small', 'short-tls')).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    received: 5,
    expected: 10,
  })
})

test('[FTP-21] what the server announces with 150 counts where it has no SIZE', async () => {
  await using server = await startFtpServer({ ...options, without: ['SIZE'] })
  await using test = await openSession(server)
  expect(await fetch(test, 'small', 'unverified')).toMatchObject({ size: 10, verified: false })
})

test('more than was announced is refused', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  server.fail({ on: 'SIZE', do: { reply: '213 3' } })
  await expect(fetch(test, 'small', 'long')).rejects.toMatchObject({
    code: 'NET_SIZE_MISMATCH',
    received: 10,
    expected: 3,
  })
  expect(existsSync(join(folder, 'long'))).toBe(false)
})

test('goes on behind what is there', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  await cutAt(server, test, 'resumed')
  expect(await fetch(test, 'small', 'resumed', true)).toMatchObject({
    transferred: 6,
    size: 10,
    verified: true,
  })
  expect(readFileSync(join(folder, 'resumed'), 'utf8')).toBe('0123456789')
  expect(server.received.slice(-3)).toEqual(['EPSV', 'REST 4', 'RETR small'])
})

test('goes on at a server that forgets the offset when another command comes between', async () => {
  await using server = await startFtpServer({ ...options, forgetsRestart: true })
  await using test = await openSession(server)
  await cutAt(server, test, 'strict')
  expect(await fetch(test, 'small', 'strict', true)).toMatchObject({ transferred: 6 })
  expect(readFileSync(join(folder, 'strict'), 'utf8')).toBe('0123456789')
})

test.each(['SIZE', 'EPSV', 'REST', 'RETR'])(
  'a resumed download that is aborted at %s leaves no offset to the next transfer',
  async (verb) => {
    await using server = await startFtpServer(options)
    await using test = await openSession(server)
    await cutAt(server, test, `left-${verb}`)
    using clock = useFakeClock()
    const abort = new AbortController()
    const before = server.received.length
    server.fail({ on: verb, do: { delay: 100 } })
    const sink = toFile(join(folder, `left-${verb}`), { keepPart: true })
    const stopped = test.use(
      (dialog, session) => download(session, dialog, { path: 'small', sink, resume: true }),
      { signal: abort.signal },
    )
    await clock.until(() => server.received.slice(before).some((line) => line.startsWith(verb)))
    abort.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const next = fetch(test, 'small', `next-${verb}`)
    await clock.advance(100)
    expect(await next).toMatchObject({ transferred: 10, verified: true })
  },
)

test('a resumed download without a data connection leaves no offset to the next upload', async () => {
  await using server = await startFtpServer(options)
  const road = tcpDialer()
  let down = false
  const dialer: Dialer = {
    name: 'switched',
    dial: (endpoint, how) =>
      down ? Promise.reject(new Error('no road')) : road.dial(endpoint, how),
  }
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame', dialer })
  const to = join(folder, 'unreached')
  const sink = toFile(to, { keepPart: true })
  server.fail({ on: 'RETR', after: 4, do: 'half-close' })
  await expect(client.download('small', sink, { retry: false })).rejects.toThrow('4 of 10 bytes')
  down = true
  await expect(client.download('small', sink, { resume: true, retry: false })).rejects.toThrow(
    'no road',
  )
  down = false
  await client.writeFile('new', 'abc')
  expect(server.files.text('/new')).toBe('abc')
})

test('a server that does not take the offset back is not used any more', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  await cutAt(server, test, 'kept')
  using clock = useFakeClock()
  const abort = new AbortController()
  server.fail({ on: 'REST 4', do: { delay: 100 } })
  server.fail({ on: 'REST 0', do: { reply: '501 No.' } })
  const sink = toFile(join(folder, 'kept'), { keepPart: true })
  const stopped = test.use(
    (dialog, session) => download(session, dialog, { path: 'small', sink, resume: true }),
    { signal: abort.signal },
  )
  await clock.until(() => server.received.includes('REST 4'))
  abort.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const next = fetch(test, 'small', 'never').catch((error: unknown) => error)
  await clock.advance(100)
  const reply = { status: 501, text: '501 No.' }
  expect(await next).toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'safe', reply })
  expect(test.session.control.failure?.reply).toEqual(reply)
})

test('a server that cannot go on says so', async () => {
  await using server = await startFtpServer({ ...options, without: ['REST'] })
  await using test = await openSession(server)
  await cutAt(server, test, 'stuck')
  await expect(fetch(test, 'small', 'stuck', true)).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
})

test('what is not there is reported, and no file is made', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  await expect(fetch(test, 'nothing', 'nothing')).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    reply: { status: 550 },
  })
  expect(existsSync(join(folder, 'nothing'))).toBe(false)
})

test('a local folder that is not there is reported', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  await expect(fetch(test, 'small', 'no/such/folder')).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})

test.each(['reset', 'drop'] as const)('[H-FTP-11] %s in the middle', async (what) => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  server.fail({ on: 'RETR', after: 5, do: what })
  const error: unknown = await fetch(test, 'small', `cut-${what}`).catch(
    (thrown: unknown) => thrown,
  )
  // The end that comes first wins: the data with its reply, or the control connection.
  expect((error as { code: string }).code).toMatch(
    /^NET_(REPLY_TEMPORARY|CONN_CLOSED|CONN_RESET|PROTO_INCOMPLETE)$/,
  )
  expect(existsSync(join(folder, `cut-${what}`))).toBe(false)
})

test.each(['426 Connection closed', '451 Local error'])(
  '[H-FTP-11] %s in the middle',
  async (reply) => {
    await using server = await startFtpServer(options)
    await using test = await openSession(server)
    server.fail({ on: 'RETR', after: 5, do: { reply } })
    await expect(fetch(test, 'small', 'refused')).rejects.toMatchObject({
      code: 'NET_REPLY_TEMPORARY',
      retry: 'idempotent',
      reply: { status: Number(reply.slice(0, 3)) },
    })
    expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
  },
)

test('a server that sends nothing times out after `idle`', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  using clock = useFakeClock()
  server.fail({ on: 'RETR', after: 5, do: 'stall' })
  const got: number[] = []
  const sink = (chunk: Uint8Array): void => void got.push(chunk.length)
  const fetching = test.use(
    (dialog, session) => download(session, dialog, { path: 'small', sink, resume: false }),
    { timeout: { idle: 500 } },
  )
  const rejected = fetching.catch((error: unknown) => error)
  await clock.until(() => got.length > 0)
  await clock.advance(500)
  expect(await rejected).toMatchObject({
    code: 'NET_TIMEOUT_IDLE',
    limit: 500,
    phase: 'receive',
  })
  await clock.until(() => server.connections === 1)
})

test('a sink that takes its time is not taken for a server that does', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  using clock = useFakeClock()
  const taken = Promise.withResolvers<void>()
  let waiting = false
  const sink = async (): Promise<void> => {
    waiting = true
    await taken.promise
  }
  const fetching = test.use(
    (dialog, session) => download(session, dialog, { path: 'small', sink, resume: false }),
    { timeout: { idle: 500 } },
  )
  await clock.until(() => waiting)
  await clock.advance(10_000)
  taken.resolve()
  expect(await fetching).toMatchObject({ size: 10 })
})

test('[FTP-28] an abort closes the data connection alone, and the session goes on', async () => {
  await using server = await startFtpServer(options)
  await using test = await openSession(server)
  const abort = new AbortController()
  let writes = 0
  const sink = (): void => {
    writes += 1
    abort.abort()
  }
  const fetching = test.use(
    (dialog, session) => download(session, dialog, { path: 'a', sink, resume: false }),
    { signal: abort.signal },
  )
  await expect(fetching).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const before = writes
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
  expect(writes).toBe(before)
  expect(server.connections).toBe(1)
})

test('[FTP-28] over TLS as well', async () => {
  const certificates = createCertificates()
  await using server = await startFtpServer({ ...options, tls: certificates.issue() })
  await using test = await openSession(server, { ca: certificates.ca })
  const abort = new AbortController()
  const sink = (): void => abort.abort()
  const fetching = test.use(
    (dialog, session) => download(session, dialog, { path: 'a', sink, resume: false }),
    { signal: abort.signal },
  )
  await expect(fetching).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})

test('where nothing else reports the length, the words of the last reply count', async () => {
  await using server = await startFtpServer({ ...options, without: ['SIZE'] })
  await using test = await openSession(server)
  server.fail({ on: 'RETR', do: { send: 'half', reply: '226 Transfer aborted.' } })
  await expect(fetch(test, 'small', 'half')).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    reply: { status: 226 },
  })
  expect(existsSync(join(folder, 'half'))).toBe(false)
})

test('why a file cannot be fetched is looked for where the server does not say', async () => {
  await using server = await startFtpServer({ ...options, files: { '/in/a': 'x' } })
  await using test = await openSession(server)
  const refused = { on: 'RETR', do: { reply: '550 Failed to open file.' } } as const
  for (const [path, code] of [
    ['in', 'NET_BAD_NAME'],
    ['in/a', 'NET_ACCESS_DENIED'],
    ['none', 'NET_NOT_FOUND'],
  ] as const) {
    server.fail(refused)
    await expect(fetch(test, path, 'refused')).rejects.toMatchObject({
      code,
      reply: { text: '550 Failed to open file.' },
    })
  }
  expect(await test.use((dialog) => dialog.ask('PWD'))).toMatchObject({
    text: expect.stringContaining('"/"'),
  })
})

test('[H-CORE-12] a stream that fails before the first byte fails the call with its own error', async () => {
  await using server = await startFtpServer(options)
  await using client = await connect(server.url, {
    user: 'joe',
    password: 'open sesame',
    security: 'off',
  })
  const call = client.download('a', createWriteStream('/nosuch/folder/file'))
  await expect(call).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await client.exists('a')).toBe(true)
})

test('a stream that is destroyed while the server is silent fails the call at once', async () => {
  await using server = await startFtpServer(options)
  server.fail({ on: 'RETR', after: 100_000, do: 'stall' })
  await using test = await openSession(server)
  const sink = new PassThrough()
  const fault = new Error('the disk is full')
  sink.once('data', () => sink.destroy(fault))
  const call = test.use((dialog, session) =>
    download(session, dialog, { path: 'a', sink, resume: false }),
  )
  await expect(call).rejects.toBe(fault)
})
