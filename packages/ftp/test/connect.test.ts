import { execFile } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { isAbort, type LogRecord } from '@net/core'
import { captureEvents, useFakeClock, type CapturedEvents } from '@net/core/testing'
import { connect, fromText, type FtpConnectOptions } from '@net/ftp'
import { startFtpServer, type FtpServer } from '@net/ftp/testing'
import type { Dialer } from '@net/socket'
import {
  createCertificates,
  memoryDialer,
  startConnectServer,
  startSocksServer,
} from '@net/socket/testing'

import { nowhere } from './roads.ts'

const certificates = createCertificates()
const login = { user: 'joe', password: 'open sesame', tls: { ca: certificates.ca } }

function start(): Promise<FtpServer> {
  return startFtpServer({ users: { joe: 'open sesame' }, tls: certificates.issue() })
}

test('[FTP-01] connects, with the words of the server and what it can do', async () => {
  await using server = await startFtpServer({ greeting: '220-Hello\r\n220 there' })
  await using client = await connect(server.url)
  expect(client.welcome).toBe('220-Hello\n220 there')
  expect(client.capabilities.get('REST')).toBe('STREAM')
  expect(server.received).toContain('USER anonymous')
})

test('user, password and folder may be in the URL, and do not show afterwards', async () => {
  using captured = captureEvents()
  await using server = await startFtpServer({
    users: { joe: 'open sesame' },
    files: { '/in/a': '' },
  })
  const url = server.url.replace('//', '//joe:open%20sesame@')
  await using client = await connect(`${url}/in`)
  expect(await client.exists('a')).toBe(true)
  expect(server.received).toContain('PASS open sesame')
  expect(server.received).toContain('CWD in')
  expect(JSON.stringify(captured.events)).not.toContain('sesame')
})

test("the client's log gets the dial and the TLS of the control connection", async () => {
  const records: LogRecord[] = []
  await using server = await start()
  const log = {
    sink: { write: (record: LogRecord) => void records.push(record) },
    level: 'trace',
  } as const
  await using client = await connect(server.url, { ...login, log })
  await client.stat('/').catch(() => {})
  const done = new Set(records.map(({ protocol, operation }) => `${protocol} ${operation}`))
  expect(done).toContain('tcp dial')
  expect(done).toContain('tls secure')
  expect(done).toContain('ftp connect')
})

test.each([
  ['http://127.0.0.1/', {}, 'NET_BAD_URL'],
  ['ftp://[', {}, 'NET_BAD_URL'],
  ['ftp://127.0.0.1', { security: 'maybe' }, 'NET_BAD_OPTION'],
  ['ftps://127.0.0.1', { security: 'off' }, 'NET_BAD_OPTION'],
  ['ftp://127.0.0.1', { user: 'a\r\nDELE b' }, 'NET_INJECTION'],
  ['ftp://127.0.0.1', { user: 'a', password: 'b\nc' }, 'NET_INJECTION'],
  ['ftp://127.0.0.1', { account: 'b\0' }, 'NET_INJECTION'],
] as [string, FtpConnectOptions, string][])(
  '[H-CORE-01] %s with %o is refused before anything is done',
  async (url, options, code) => {
    using captured = captureEvents()
    await expect(connect(url, options)).rejects.toMatchObject({ code })
    expect(captured.of('wire')).toEqual([])
  },
)

test('every part of connecting is reported', async () => {
  using captured = captureEvents()
  await using server = await start()
  await using client = await connect(server.url, login)
  expect(client.info.encrypted).toBe(true)
  const phases = captured
    .of('phase')
    .filter(({ state, protocol }) => state === 'start' && protocol === 'ftp')
    .map(({ phase }) => phase)
  expect(phases).toEqual(['greeting', 'tls', 'tls', 'auth', 'command'])
  const wire = captured.of('wire').map(({ text }) => text)
  expect(wire.slice(0, 3)).toEqual(['220 Ready.', 'AUTH TLS', '234 Go on with TLS.'])
  expect(wire).toContain('PASS ***')
})

const parts = [
  ['GREETING', 'greeting', 'NET_TIMEOUT_GREETING'],
  ['AUTH', 'tls', 'NET_TIMEOUT_TLS'],
  ['TLS', 'tls', 'NET_TIMEOUT_TLS'],
  ['PROT', 'tls', 'NET_TIMEOUT_TLS'],
  ['USER', 'auth', 'NET_TIMEOUT_AUTH'],
  ['PASS', 'auth', 'NET_TIMEOUT_AUTH'],
  ['FEAT', 'command', 'NET_TIMEOUT_REPLY'],
] as const

const seen = (server: FtpServer, captured: CapturedEvents, what: string): boolean => {
  // The server may have the connection before its client knows.
  if (what === 'GREETING') return captured.of('phase').some(({ phase }) => phase === 'greeting')
  const line = what === 'TLS' ? 'AUTH' : what
  return server.received.some((each) => each.startsWith(line))
}

test.each(parts)(
  '[H-FTP-05] a server silent at %s is given up in the phase %s',
  async (on, phase, code) => {
    await using server = await start()
    using clock = useFakeClock()
    using captured = captureEvents()
    server.fail({ on, do: 'stall' })
    const limits = { greeting: 500, tls: 500, auth: 500, reply: 500 }
    const connecting = connect(server.url, { ...login, timeout: limits })
    const rejected = connecting.catch((error: unknown) => error)
    await clock.until(() => seen(server, captured, on))
    await clock.advance(500)
    expect(await rejected).toMatchObject({
      code,
      phase,
      limit: 500,
      operation: 'connect',
    })
    await clock.until(() => server.connections === 0)
  },
)

test.each(parts)('an abort at %s settles at once, and nothing is left open', async (on, phase) => {
  await using server = await start()
  using clock = useFakeClock()
  using captured = captureEvents()
  server.fail({ on, do: 'stall' })
  const abort = new AbortController()
  const connecting = connect(server.url, { ...login, signal: abort.signal })
  let error: unknown
  connecting.catch((thrown: unknown) => (error = thrown))
  await clock.until(() => seen(server, captured, on))
  await clock.advance(1)
  abort.abort('enough')
  await turn()
  expect(isAbort(error)).toBe(true)
  expect(error).toMatchObject({ cause: 'enough', phase })
  await clock.until(() => server.connections === 0)
})

test('an abort, and the limit of the whole, end a dial', async () => {
  using clock = useFakeClock()
  const abort = new AbortController()
  const aborted = connect('ftp://127.0.0.1', { dialer: nowhere(), signal: abort.signal })
  abort.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const dialing = connect('ftp://127.0.0.1', { dialer: nowhere(), timeout: 700 })
  const late = dialing.catch((error: unknown) => error)
  await clock.advance(700)
  expect(await late).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 700 })
})

test('[H-CORE-04] an aborted signal ends it before anything is dialled', async () => {
  await using server = await start()
  const connecting = connect(server.url, { ...login, signal: AbortSignal.abort() })
  await expect(connecting).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(server.connections).toBe(0)
})

test('no program listens', async () => {
  const server = await start()
  await server.close()
  await expect(connect(server.url, login)).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    phase: 'connect',
    retry: 'safe',
  })
})

test('works over every dialer, data connections included', async () => {
  const memory = memoryDialer()
  let port = 20_000
  const dialer: Dialer = {
    name: 'memory',
    dial: memory.dial.bind(memory),
    listen: (endpoint, options) => memory.listen!({ ...endpoint, port: port++ }, options),
  }
  await using server = await startFtpServer({ dialer, files: { '/a': 'in memory' } })
  await using client = await connect(server.url, { dialer })
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('in memory')
})

test('[FTP-12] speaks TLS from the first byte', async () => {
  await using server = await startFtpServer({
    users: { joe: 'open sesame' },
    tls: certificates.issue(),
    implicit: true,
    requireSessionReuse: true,
    files: { '/a': 'hello' },
  })
  expect(server.url).toMatch(/^ftps:/)
  await using client = await connect(server.url, login)
  expect(Buffer.from(await client.readFile('a')).toString()).toBe('hello')
  expect(server.received).not.toContain('AUTH TLS')
})

test('[FTP-05] a proxy carries control and data connections', async () => {
  await using server = await start()
  await using socks = await startSocksServer()
  await using http = await startConnectServer()
  for (const proxy of [socks, http]) {
    await using client = await connect(server.url, { ...login, proxy: proxy.url })
    await client.upload(fromText('through a proxy'), 'a.txt')
    expect(String(Buffer.from(await client.readFile('a.txt')))).toBe('through a proxy')
    expect(proxy.received).toHaveLength(3)
  }
})

test('through a proxy no password is sent in clear, also not to localhost', async () => {
  await using server = await startFtpServer({ users: { joe: 'open sesame' } })
  await using proxy = await startSocksServer()
  const call = connect(server.url, { user: 'joe', password: 'open sesame', proxy: proxy.url })
  await expect(call).rejects.toMatchObject({ code: 'NET_TLS_UNAVAILABLE' })
  expect(server.received.join()).not.toContain('sesame')
})

test('a proxy beside a dialer is a contradiction', async () => {
  const call = connect('ftp://127.0.0.1', { dialer: memoryDialer(), proxy: 'http://127.0.0.1:1' })
  await expect(call).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
})

test('an encoding that is none is refused', async () => {
  await expect(
    connect('ftp://127.0.0.1', { encoding: 'cp1252' as unknown as 'latin1' }),
  ).rejects.toMatchObject({ code: 'NET_BAD_OPTION', message: expect.stringContaining('latin1') })
})

test('importing the package loads no TLS; connecting does', async () => {
  const program = `
    const loads = () => process.moduleLoadList.includes('NativeModule tls')
    const ftp = await import('@net/ftp')
    const before = loads()
    await ftp.connect('ftp://127.0.0.1:1', { retry: false }).catch(() => {})
    console.log(before, loads())`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@net/source', '--input-type=module', '--eval', program],
    { cwd: import.meta.dirname },
  )
  expect(stdout.trim()).toBe('false true')
})

test('the stack of an error names the line that waited for the call', async () => {
  const error = (await connect('ftp://127.0.0.1:1').catch((thrown: unknown) => thrown)) as Error
  expect(error.stack?.split('\n')[1]).toContain('connect.test.ts')
})

test.each(['host', 'hostname', 'port'])(
  '%s stands in the URL, and its refusal says so',
  async (name) => {
    const options = { [name]: '127.0.0.1' } as object
    await expect(connect('ftp://127.0.0.1:1', options)).rejects.toThrow(
      `the options have no ${name}; use the URL, as in ftp://host:21`,
    )
  },
)
