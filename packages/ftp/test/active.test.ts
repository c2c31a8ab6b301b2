import { connect as connectSocket } from 'node:net'

import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer, type FtpFault, type FtpServerOptions } from '@net/ftp/testing'
import { operation } from '@net/core/authoring'
import { tcpDialer, type Dialer, type TransportListener } from '@net/socket'
import { createCertificates, memoryPair } from '@net/socket/testing'

import { AwaitedData } from '../src/active.ts'
import type { Dialog } from '../src/dialog.ts'
import { openSession, users } from './open-session.ts'

const files = { '/in/a.txt': 'hello', '/b': 'b' }
const active = { mode: 'active' } as const

const listOf = async (
  options: FtpServerOptions,
  url = (u: string): string => u,
): Promise<string[]> => {
  await using server = await startFtpServer({ files, ...options })
  await using client = await connect(url(server.url), { data: active, retry: false })
  const names: string[] = []
  for await (const { name } of client.list()) names.push(name)
  await client.writeFile('c', 'sent')
  expect(server.files.text('/c')).toBe('sent')
  expect(Buffer.from(await client.readFile('in/a.txt')).toString()).toBe('hello')
  return [...names, ...server.received.filter((line) => /^(EPRT|PORT|EPSV|PASV)/.test(line))]
}

test('[FTP-18] in active mode the server connects to us', async () => {
  const [first, second, ...commands] = await listOf({})
  expect([first, second]).toEqual(['b', 'in'])
  expect(commands).toHaveLength(3)
  for (const command of commands) expect(command).toMatch(/^EPRT \|1\|127\.0\.0\.1\|\d+\|$/)
})

test('[FTP-18] a server without EPRT hears PORT, and EPRT only once', async () => {
  const [, , ...commands] = await listOf({ without: ['EPRT'] })
  expect(commands.map((line) => line.slice(0, 4))).toEqual(['EPRT', 'PORT', 'PORT', 'PORT'])
})

test('[FTP-09] over IPv6 data connections are made by EPSV, and by EPRT', async () => {
  const [, , ...commands] = await listOf({ host: '::1' })
  for (const command of commands) expect(command).toMatch(/^EPRT \|2\|::1\|\d+\|$/)
  await using server = await startFtpServer({ files, host: '::1' })
  await using client = await connect(server.url)
  expect(Buffer.from(await client.readFile('b')).toString()).toBe('b')
  expect(server.received).toContain('EPSV')
})

test('active mode speaks TLS in the session of the control connection', async () => {
  const authority = createCertificates()
  await using server = await startFtpServer({
    files,
    users,
    tls: authority.issue(),
    requireSessionReuse: true,
  })
  const login = { user: 'joe', password: 'open sesame', tls: { ca: authority.ca } }
  await using client = await connect(server.url, { ...login, data: active })
  expect(Buffer.from(await client.readFile('b')).toString()).toBe('b')
  expect(server.resumed).toBe(1)
})

test('the server is told the address and a port that the options name', async () => {
  await using server = await startFtpServer({ files })
  // Above those that the system gives to others.
  const ports = [61_000, 65_535] as const
  await using client = await connect(server.url, {
    data: { ...active, ports, address: '10.1.2.3' },
  })
  const refused = client.readFile('b', { retry: false })
  await expect(refused).rejects.toMatchObject({
    message: expect.stringContaining('data: { address }'),
    reply: { status: 500 },
  })
  const [, high, low] = /^PORT 10,1,2,3,(\d+),(\d+)$/u.exec(server.received.at(-1) ?? '') ?? []
  expect(Number(high) * 256 + Number(low)).toBeGreaterThanOrEqual(ports[0])
  expect(await client.size('b')).toBe(1)
})

test('a server that cannot connect says so, and the session goes on', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { data: active, retry: false })
  server.fail({ on: 'RETR', do: { reply: '425 Cannot open the data connection.' } })
  await expect(client.readFile('b', { retry: false })).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    reply: { status: 425 },
  })
  expect(Buffer.from(await client.readFile('b')).toString()).toBe('b')
})

test('nobody is waited for any more once a call has ended, however it ended', async () => {
  await using server = await startFtpServer({ files })
  await using client = await connect(server.url, { data: active, retry: false })
  const stop = new AbortController()
  const ways: readonly (readonly [FtpFault | undefined, AbortSignal | undefined])[] = [
    [undefined, undefined],
    [{ on: 'EPRT', do: { reply: '500 I will not.' } }, undefined],
    [{ on: 'RETR', do: { reply: '425 I cannot.' } }, undefined],
    [{ on: 'RETR', do: { reply: '150 Now.\r\n425 I cannot.' } }, undefined],
    [{ on: 'RETR', do: { reply: '150 Now.' } }, stop.signal],
  ]
  for (const [fault, signal] of ways) {
    const before = server.received.length
    if (fault !== undefined) server.fail(fault)
    const reading = client.readFile('b', { signal }).catch((error: unknown) => error)
    if (signal !== undefined) {
      await expect.poll(() => server.received.slice(before)).toContain('RETR b')
      stop.abort()
    }
    await reading
    const told = server.received.slice(before).findLast((line) => /^(?:EPRT|PORT)/.test(line)) ?? ''
    const [, high = '', low = ''] = /(\d+)\D(\d+)\D?$/.exec(told) ?? []
    const port = told.startsWith('PORT') ? Number(high) * 256 + Number(low) : Number(low)
    expect(port).toBeGreaterThan(1023)
    await expect.poll(() => isOpen(port)).toBe(false)
  }
})

/** Whether somebody listens there. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => resolve(true))
    socket.once('connect', () => socket.destroy())
  })
}

test('a road that cannot listen has no active mode', async () => {
  await using server = await startFtpServer({ files })
  const road = tcpDialer()
  const dialer: Dialer = { name: 'one way', dial: (...given) => road.dial(...given) }
  await using client = await connect(server.url, { dialer, data: active })
  await expect(client.readFile('b')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(server.received.at(-1)).toBe('SIZE b')
})

test('only the host of the control connection is let in', async () => {
  await using server = await startFtpServer({ users, files, host: '127.0.0.2' })
  await using session = await openSession(server, {}, active)
  await session.use(async (dialog, { data }) => {
    const awaited = await data.open(dialog)
    const { port } = awaited as unknown as { port: number }
    const stranger = connectSocket({ host: '127.0.0.1', port, localAddress: '127.0.0.1' })
    stranger.on('error', () => {})
    const gone = new Promise((resolve) => stranger.once('close', resolve))
    const exchange = dialog.begin('RETR b')
    await exchange.first
    const connection = await (
      awaited as { accept(d: typeof dialog): Promise<{ read(): Promise<Uint8Array | null> }> }
    ).accept(dialog)
    expect(Buffer.from((await connection.read()) ?? []).toString()).toBe('b')
    await gone
    await exchange.final
  })
})

test('a connection that comes in the turn in which the call is stopped is ended', async () => {
  const [near, far] = memoryPair()
  const stop = new AbortController()
  const listener: TransportListener = {
    address: { scheme: 'tcp', host: '127.0.0.1', port: 50_000 },
    accept: async () => {
      stop.abort()
      return near
    },
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }
  const dialer = { ...tcpDialer(), listen: async () => listener }
  const road = { dialer, address: undefined, ports: undefined }
  const awaited = await AwaitedData.listen(road, listener.address, undefined)
  const spec = { protocol: 'ftp', operation: 'test', kind: 'transfer' } as const
  const accepting = operation(spec, { signal: stop.signal }, (op) =>
    awaited.accept({ op } as Dialog),
  )
  await expect(accepting).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect(far.read()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})
