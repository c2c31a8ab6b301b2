import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

const files = { '/in/a': 'a', '/big': Buffer.alloc(300_000) }
const logins = (received: readonly string[]): number =>
  received.filter((line) => line.startsWith('USER')).length

test('[FTP-50] calls share several sessions, and run at once', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 3 })
  server.fail({ on: 'STOR 0', do: 'stall' })
  const abort = new AbortController()
  const { signal } = abort
  const stalled = client.writeFile('0', 'x', { signal }).catch((error: unknown) => error)
  const names = Array.from({ length: 20 }, (_, at) => `f${at}`)
  await Promise.all(names.map((name) => client.writeFile(name, name)))
  for (const name of names) expect(server.files.text(`/${name}`)).toBe(name)
  expect(logins(server.received)).toBe(3)
  abort.abort()
  await stalled
})

test('a server that has no room for more sessions is served by those that there are', async () => {
  await using server = await startFtpServer({ files, maxConnections: 2 })
  await using client = await connect(server.url, { connections: 8 })
  const names = Array.from({ length: 30 }, (_, at) => `f${at}`)
  await Promise.all(names.map((name) => client.writeFile(name, name)))
  expect(server.files.paths()).toHaveLength(32)
  expect(logins(server.received)).toBe(2)
})

test('a session that nobody uses is given up where the server had no room for more', async () => {
  await using server = await startFtpServer({ files, maxConnections: 3 })
  await using client = await connect(server.url, { connections: 8 })
  const names = Array.from({ length: 30 }, (_, at) => `f${at}`)
  await Promise.all(names.map((name) => client.writeFile(name, name)))
  expect(logins(server.received)).toBe(3)
  await expect.poll(() => server.connections).toBe(1)
  await using other = await connect(server.url, { retry: false })
  expect(await Promise.all([other.size('f1'), client.size('f12')])).toEqual([2, 3])
})

test('a folder that is entered is entered by every session', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 3 })
  await client.cd('in')
  const sizes = await Promise.all(Array.from({ length: 6 }, () => client.size('a')))
  expect(sizes).toEqual([1, 1, 1, 1, 1, 1])
})

test('a session that was lost is replaced where the client says so', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { reconnect: true })
  server.fail({ on: 'SIZE', do: 'reset' })
  expect(await client.size('in/a')).toBe(1)
  server.fail({ on: 'MKD', do: 'drop' })
  await expect(client.mkdir('new')).rejects.toMatchObject({ name: 'ConnectionLostError' })
  await client.mkdir('new')
  expect(logins(server.received)).toBe(3)
  const closed = client.closed
  await client.close()
  expect(await closed).toBeUndefined()
  await expect(client.size('a')).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('the loss of the first session ends a client that replaces none', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 2 })
  server.fail({ on: 'SIZE', do: 'reset' })
  await expect(client.size('big', { retry: false })).rejects.toMatchObject({
    name: 'ConnectionLostError',
  })
  expect(await client.closed).toMatchObject({ name: 'ConnectionLostError' })
  await expect(client.size('big')).rejects.toMatchObject({ name: 'ConnectionLostError' })
})

test('a call inside the loop over a file takes another session, or is refused', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 2 })
  for await (const chunk of client.read('big')) {
    expect(chunk.length).toBeGreaterThan(0)
    expect(await client.size('in/a')).toBe(1)
  }
  const inner = async (): Promise<void> => {
    for await (const one of client.read('big')) {
      for await (const two of client.read('big')) {
        expect(one.length + two.length).toBeGreaterThan(0)
        await client.size('in/a')
      }
    }
  }
  await expect(inner()).rejects.toMatchObject({ code: 'NET_BUSY' })
})

test('a call that the server has no further session for takes the one that became free meanwhile', async () => {
  using clock = useFakeClock()
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 2 })
  server.fail({ on: 'SIZE in', do: { delay: 100 } })
  server.fail({ on: 'GREETING', do: { delay: 300 } })
  server.fail({ on: 'USER', do: { reply: '421 Too many connections.' } })
  const sizes = [client.size('in/a'), client.size('big')]
  await clock.until(() => server.received.includes('SIZE in/a') && server.connections === 2)
  await clock.advance(100)
  expect(await sizes[0]).toBe(1)
  await clock.advance(200)
  expect(await sizes[1]).toBe(300_000)
})

test('a folder that other sessions could not follow to is not entered', async () => {
  for (const options of [{ connections: 2 }, { reconnect: true }]) {
    await using server = await startFtpServer({
      files: { ...files, '/a': 'root' },
      without: ['PWD'],
    })
    await using client = await connect(server.url, options)
    await expect(client.cd('in')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
    expect(await Promise.all([client.size('a'), client.size('a')])).toEqual([4, 4])
  }
})

test('a session that the caller changed by SITE is not given to other calls while there can be another one', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { connections: 2 })
  await client.command('SITE UMASK 022', { check: false })
  const before = server.received.length
  await client.size('in/a')
  await client.size('in/a')
  // A session of its own, and only one.
  expect(server.received.slice(before).filter((line) => line.startsWith('USER'))).toHaveLength(1)
  await client.command('SITE UMASK 022', { check: false })
  expect(await client.size('in/a')).toBe(1)
  expect(logins(server.received)).toBe(2)
})

test('the one session of a client stays what SITE has made of it', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url)
  await client.command('SITE UMASK 022', { check: false })
  expect(await client.size('in/a')).toBe(1)
  expect(logins(server.received)).toBe(1)
})

test('calls that try another session while all of them end are told so, and wait for nobody', async () => {
  await using server = await startFtpServer({ files: { '/a': 'x' } })
  await using client = await connect(server.url, { connections: 4 })
  // From here on the first session is left to those who find no other one.
  await client.command('SITE CHMOD 644 a')
  await client.size('a')
  expect(server.connections).toBe(2)
  const closing = server.close()
  const calls = [client.size('a'), client.size('a'), client.size('a')]
  const outcomes = await Promise.allSettled(calls)
  const errors = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(errors.length).toBeGreaterThan(0)
  expect(errors).toMatchObject(errors.map(() => ({ retry: 'safe' })))
  await closing
})

test.each([0, 100])(
  'calls that wait for a session are refused when the client is closed, with a grace of %i ms',
  async (grace) => {
    await using server = await startFtpServer({ files })
    await using client = await connect(server.url, { reconnect: true })
    server.fail({ on: 'SIZE', do: 'stall' })
    const calls = Promise.allSettled(
      Array.from({ length: 4 }, () => client.size('in/a', { retry: false })),
    )
    await expect.poll(() => server.received).toContain('SIZE in/a')
    await client.close({ grace })
    const reasons = (await calls).map((each) => each.status === 'rejected' && each.reason)
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'NET_CLOSED' })
  },
)
