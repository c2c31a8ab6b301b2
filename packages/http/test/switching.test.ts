import * as http from '@net/http'
import { startHttpServer, type HttpServerOptions } from '@net/http/testing'
import type { Connection } from '@net/socket'
import { createCertificates, startConnectServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { checkWanted } from '../src/switching.ts'
import { startRawServer } from './raw-server.ts'

const authority = createCertificates()

async function echoed(connection: Connection, text: string): Promise<string> {
  await connection.write(text)
  return Buffer.from(await connection.readExactly(text.length)).toString()
}

test.each([
  ['over TCP', {}],
  ['over TLS, where HTTP/2 is offered', { tls: authority.issue(), http2: true }],
] satisfies [string, HttpServerOptions][])(
  '[HTTP-53] an upgrade gives the connection, %s',
  async (_name, options) => {
    await using server = await startHttpServer(options)
    await using client = http.createClient({
      baseUrl: server.url,
      tls: { ca: authority.ca },
      http2: true,
    })
    await using switched = await client.upgrade('/upgrade', 'echo', { headers: { 'x-a': '1' } })
    expect([switched.status, switched.headers.get('upgrade')]).toEqual([101, 'echo'])
    expect(await echoed(switched.connection, 'hello')).toBe('hello')
    expect(server.received[0]?.headers).toMatchObject({
      connection: 'upgrade',
      upgrade: 'echo',
      'x-a': '1',
    })
    await client.close()
    expect(await echoed(switched.connection, 'still there')).toBe('still there')
    await expect(client.upgrade('/upgrade', 'echo')).rejects.toMatchObject({ code: 'NET_CLOSED' })
  },
)

test('[HTTP-53] what comes together with the response is the first of the protocol', async () => {
  await using server = await startRawServer((socket) =>
    socket.write(
      'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: Echo\r\n\r\nfirst words',
    ),
  )
  await using client = http.createClient()
  await using switched = await client.upgrade(server.url, 'echo')
  expect(Buffer.from(await switched.connection.readExactly(11)).toString()).toBe('first words')
})

test('[HTTP-53] CONNECT gives a tunnel, also through a proxy before it', async () => {
  const routes = {
    'CONNECT *': { connection: async (connection: Connection) => connection.write('there') },
  }
  await using server = await startHttpServer({ routes })
  await using proxy = await startConnectServer()
  for (const road of [undefined, proxy.url]) {
    await using client = http.createClient({ proxy: road })
    await using tunnel = await client.tunnel(server.url, 'example.com:443')
    expect(await tunnel.connection.readText()).toBe('there')
  }
  expect(server.received.map(({ target }) => target)).toEqual([
    'example.com:443',
    'example.com:443',
  ])
  expect(server.received[0]?.headers.host).toBe('example.com:443')
})

test('a server that refuses says why; one that does neither breaks the rules', async () => {
  await using server = await startHttpServer()
  await using client = http.createClient({ baseUrl: server.url })
  await expect(client.upgrade('/upgrade', 'other')).rejects.toMatchObject({ status: 426 })
  await expect(client.upgrade('/nothing', 'echo')).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    reply: { text: 'there is no /nothing\n' },
  })
  await expect(client.upgrade('/json', 'echo')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  await expect.poll(() => server.connections).toBe(0)
})

test('a server may not choose another protocol', async () => {
  await using server = await startRawServer((socket) =>
    socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  )
  await using client = http.createClient()
  await expect(client.upgrade(server.url, 'echo')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  await expect.poll(() => server.open).toBe(0)
})

test('a server may not switch the protocol where a tunnel was asked for', async () => {
  await using server = await startRawServer((socket) =>
    socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n'),
  )
  await using client = http.createClient()
  await expect(client.tunnel(server.url, 'example.com:443')).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
  })
  await expect.poll(() => server.open).toBe(0)
})

test('who asks is said, and asked again after a refusal', async () => {
  const answers = ['bad-token', 'good-token']
  const connection = async (): Promise<void> => {}
  await using server = await startHttpServer({
    routes: {
      '/guarded': ({ headers }) =>
        headers.authorization === 'Bearer good-token'
          ? { status: 101, headers: { connection: 'upgrade', upgrade: 'echo' }, connection }
          : { status: 401 },
    },
  })
  await using client = http.createClient({ auth: http.bearer(() => answers.shift() ?? '') })
  await using switched = await client.upgrade(`${server.url}/guarded`, 'echo')
  expect(switched.status).toBe(101)
})

test('interim responses are heard, an abort ends the wait', async () => {
  await using server = await startHttpServer({
    routes: {
      '/slow': () => new Promise<never>(() => {}),
      '/hint': { interim: [{ status: 103 }], status: 403 },
    },
  })
  await using client = http.createClient({ baseUrl: server.url })
  const heard: number[] = []
  const onInterim = ({ status }: http.InterimResponse): void => void heard.push(status)
  await expect(client.upgrade('/hint', 'echo', { onInterim })).rejects.toMatchObject({
    status: 403,
  })
  expect(heard).toEqual([103])
  const stop = new AbortController()
  const waiting = client.upgrade('/slow', 'echo', { signal: stop.signal })
  await expect.poll(() => server.received.length).toBe(2)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await expect.poll(() => server.connections).toBe(0)
})

test.each(['upgrade', 'tunnel'] as const)(
  'a client that is closed ends an %s that has no answer',
  async (verb) => {
    const routes = { '*': () => new Promise<never>(() => {}) }
    await using server = await startHttpServer({ routes })
    const client = http.createClient()
    const asked =
      verb === 'upgrade'
        ? client.upgrade(`${server.url}/slow`, 'echo')
        : client.tunnel(server.url, 'example.com:443')
    const outcome = asked.catch((error: unknown) => error)
    await expect.poll(() => server.received.length).toBe(1)
    await client.close({ grace: 0 })
    expect(await outcome).toMatchObject({ code: 'NET_CLOSED' })
    await expect.poll(() => server.connections).toBe(0)
  },
)

test('a switch that ends in time is waited for when the client is closed', async () => {
  await using server = await startHttpServer()
  const client = http.createClient()
  const asked = client.upgrade(`${server.url}/upgrade`, 'echo')
  const closed = client.close()
  await using switched = await asked
  await closed
  expect(await echoed(switched.connection, 'hello')).toBe('hello')
})

test('what cannot be asked for', () => {
  for (const wanted of [
    { protocol: 'a b' },
    { protocol: '' },
    { to: 'host' },
    { to: 'a b:1' },
    { to: 'h:1\r\n' },
  ])
    expect(() => checkWanted(wanted)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  for (const wanted of [{ protocol: 'websocket' }, { protocol: 'HTTP/2.0' }, { to: '[::1]:443' }])
    expect(() => checkWanted(wanted)).not.toThrow()
})

test('an upgrade carries the cookies of the jar, and a refusal sets some', async () => {
  await using server = await startHttpServer({
    routes: { '/refused': { status: 403, headers: { 'set-cookie': 'b=2; Path=/' } } },
  })
  await using client = http.createClient({ baseUrl: server.url, cookies: true })
  client.cookies?.set({ name: 'a', value: '1', domain: '127.0.0.1' })
  await expect(client.upgrade('/refused', 'echo')).rejects.toMatchObject({ status: 403 })
  await using switched = await client.upgrade('/upgrade', 'echo')
  expect(switched.status).toBe(101)
  expect(server.received.map(({ headers }) => headers.cookie)).toEqual(['a=1', 'a=1; b=2'])
})
