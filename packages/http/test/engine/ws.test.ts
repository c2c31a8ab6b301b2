import { expect, test } from 'vitest'

import { wsFrames } from '../../src/engine/ws.ts'
import type { FrameParts, Frames } from '../../src/web-socket-frames.ts'

interface Side {
  readonly frames: Frames
  readonly heard: unknown[]
  readonly sent: Uint8Array[]
}

function side(role: FrameParts['role'], options: Partial<FrameParts> = {}): Side {
  const heard: unknown[] = []
  const sent: Uint8Array[] = []
  const frames = wsFrames({
    role,
    maxMessageBytes: 1000,
    deflate: undefined,
    events: {
      message: (data) => heard.push(data),
      ping: (data) => heard.push(['ping', Buffer.from(data).toString()]),
      pong: (data) => heard.push(['pong', Buffer.from(data).toString()]),
      closing: (code, reason) => heard.push([code, reason]),
    },
    write: async (chunks) => void sent.push(...chunks),
    ...options,
  })
  return { frames, heard, sent }
}

/** Gives all that one side has sent to the other: the beginning byte by byte, the rest in pieces. */
async function carry(from: Side, to: Side): Promise<void> {
  const bytes = Buffer.concat(from.sent.splice(0))
  for (const byte of bytes.subarray(0, 100)) await to.frames.receive(Uint8Array.of(byte))
  for (let at = 100; at < bytes.length; at += 999)
    await to.frames.receive(bytes.subarray(at, at + 999))
}

test.each([
  undefined,
  { client_no_context_takeover: true as const, server_no_context_takeover: true as const },
])('messages, pings and goodbyes between both sides, with compression %o', async (deflate) => {
  const client = side('client', { deflate, maxMessageBytes: 100_000 })
  const server = side('server', { deflate, maxMessageBytes: 100_000 })
  const long = 'ü'.repeat(10_000)
  const bytes = Buffer.from([1, 2, 3])
  await client.frames.message('hello')
  await client.frames.message(bytes)
  expect([...bytes]).toEqual([1, 2, 3])
  await client.frames.message(long)
  await client.frames.ping(Buffer.from('p'))
  await client.frames.close(1000, 'bye')
  const size = Buffer.concat(client.sent).length
  expect(size < 20_000).toBe(deflate !== undefined)
  await carry(client, server)
  expect(server.heard).toEqual(['hello', bytes, long, ['ping', 'p'], [1000, 'bye']])
  await server.frames.pong(Buffer.from('p'))
  await server.frames.close(undefined, '')
  await carry(server, client)
  expect(client.heard).toEqual([
    ['pong', 'p'],
    [1005, ''],
  ])
})

test.each<[string, number[], number]>([
  ['a message that is too long', [0x82, 126, 0x07, 0xd0], 1009],
  ['text that is no UTF-8', [0x81, 1, 0xff], 1007],
  ['a reserved bit', [0xc1, 0], 1002],
  ['a frame of a masked server', [0x81, 0x80, 0, 0, 0, 0], 1002],
  ['a goodbye with a code that is none', [0x88, 2, 0x03, 0xed], 1002],
])('%s is a fault', async (_, bytes, closeCode) => {
  const client = side('client')
  await expect(client.frames.receive(Buffer.from(bytes))).rejects.toMatchObject({ closeCode })
})

test('what follows a goodbye means nothing', async () => {
  const client = side('client')
  await client.frames.receive(Buffer.from([0x88, 0, 0x81, 1, 65]))
  await client.frames.receive(Buffer.from([0x81, 1, 65]))
  expect(client.heard).toEqual([[1005, '']])
})

test('a write that fails is the failure of its frame', async () => {
  const client = side('client', { write: () => Promise.reject(new Error('gone')) })
  await expect(client.frames.message('x')).rejects.toThrow('gone')
  await expect(client.frames.ping(Buffer.from('x'))).rejects.toThrow('gone')
})
