import * as http from '@net/http'
import { startHttpServer, type HttpServerOptions } from '@net/http/testing'
import type { Connection } from '@net/socket'
import { createCertificates, startConnectServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { checkWanted } from '../src/switching.ts'

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
