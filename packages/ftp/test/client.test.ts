import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { isRetryable, type RetryPolicy } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect, fromText, toFile, type FtpClient } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'

const files = { '/in/a.txt': 'hello', '/in/b.txt': 'world!' }
const open = (server: FtpServer): Promise<FtpClient> => connect(server.url)

test('the verbs do what they say', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'net-ftp-'))
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  await client.upload(fromText('new'), 'in/c.txt')
  await client.writeFile('in/d.txt', 'grüße')
  await client.download('in/d.txt', toFile(join(folder, 'd.txt')))
  expect(readFileSync(join(folder, 'd.txt'), 'utf8')).toBe('grüße')
  expect(Buffer.from(await client.readFile('in/c.txt')).toString()).toBe('new')
  expect(await client.size('in/d.txt')).toBe(7)
  expect(await client.stat('in/d.txt')).toMatchObject({ type: 'file', size: 7 })
  expect(await client.exists('in/e.txt')).toBe(false)
  await client.mkdir('x/y', { recursive: true })
  await client.rename('in/c.txt', 'x/y/c.txt')
  await client.remove('in/d.txt')
  expect(server.files.paths()).toEqual(['/in/a.txt', '/in/b.txt', '/x/y/c.txt'])
  rmSync(folder, { recursive: true })
})

test('other calls are possible inside the loop of a listing', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const sizes: [string, number][] = []
  for await (const { name, path } of client.list('in')) sizes.push([name, await client.size(path)])
  expect(sizes).toEqual([
    ['a.txt', 5],
    ['b.txt', 6],
  ])
})

test('a listing without a loop sends nothing', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  client.list('in')
  expect(await client.exists('in')).toBe(true)
  expect(server.received).not.toContain('MLSD in')
})

test('a listing is left at once while it waits for the server', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  server.fail({ on: 'MLSD', do: 'stall' })
  const entries = client.list('in')[Symbol.asyncIterator]()
  const waiting = entries.next()
  while (!server.received.includes('MLSD in')) await new Promise(setImmediate)
  expect(await entries.return?.()).toEqual({ done: true, value: undefined })
  expect(await waiting).toEqual({ done: true, value: undefined })
})

test('[H-FTP-22] two calls at once are served in order', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const [a, b, names] = await Promise.all([
    client.readFile('in/a.txt'),
    client.readFile('in/b.txt'),
    Array.fromAsync(client.list('in'), ({ name }) => name),
  ])
  expect(Buffer.from(a).toString() + Buffer.from(b).toString()).toBe('helloworld!')
  expect(names).toEqual(['a.txt', 'b.txt'])
})

test('a call inside a sink or source of the same session is refused at once', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const inside: unknown[] = []
  const ask = async (): Promise<void> => {
    inside.push(await client.size('in/a.txt').catch((error: unknown) => error))
  }
  await client.download('in/a.txt', ask)
  await client.upload(async function* () {
    await ask()
    yield Buffer.from('x')
  }, 'in/c.txt')
  expect(inside).toMatchObject([{ code: 'NET_BUSY' }, { code: 'NET_BUSY' }])
  expect(await client.size('in/c.txt')).toBe(1)
})

test('[FTP-46] [H-CORE-01] what would be two lines rejects, never throws, and sends nothing', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const before = server.received.length
  const bad = 'a\r\nDELE in/a.txt'
  const calls: (() => Promise<unknown>)[] = [
    () => client.upload(fromText('x'), bad),
    () => client.download(bad, () => {}),
    () => client.readFile(bad),
    () => client.writeFile(bad, 'x'),
    () => Array.fromAsync(client.list(bad)),
    () => client.stat(bad),
    () => client.exists(bad),
    () => client.size(bad),
    () => client.mkdir(bad),
    () => client.remove(bad),
    () => client.rename('a', bad),
    () => client.rename(bad, 'a'),
  ]
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({
      code: 'NET_INJECTION',
      message: expect.not.stringContaining('DELE'),
    })
  }
  expect(server.received.length).toBe(before)
})

test('strings are no sources and no sinks', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const text: unknown = 'report.csv'
  await expect(client.upload(text as Uint8Array, 'a')).rejects.toThrow(/fromFile/)
  await expect(client.download('a', text as () => void)).rejects.toThrow(/toFile/)
})

test('what is reported of a call: its verb, target, phases and progress', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  using captured = captureEvents()
  await client.readFile('in/a.txt')
  expect(captured.of('operation').filter(({ protocol }) => protocol === 'ftp')).toMatchObject([
    { operation: 'readFile', target: 'in/a.txt', state: 'start' },
    { operation: 'readFile', outcome: 'ok', transferred: 5 },
  ])
  const phases = captured.of('phase').filter(({ state }) => state === 'start')
  expect(phases.map(({ phase }) => phase)).toEqual([
    'command',
    'command',
    'connect',
    'command',
    'receive',
    'command',
  ])
})

test('[FTP-03] closing says goodbye; later calls are refused', async () => {
  await using server = await startFtpServer({ files })
  const client = await open(server)
  await client.close()
  await client.close()
  expect(server.received.at(-1)).toBe('QUIT')
  expect(await client.closed).toBeUndefined()
  await expect(client.size('in/a.txt')).rejects.toMatchObject({
    code: 'NET_CLOSED',
    operation: 'size',
  })
  await expect(Array.fromAsync(client.list())).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('a server that goes away is reported, and so is every later call', async () => {
  const server = await startFtpServer({ files })
  await using client = await open(server)
  await server.close()
  expect(await client.closed).toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(CLOSED|RESET)$/),
  })
  await expect(client.stat('in')).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(CLOSED|RESET)$/),
    operation: 'stat',
    retry: 'safe',
  })
})

test('after a session that idled out, the next call says so and may be repeated elsewhere', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  server.fail({ on: 'SIZE', do: { reply: '213 5\r\n421 Timeout.' } })
  expect(await client.size('in/a.txt')).toBe(5)
  await client.closed
  await expect(client.remove('in/a.txt')).rejects.toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    retry: 'safe',
    message: expect.stringContaining('421 Timeout.'),
  })
})

test('closing does not wait longer than its grace', async () => {
  await using server = await startFtpServer({ files })
  const client = await open(server)
  using clock = useFakeClock()
  server.fail({ on: 'QUIT', do: 'stall' })
  const closing = client.close({ grace: 100 })
  await clock.until(() => server.received.includes('QUIT'))
  await clock.advance(100)
  await closing
  await clock.until(() => server.connections === 0)
  expect(await client.closed).toBeUndefined()
})

test('the limits of later calls come from `defaults`', async () => {
  await using server = await startFtpServer({ files })
  const client = await connect(server.url, { defaults: { timeout: { reply: 250 } } })
  using clock = useFakeClock()
  server.fail({ on: 'SIZE', do: 'stall' })
  const rejected = client.size('in/a.txt').catch((error: unknown) => error)
  await clock.until(() => server.received.includes('SIZE in/a.txt'))
  await clock.advance(250)
  expect(await rejected).toMatchObject({
    code: 'NET_TIMEOUT_REPLY',
    limit: 250,
  })
  await clock.advance(1000)
  await client.close()
})

test('what may be repeated is repeated twice, and nothing else', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  for (const [on, call] of [
    ['MLST', () => client.stat('in/a.txt')],
    ['MLSD', () => Array.fromAsync(client.list('in'))],
    ['RETR', () => client.readFile('in/a.txt')],
    ['STOR', () => client.writeFile('in/c.txt', 'x')],
  ] as const) {
    server.fail({ on, do: { reply: '450 Busy' } })
    expect(await call()).toBeDefined()
    server.fail({ on, do: { reply: '450 Busy' }, times: 3 })
    await expect(call()).rejects.toMatchObject({
      code: 'NET_REPLY_TEMPORARY',
      attempts: [{ code: 'NET_REPLY_TEMPORARY' }, { code: 'NET_REPLY_TEMPORARY' }],
    })
  }
  for (const [on, call] of [
    ['DELE', () => client.remove('in/a.txt')],
    ['RNTO', () => client.rename('in/a.txt', 'in/b.txt', { replace: true })],
  ] as const) {
    server.fail({ on, do: { reply: '450 Busy' } })
    await expect(call()).rejects.toMatchObject({ code: 'NET_REPLY_TEMPORARY' })
  }
})

test('nothing is repeated in a session that is gone, and the error is the first one', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  server.fail({ on: 'SIZE', do: 'drop' })
  await expect(client.size('in/a.txt')).rejects.toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('options that do not exist, or are of the wrong kind, are refused before anything is sent', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const before = server.received.length
  const call = (options: object): object => options
  for (const [rejected, operation, message] of [
    [client.download('in/a.txt', () => {}, call({ resumed: true })), 'download', /resume/],
    [client.list('in', call({ maxBytes: '5' })), 'list', /maxBytes must be a number/],
    [client.mkdir('x', call({ recursive: 1 })), 'mkdir', /recursive must be true or false/],
    [client.rename('a', 'b', call({ overwrite: true })), 'rename', /no overwrite/],
    [client.size('a', call({ timeout: 'soon' })), 'size', /timeout/],
    [
      client.size(5 as unknown as string),
      'size',
      /path must be the path of a file or folder, such as/,
    ],
    [client.rename('a', ''), 'rename', /to must be the path of a file or folder, such as/],
  ] as const) {
    const settled = 'then' in rejected ? rejected : Array.fromAsync(rejected)
    await expect(settled).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      protocol: 'ftp',
      operation,
      message: expect.stringMatching(message),
    })
  }
  expect(server.received).toHaveLength(before)
  expect(await client.size('in/a.txt', { signal: undefined, timeout: undefined })).toBe(5)
})

test('a policy of the caller repeats what may be repeated', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const retry: RetryPolicy = {
    delay: ({ error, attempt, idempotent }) =>
      attempt < 3 && isRetryable(error, { idempotent }) ? 0 : undefined,
  }
  server.fail({ on: 'SIZE', times: 2, do: { reply: '450 Busy' } })
  expect(await client.size('in/a.txt', { retry })).toBe(5)
  server.fail({ on: 'DELE', do: { reply: '450 Busy' } })
  await expect(client.remove('in/a.txt', { retry })).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
  })
  expect(server.received.filter((line) => line.startsWith('DELE'))).toHaveLength(1)
})

test('what may be repeated is repeated by default, and what may not is not', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  server.fail({ on: 'MLST', times: 2, do: { reply: '450 try again' } })
  expect(await client.stat('in/a.txt')).toMatchObject({ size: 5 })
  expect(server.received.filter((line) => line.startsWith('MLST'))).toHaveLength(3)
  server.fail({ on: 'DELE', do: { reply: '450 try again' } })
  await expect(client.remove('in/a.txt')).rejects.toMatchObject({ code: 'NET_REPLY_TEMPORARY' })
})

test('[H-CORE-04] a call with an aborted signal sends nothing', async () => {
  await using server = await startFtpServer({ files })
  await using client = await open(server)
  const before = server.received.length
  await expect(client.size('in/a.txt', { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'NET_ABORTED',
  })
  expect(server.received).toHaveLength(before)
})

test('a listing that was cut short gives what came, and then fails', async () => {
  await using server = await startFtpServer({ files: { '/in/a': '' } })
  await using client = await connect(server.url)
  server.fail({
    on: 'MLSD',
    do: { send: 'type=file; a\r\ntype=file; b\r\n', reply: '226 Output truncated to 2 matches' },
  })
  const names: string[] = []
  const listing = (async () => {
    for await (const { name } of client.list('in')) names.push(name)
  })()
  await expect(listing).rejects.toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    protocol: 'ftp',
    operation: 'list',
    target: 'in',
  })
  expect(names).toEqual(['a', 'b'])
})

test('the limit of a listing can be raised', async () => {
  await using server = await startFtpServer({ files: { '/in/a': '' } })
  await using client = await connect(server.url)
  await expect(Array.fromAsync(client.list('in', { maxBytes: 5 }))).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    message: expect.stringContaining('maxBytes'),
  })
  expect(await Array.fromAsync(client.list('in', { maxBytes: 20_000_000 }))).toHaveLength(1)
})

test('a loop over a listing without await says what to write', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url)
  const listing = client.list() as unknown as Iterable<unknown>
  expect(() => Array.from(listing)).toThrow(/for await/)
})

test.each(['utf8', 'latin1'] as const)(
  '[FTP-07] names in Latin-1 can be listed and used by a client of %s',
  async (encoding) => {
    await using server = await startFtpServer({
      encoding: 'latin1',
      without: ['MLST', 'MLSD'],
      files: { '/caf\u00E9': 'e', '/caf\u00E8': 'a', '/d\u00E9/x': 'x' },
    })
    await using client = await connect(server.url, { encoding })
    const entries = await Array.fromAsync(client.list())
    expect(entries.map(({ nameBytes }) => nameBytes !== undefined)).toEqual(
      entries.map(() => encoding === 'utf8'),
    )
    for (const { path, type } of entries) {
      expect(await client.stat(path)).toMatchObject({ path, type })
      if (type === 'file') expect(await client.readFile(path)).toHaveLength(1)
      else expect(await Array.fromAsync(client.list(path))).toMatchObject([{ name: 'x' }])
    }
    for (const { path, type } of entries) if (type === 'file') await client.remove(path)
    expect(server.files.list('/')).toMatchObject([{ name: 'd\u00E9' }])
    expect(server.received).toContain(`OPTS UTF8 ${encoding === 'utf8' ? 'ON' : 'OFF'}`)
  },
)

test('names with control characters can be listed and used', async () => {
  await using server = await startFtpServer({ files: { '/a\tb': 'x', '/\u001B[1m': 'y' } })
  await using client = await connect(server.url)
  for await (const { path } of client.list()) expect(await client.readFile(path)).toHaveLength(1)
  await client.writeFile('c\td', 'z')
  expect(server.files.text('/c\td')).toBe('z')
})

test('[FTP-41] MLSD gives the facts that the server has, or those that it was asked for', async () => {
  await using server = await startFtpServer({ files: { '/a': 'hello' } })
  await using client = await connect(server.url)
  const [entry] = await Array.fromAsync(client.list())
  expect(entry).toMatchObject({ name: 'a', type: 'file', size: 5, mode: 0o644 })
  expect(entry?.modified).toBeTypeOf('number')
  expect(await client.command('OPTS MLST type;size;')).toMatchObject({ status: 200 })
  expect(await Array.fromAsync(client.list())).toEqual([
    { name: 'a', path: 'a', type: 'file', size: 5 },
  ])
})
