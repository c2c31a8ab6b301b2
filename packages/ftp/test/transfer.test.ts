import { setImmediate as turn } from 'node:timers/promises'

import { expect, test, vi } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { tcpDialer, type Dialer, type Transport } from '@net/socket'
import { createCertificates, withFaults } from '@net/socket/testing'

import { DataConnections } from '../src/data-connection.ts'
import { secureData } from '../src/data-tls.ts'
import { nextChunk } from '../src/receive.ts'
import { transfer } from '../src/transfer.ts'
import { openSession, users, type TestSession } from './open-session.ts'
import { startStrayServer } from './stray-server.ts'

const start = (): Promise<FtpServer> => startFtpServer({ users, files: { '/a': 'hello' } })

async function all(data: Transport): Promise<string> {
  let text = ''
  for (let chunk = await data.read(); chunk !== null; chunk = await data.read()) {
    text += Buffer.from(chunk).toString()
  }
  return text
}

const run = (
  test: TestSession,
  options?: { timeout?: object; signal?: AbortSignal },
): Promise<string> =>
  test.use(async (dialog, session) => {
    const plan = { command: 'RETR a', mayEndEarly: true, move: all }
    return (await transfer(session, dialog, plan)).moved
  }, options)

test('moves the bytes and waits for the last reply', async () => {
  await using server = await start()
  await using test = await openSession(server)
  expect(await run(test)).toBe('hello')
  expect(server.connections).toBe(1)
})

test('a refusal of the command is reported', async () => {
  await using server = await start()
  await using test = await openSession(server)
  server.fail({ on: 'RETR', do: { reply: '550 Permission denied' } })
  await expect(run(test)).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED', phase: 'command' })
  expect(await run(test)).toBe('hello')
})

test('425 may be repeated', async () => {
  await using server = await start()
  await using test = await openSession(server)
  server.fail({ on: 'RETR', do: { reply: '425 Cannot open data connection' } })
  await expect(run(test)).rejects.toMatchObject({ code: 'NET_REPLY_TEMPORARY', retry: 'safe' })
})

test("a refusal is told though what is the caller's never settles, which is let go", async () => {
  await using server = await start()
  await using test = await openSession(server)
  server.fail({ on: 'RETR', do: { send: 'hel', reply: '451 Local error' } })
  const { promise: gone, resolve: letGo } = Promise.withResolvers<void>()
  const moving = test.use((dialog, session) =>
    transfer(session, dialog, {
      command: 'RETR a',
      mayEndEarly: true,
      move: () => gone,
      letGo: () => letGo(),
    }),
  )
  await expect(moving).rejects.toMatchObject({ code: 'NET_REPLY_TEMPORARY' })
})

test.each(['226 Done', '200 Here it comes', '350 And then?'])(
  'an end without a beginning, %s, breaks the rules, and no reply behind it is taken for another',
  async (reply) => {
    await using server = await start()
    await using test = await openSession(server)
    server.fail({ on: 'RETR', do: { reply } })
    await expect(run(test)).rejects.toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
    expect(test.session.ended).toBe(true)
  },
)

test('[H-FTP-12] the death of the control connection ends the transfer', async () => {
  await using server = await start()
  await using test = await openSession(server)
  const moving = test.use((dialog, session) =>
    transfer(session, dialog, {
      command: 'STOR b',
      mayEndEarly: false,
      move: async (data) => {
        await server.close()
        // The server ends both; which end is seen first is luck, and this one is about the other.
        await data.closed
        while (!test.session.ended) await turn()
        throw new Error('the data connection has ended')
      },
    }),
  )
  await expect(moving).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(CLOSED|RESET)$/),
    phase: 'command',
  })
})

test.each(['EPSV', 'RETR'])('a time limit and an abort end it at %s', async (on) => {
  await using server = await start()
  for (const way of ['limit', 'abort'] as const) {
    await using test = await openSession(server)
    using clock = useFakeClock()
    server.fail({ on, do: 'stall' })
    const abort = new AbortController()
    const before = server.received.length
    const failed = run(test, { timeout: { reply: 500 }, signal: abort.signal }).catch(
      (error: unknown) => error,
    )
    await clock.until(() => server.received.slice(before).some((line) => line.startsWith(on)))
    if (way === 'limit') await clock.advance(500)
    else abort.abort()
    const code = way === 'limit' ? 'NET_TIMEOUT_REPLY' : 'NET_ABORTED'
    expect(await failed).toMatchObject({ code, phase: 'command' })
    await clock.advance(1000)
    await clock.until(() => server.connections === 0)
  }
})

test('[H-FTP-06] data that come in clear are refused where TLS was asked for', async () => {
  const certificates = createCertificates()
  await using server = await startFtpServer({
    users,
    tls: certificates.issue(),
    files: { '/a': 'hello' },
  })
  await using test = await openSession(server, { ca: certificates.ca })
  // The server believes that it does not protect; we know that we asked for it.
  await test.use((dialog) => dialog.prepare('PROT C'))
  await expect(run(test)).rejects.toMatchObject({ code: 'NET_TLS_NOT_TLS', phase: 'tls' })
})

test('[H-FTP-06] a server that wants its session resumed gets it', async () => {
  const certificates = createCertificates()
  await using server = await startFtpServer({
    users,
    tls: certificates.issue(),
    requireSessionReuse: true,
    requireTls: true,
    files: { '/a': 'hello' },
  })
  await using test = await openSession(server, { ca: certificates.ca })
  expect(await run(test)).toBe('hello')
  expect(await run(test)).toBe('hello')
  expect(server.resumed).toBe(2)
})

test.each([false, true])(
  'a refusal of data that resume no session says so, and costs the session where that is replaced: %s',
  async (reconnect) => {
    const certificates = createCertificates()
    const { ca } = certificates
    await using server = await startFtpServer({
      users,
      tls: certificates.issue(),
      requireSessionReuse: true,
      files: { '/a': 'hello' },
    })
    const login = { user: 'joe', password: 'open sesame', tls: { ca } }
    await using client = await connect(server.url, { ...login, reconnect })
    // As where what there is to resume is too old.
    using _protect = vi
      .spyOn(DataConnections.prototype, 'protect')
      .mockImplementationOnce(({ op }, raw) =>
        secureData(op, raw, { tls: { ca }, name: '127.0.0.1', session: undefined }),
      )
    const reading = client.readFile('a')
    if (!reconnect) {
      await expect(reading).rejects.toMatchObject({
        message: expect.stringMatching(
          /session reuse.*reconnect: true.*522 The TLS session must be resumed/s,
        ),
        reply: { status: 522 },
        retry: 'never',
      })
    } else expect(Buffer.from(await reading).toString()).toBe('hello')
    expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
    const logins = server.received.filter((line) => line.startsWith('USER'))
    expect(logins).toHaveLength(reconnect ? 2 : 1)
  },
)

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'says the end of a download in %s, for which a server waits before its last reply',
  async (maxVersion) => {
    const certificates = createCertificates()
    await using server = await startFtpServer({
      users,
      tls: certificates.issue(),
      files: { '/a': 'hello' },
    })
    await using test = await openSession(server, { ca: certificates.ca, maxVersion })
    expect(await run(test, { timeout: { reply: 3000 } })).toBe('hello')
  },
)

test.each([false, true])(
  'an abort in the middle settles within a turn of the event loop (TLS: %o)',
  async (secured) => {
    const certificates = createCertificates()
    const tls = secured ? { tls: certificates.issue() } : {}
    await using server = await startFtpServer({ users, ...tls, files: { '/a': 'hello' } })
    await using test = await openSession(server, { ca: certificates.ca })
    server.fail({ on: 'RETR', after: 2, do: 'stall' })
    const abort = new AbortController()
    let read = 0
    let error: unknown
    const moving = test.use(
      (dialog, session) =>
        transfer(session, dialog, {
          command: 'RETR a',
          mayEndEarly: true,
          move: async (data) => {
            for (;;) read += (await nextChunk(dialog.op, data))?.length ?? 0
          },
        }),
      { signal: abort.signal },
    )
    moving.catch((thrown: unknown) => (error = thrown))
    using clock = useFakeClock()
    await clock.until(() => read === 2)
    abort.abort()
    await turn()
    expect(error).toMatchObject({ code: 'NET_ABORTED' })
    await clock.until(() => server.connections === 1)
    expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
  },
)

test('a data connection that never ends after the last reply delays nothing', async () => {
  using clock = useFakeClock()
  await using server = await start()
  const closing = Promise.withResolvers<void>()
  let dials = 0
  let aborted = false
  const dialer: Dialer = {
    name: 'tcp',
    async dial(endpoint, options) {
      const transport = withFaults(await tcpDialer().dial(endpoint, options), [])
      dials += 1
      if (dials === 1) return transport
      transport.abort = () => {
        aborted = true
      }
      transport.close = () => {
        closing.resolve()
        return new Promise(() => {})
      }
      return transport
    },
  }
  await using client = await connect(server.url, {
    dialer,
    security: 'off',
    user: 'joe',
    password: users.joe,
  })
  const upload = client.upload(Buffer.from('text'), 'b')
  await closing.promise
  await clock.advance(1000)
  expect(await upload).toMatchObject({ transferred: 4 })
  expect(aborted).toBe(true)
})

test('a data connection that was left unused leaves no reply to the next call', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  await using client = await connect(server.url)
  using clock = useFakeClock()
  const controller = new AbortController()
  server.fail({ on: 'REST', do: { delay: 20 } })
  const { signal } = controller
  const reading = Promise.allSettled([Array.fromAsync(client.read('a', { start: 1, signal }))])
  await expect.poll(() => server.received).toContain('REST 1')
  controller.abort()
  expect(await reading).toMatchObject([{ reason: { code: 'NET_ABORTED' } }])
  await clock.advance(20)
  // As pyftpdlib does when it sees the end of the data connection.
  server.fail({ on: 'PWD', do: { reply: '226 Transfer complete.\r\n257 "/"' } })
  expect(await client.pwd()).toBe('/')
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
})

test('what a server says of an earlier transfer behind the beginning of an upload does not end it', async () => {
  await using server = await startStrayServer()
  await using client = await connect(server.url, { dangerouslyAllowPlaintextAuth: true })
  const controller = new AbortController()
  const { signal } = controller
  const reading = Promise.allSettled([Array.fromAsync(client.read('a', { start: 1, signal }))])
  await expect.poll(() => server.received).toContain('REST 1')
  controller.abort()
  expect(await reading).toMatchObject([{ reason: { code: 'NET_ABORTED' } }])
  await client.upload(Buffer.from('content'), 'b')
  expect(server.stored).toBe('content')
})
