import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import { connect, type Connection } from '@net/socket'

async function raw(server: FtpServer): Promise<Connection> {
  const connection = await connect(server.url.replace('ftp:', 'tcp:'))
  expect(await connection.readLine()).toBe('220 Ready.')
  return connection
}

async function say(connection: Connection, line: string): Promise<string | null> {
  await connection.write(`${line}\r\n`)
  return connection.readLine()
}

async function logIn(connection: Connection): Promise<void> {
  await say(connection, 'USER anonymous')
  await say(connection, 'PASS x')
}

async function dataFor(connection: Connection): Promise<Connection> {
  const reply = (await say(connection, 'EPSV')) ?? ''
  const [, port] = /\(\|\|\|(\d+)\|\)/.exec(reply) ?? []
  return connect(`tcp://127.0.0.1:${port}`)
}

test('several commands in one piece are answered in order', async () => {
  await using server = await startFtpServer()
  await using connection = await raw(server)
  await connection.write('NOOP\r\nSYST\nQUIT\r\n')
  const replies = [
    await connection.readLine(),
    await connection.readLine(),
    await connection.readLine(),
  ]
  expect(replies.map((reply) => reply?.slice(0, 3))).toEqual(['200', '215', '221'])
  expect(await connection.readLine()).toBeNull()
})

test('[H-FTP-26] a line without end is refused', async () => {
  await using server = await startFtpServer()
  await using connection = await raw(server)
  await connection.write('x'.repeat(20_000))
  expect(await connection.readLine()).toMatch(/^500/)
})

test('a transfer without a data connection is refused', async () => {
  await using server = await startFtpServer({ files: { '/a': 'x' } })
  await using connection = await raw(server)
  await logIn(connection)
  expect(await say(connection, 'RETR a')).toMatch(/^425/)
})

test('no client comes to the data connection', async () => {
  await using server = await startFtpServer({ files: { '/a': 'x' } })
  await using connection = await raw(server)
  await logIn(connection)
  await say(connection, 'EPSV')
  using clock = useFakeClock()
  expect(await say(connection, 'RETR a')).toMatch(/^150/)
  const reply = connection.readLine()
  await clock.advance(10_000)
  expect(await reply).toMatch(/^425/)
})

test('ABOR in the middle of a transfer gives two replies', async () => {
  await using server = await startFtpServer({ files: { '/a': new Uint8Array(50_000_000) } })
  await using connection = await raw(server)
  await logIn(connection)
  await using data = await dataFor(connection)
  expect(await say(connection, 'RETR a')).toMatch(/^150/)
  await data.read()
  // With the signals of Telnet in front, as clients send it.
  await connection.write([Buffer.from([0xff, 0xf4, 0xff, 0xf2]), Buffer.from('ABOR\r\n')])
  expect(await connection.readLine()).toMatch(/^426/)
  expect(await connection.readLine()).toMatch(/^226/)
  expect(await say(connection, 'NOOP')).toMatch(/^200/)
})

test('a data connection that the client closes early is reported', async () => {
  await using server = await startFtpServer({ files: { '/a': new Uint8Array(50_000_000) } })
  await using connection = await raw(server)
  await logIn(connection)
  const data = await dataFor(connection)
  await say(connection, 'RETR a')
  data.abort()
  expect(await connection.readLine()).toMatch(/^426/)
})

test.each([
  ['drop', null],
  [{ reply: '599 what?' }, '599 what?'],
] as const)('a fault in the place of a reply: %o', async (what, reply) => {
  await using server = await startFtpServer()
  await using connection = await raw(server)
  server.fail({ on: 'NOOP', do: what })
  expect(await say(connection, 'NOOP')).toBe(reply)
})

test('a reset, a half-closed connection, garbage and a delay', async () => {
  await using server = await startFtpServer()
  for (const what of ['reset', 'half-close', 'garbage'] as const) {
    await using connection = await raw(server)
    server.fail({ on: 'NOOP', do: what })
    const outcome = await say(connection, 'NOOP').catch((error: unknown) => error)
    if (what === 'reset') expect(outcome).toMatchObject({ code: 'NET_CONN_RESET' })
    else if (what === 'half-close') expect(outcome).toBeNull()
    else expect(outcome).not.toMatch(/^200/)
  }
  await using connection = await raw(server)
  using clock = useFakeClock()
  server.fail({ on: 'NOOP', do: { delay: 5000 } })
  const before = server.received.length
  const reply = say(connection, 'NOOP')
  await clock.until(() => server.received.length > before)
  await clock.advance(5000)
  expect(await reply).toMatch(/^200/)
})
