import { expect, test } from 'vitest'

import type { LogRecord } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { tcpDialer, type Dialer } from '@net/socket'
import { startConnectServer, startSocksServer } from '@net/socket/testing'
import { startSshServer } from '@net/ssh/testing'

import { clock as time } from '@net/core/authoring'
import { SessionClient } from '../src/client.ts'
import { failureOf, logInTo } from './embedded.ts'

test('a closed client refuses further calls, and closes once', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  const host = await logInTo(server)
  expect(host).toBeInstanceOf(SessionClient)
  await Promise.all([host.close(), host.close()])
  expect(await host.closed).toBeUndefined()
  expect(await failureOf(host.exec('ls'))).toMatchObject({ code: 'NET_CLOSED', name: 'StateError' })
  const endpoint = { scheme: 'tcp', host: '127.0.0.1', port: 1 }
  expect(await failureOf(host.dialer.dial(endpoint))).toMatchObject({ code: 'NET_CLOSED' })
  await server.idle()
})

test('closing waits for the calls that run', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  const host = await logInTo(server)
  const running = host.exec('ls')
  await host.close()
  expect((await running).stdout).toBe('a')
})

test('a call that does not end in the grace ends with the client', async () => {
  await using server = await startSshServer({ exec: () => new Promise(() => {}) })
  using clock = useFakeClock()
  const host = await logInTo(server, { keepAlive: false })
  const failure = failureOf(host.exec('sleep'))
  await clock.until(() => server.received.some(({ what }) => what === 'exec'))
  const closing = host.close({ grace: 500 })
  await clock.advance(500)
  await clock.until(() => server.connections === 0)
  await closing
  expect(await failure).toMatchObject({ code: 'NET_CLOSED' })
})

test('[H-SSH-26] a reset at any time is an outcome of the client and never an unhandled error', async () => {
  await using server = await startSshServer()
  for (let round = 0; round < 3; round++) {
    const host = await logInTo(server)
    server.fail({ on: 'open session', do: 'reset' })
    const error = await failureOf(host.exec('ls'))
    expect(error).toMatchObject({ name: 'ConnectionLostError', retry: 'safe' })
    expect(await host.closed).toMatchObject({ name: 'ConnectionLostError' })
    expect(await failureOf(host.exec('ls'))).toMatchObject({ name: 'ConnectionLostError' })
    await host.close()
  }
})

test('[H-SSH-26] a reset of an idle connection is reported by closed', async () => {
  const server = await startSshServer()
  const host = await logInTo(server)
  await server.close()
  expect(await host.closed).toMatchObject({ name: 'ConnectionLostError' })
  await host.close()
})

test('[H-SSH-15] a server that is silent for three questions is lost', async () => {
  await using server = await startSshServer({ exec: () => new Promise(() => {}) })
  using clock = useFakeClock()
  // Soon after the login, not a byte more comes from the server.
  server.fail({ after: 2200, do: 'stall' })
  const host = await logInTo(server, { keepAlive: { interval: 1000, count: 3 } })
  const failure = failureOf(host.exec('sleep'))
  const closed: unknown[] = []
  void host.closed.then((error) => closed.push(error))
  for (let second = 0; second < 500 && closed.length === 0; second++) await clock.advance(1000)
  expect(closed).toMatchObject([{ code: 'NET_TIMEOUT_KEEPALIVE' }])
  expect(await failure).toMatchObject({ code: 'NET_TIMEOUT_KEEPALIVE' })
  await server.idle()
})

test('bytes that make no packet are no sign of life', async () => {
  await using server = await startSshServer()
  using clock = useFakeClock()
  const line = dripping()
  const host = await logInTo(server, {
    dialer: line.dialer,
    keepAlive: { interval: 1000, count: 3 },
  })
  line.slow()
  const closed: unknown[] = []
  void host.closed.then((error) => closed.push(error))
  for (let second = 0; second < 20 && closed.length === 0; second++) await clock.advance(1000)
  expect(closed).toMatchObject([{ code: 'NET_TIMEOUT_KEEPALIVE' }])
  expect(line.given).toBeGreaterThan(0)
})

test('a server that answers is kept for as long as it does', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  using clock = useFakeClock()
  await using host = await logInTo(server)
  for (let round = 0; round < 20; round++) {
    await clock.advance(15_000)
    // The answer to the question comes over a real socket.
    for (let turn = 0; turn < 20; turn++) await clock.advance(0)
  }
  expect((await host.exec('ls')).stdout).toBe('a')
  await host.close()
})

test('connects through a proxy, which is a hop of its tunnels too', async () => {
  await using server = await startSshServer({ exec: { ls: 'a' } })
  await using socks = await startSocksServer()
  await using http = await startConnectServer()
  for (const proxy of [socks, http]) {
    await using host = await logInTo(server, { proxy: proxy.url })
    expect((await host.exec('ls')).stdout).toBe('a')
    expect(host.info.hops).toMatchObject([{ endpoint: { port: proxy.address.port } }])
    expect(proxy.received).toHaveLength(1)
  }
  const both = logInTo(server, { proxy: socks.url, dialer: tcpDialer() })
  expect(await failureOf(both)).toMatchObject({ code: 'NET_BAD_OPTION' })
})

/** A road that gives, once it is slow, a single byte every 900 ms of what the server sends. */
function dripping(): { dialer: Dialer; slow(): void; readonly given: number } {
  let isSlow = false
  let given = 0
  const held: number[] = []
  return {
    dialer: {
      name: 'dripping',
      async dial(endpoint, options) {
        const road = await tcpDialer().dial(endpoint, options)
        return {
          info: road.info,
          ...(road.closed === undefined ? {} : { closed: road.closed }),
          write: (chunks) => road.write(chunks),
          end: () => road.end(),
          close: () => road.close(),
          abort: (reason) => road.abort(reason),
          async read() {
            const chunk = held.length > 0 ? undefined : await road.read()
            if (!isSlow || chunk === null) return chunk ?? null
            held.push(...(chunk ?? []))
            await new Promise<void>((resolve) => void time().after(900, resolve))
            given += 1
            return Uint8Array.of(held.shift() ?? 0)
          },
        }
      },
    },
    slow: () => {
      isSlow = true
    },
    get given() {
      return given
    },
  }
}

test('[SSH-73] a log has each line of a connection and of what runs on it, told apart, without secrets', async () => {
  await using server = await startSshServer({
    exec: {
      ls: 'a',
      ask: async (_, { stdin }) => void (await stdin[Symbol.asyncIterator]().next()),
    },
  })
  const lines: string[] = []
  const sink = {
    write: ({ level, operation, message, fields }: LogRecord) =>
      void lines.push(`${level} ${operation} ${String(fields['id'])} ${message}`),
  }
  await using host = await logInTo(server, { log: { sink, level: 'trace' } })
  await Promise.all([host.exec('ls'), host.exec('ask', { input: 'a secret word' })])
  await using tunnel = await host.forwardLocal('127.0.0.1:0', '127.0.0.1:1')
  expect(tunnel.connections).toBe(0)
  const all = lines.join('\n')
  for (const step of [
    'SSH-2.0-',
    'userauth password ada',
    'exec ls',
    'exec ask',
    'exit-status 0',
  ]) {
    expect(all).toContain(step)
  }
  // Which call a line belongs to.
  const calls = lines.filter((line) => / exec \d+ /.test(line)).map((line) => line.split(' ')[2])
  expect(new Set(calls).size).toBe(2)
  expect(all).toContain('forwardLocal')
  for (const secret of ['lovelace', 'a secret word']) expect(all).not.toContain(secret)
})
