// WebSockets against the server of ws, which others have measured against everything.
import type { AddressInfo } from 'node:net'

import { isNetError } from '@net/core'
import * as http from '@net/http'
import { expect, test } from 'vitest'

/** What we use of the server of ws, which has no declarations. */
interface PeerSocket {
  on(event: 'message', heard: (data: Buffer, isBinary: boolean) => void): void
  on(event: 'pong' | 'ping', heard: () => void): void
  send(data: string | Buffer, options?: { readonly binary?: boolean }): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
  readonly protocol: string
}
interface PeerServer {
  on(event: 'connection', heard: (socket: PeerSocket) => void): void
  once(event: 'listening', heard: () => void): void
  address(): AddressInfo
  close(done: () => void): void
}
type PeerServerClass = new (options: Readonly<Record<string, unknown>>) => PeerServer

async function startPeer(
  serve: (socket: PeerSocket) => void,
  options: Readonly<Record<string, unknown>> = {},
): Promise<AsyncDisposable & { readonly url: string }> {
  const { WebSocketServer } = (await import('ws')) as unknown as {
    readonly WebSocketServer: PeerServerClass
  }
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  server.on('connection', serve)
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(resolve)),
  }
}

test('text, bytes, sub-protocol, pings of both sides and a goodbye with its reason', async () => {
  const pings = Promise.withResolvers<void>()
  const pongs = Promise.withResolvers<void>()
  await using peer = await startPeer((socket) => {
    socket.on('message', (data, isBinary) => {
      if (String(data) === 'close') socket.close(4010, 'as you wish')
      else socket.send(data, { binary: isBinary })
    })
    socket.on('ping', () => pings.resolve())
    socket.on('pong', () => pongs.resolve())
    socket.ping()
  })
  await using client = http.createClient()
  const socket = await client.webSocket(peer.url, { protocols: ['v2', 'v1'] })
  expect(socket.protocol).toBe('v2')
  for (const message of ['', 'grüße', 'x'.repeat(70_000)]) {
    await socket.send(message)
    expect(await socket.receive()).toBe(message)
  }
  await socket.send(Buffer.from([0, 255]))
  expect([...((await socket.receive()) as Uint8Array)]).toEqual([0, 255])
  await socket.ping()
  await Promise.all([pings.promise, pongs.promise])
  await socket.send('close')
  await expect(socket.receive()).rejects.toMatchObject({
    reply: { status: 4010, text: 'as you wish' },
  })
  expect(socket.end).toEqual({ code: 4010, reason: 'as you wish' })
})

test('10,000 messages each way with pings, compression and cuts: none is lost, doubled or changed', async () => {
  const ALL = 10_000
  const body = 'some text that can be compressed '.repeat(10)
  let cuts = 0
  let connections = 0
  await using peer = await startPeer(
    (socket) => {
      connections += 1
      let served = 0
      socket.on('message', (data) => {
        served += 1
        if (served % 500 === 0) socket.ping()
        // A cut at a message that was taken and not answered, now and then.
        if (served === 1200 && cuts < 8) {
          cuts += 1
          socket.terminate()
        } else socket.send(String(data))
      })
    },
    { perMessageDeflate: { threshold: 0 } },
  )
  await using client = http.createClient()
  const seen: number[] = []
  while (seen.length < ALL) {
    const socket = await client.webSocket(peer.url, { compress: true })
    expect(socket.compressed).toBe(true)
    await talk(socket, seen, { all: ALL, body })
    await socket.close()
  }
  expect(seen).toEqual(Array.from({ length: ALL }, (_, at) => at))
  expect(cuts).toBe(8)
  expect(connections).toBe(9)
})

/** Sends what has no answer yet, at most 100 ahead, until all is there or the connection is cut. */
async function talk(
  socket: http.WebSocketConnection,
  seen: number[],
  { all, body }: { readonly all: number; readonly body: string },
): Promise<void> {
  let next = seen.length
  const fill = (): void => {
    for (; next < Math.min(all, seen.length + 100); next++)
      socket.send(`${next} ${body}`).catch(() => {})
  }
  try {
    fill()
    for await (const message of socket) {
      const [number = '', ...rest] = String(message).split(' ')
      expect(rest.join(' ')).toBe(body)
      seen.push(Number(number))
      if (seen.length === all) return
      if (seen.length % 777 === 0) void socket.ping().catch(() => {})
      fill()
    }
  } catch (error) {
    if (!isNetError(error) || !error.code.startsWith('NET_CONN_')) throw error
  }
}
