import { Duplex, PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { fromSocket } from '@net/socket'
import { expect, test } from 'vitest'

import { ChannelStream } from '../../src/engine/ssh2-stream.ts'
import type { EngineChannel } from '../../src/engine/ssh2-types.ts'

/** A channel that keeps what it is told. */
class FakeChannel extends Duplex {
  readonly outgoing = { id: 0, window: 1, packetSize: 1, state: 'open' }
  readonly incoming = { id: 0, window: 1, packetSize: 1, state: 'open' }
  readonly stderr = new PassThrough()
  readonly sent: string[] = []
  _waitChanDrain = false
  closes = 0
  reads = 0
  hold = false

  constructor() {
    super({ emitClose: false })
  }

  override _read(): void {
    this.reads += 1
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.sent.push(chunk.toString())
    if (!this.hold) done()
  }

  close(): void {
    this.closes += 1
  }
}

function made(): { channel: FakeChannel; stream: ChannelStream } {
  const channel = new FakeChannel()
  return { channel, stream: new ChannelStream(channel as unknown as EngineChannel) }
}

test('bytes go through in both directions, and the end of one is not the end of the other', async () => {
  const { channel, stream } = made()
  channel.push(Buffer.from('in'))
  channel.push(null)
  const chunks: string[] = []
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) chunks.push(String(chunk))
  expect(chunks).toEqual(['in'])
  await new Promise<void>((resolve) => {
    stream.write('out', () => resolve())
  })
  stream.end()
  await new Promise((resolve) => {
    channel.once('finish', resolve)
  })
  expect(channel.sent).toEqual(['out'])
  stream.destroy()
  expect(channel.closes).toBe(1)
})

test('a write that the channel keeps ends with the channel', async () => {
  const { channel, stream } = made()
  stream.on('error', () => {})
  channel.hold = true
  const written = new Promise<unknown>((resolve) => {
    stream.write('x', resolve)
  })
  channel.emit('close')
  expect(await written).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('a write to a closed channel fails', async () => {
  const { channel, stream } = made()
  stream.on('error', () => {})
  channel.outgoing.state = 'closed'
  const written = new Promise<unknown>((resolve) => {
    stream.write('x', resolve)
  })
  expect(await written).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('a lost connection is the error of the stream', async () => {
  const { stream } = made()
  const lost = new Error('lost')
  const failed = new Promise((resolve) => {
    stream.once('error', resolve)
  })
  stream.lost(lost)
  expect(await failed).toBe(lost)
})

test('who reads by hand gets what comes together as one in memory of his own, and holds the channel up', async () => {
  const { channel, stream } = made()
  const memory = Buffer.alloc(10)
  const got: (readonly [string, boolean])[] = []
  let hasRoom = true
  const ended = Promise.withResolvers<void>()
  const inflow = fromSocket(stream).deliver?.({
    arrived(chunk) {
      got.push([Buffer.from(chunk).toString(), chunk.buffer === memory.buffer])
      return hasRoom
    },
    ended: ended.resolve,
    lost: ended.reject,
    memory: () => memory,
  })
  for (const text of ['one', 'two', 'three', 'longer than it']) channel.push(Buffer.from(text))
  expect(got).toEqual([
    ['onetwo', true],
    ['three', true],
    ['longer than it', false],
  ])
  hasRoom = false
  channel.push(Buffer.from('four'))
  await turn()
  expect(got.at(-1)).toEqual(['four', true])
  expect(channel._waitChanDrain).toBe(true)
  const before = channel.reads
  expect(channel.push(Buffer.from('five'))).toBe(false)
  expect(got).toHaveLength(4)
  hasRoom = true
  inflow?.resume()
  expect(got.at(-1)).toEqual(['five', false])
  expect(channel.reads).toBe(before + 1)
  channel.push(Buffer.from('six'))
  channel.push(null)
  await ended.promise
  expect(got.at(-1)).toEqual(['six', true])
})
