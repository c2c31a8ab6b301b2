import { Duplex, PassThrough } from 'node:stream'

import { expect, test } from 'vitest'

import { ChannelStream } from '../../src/engine/ssh2-stream.ts'
import type { EngineChannel } from '../../src/engine/ssh2-types.ts'

/** A channel that keeps what it is told. */
class FakeChannel extends Duplex {
  readonly outgoing = { id: 0, window: 1, packetSize: 1, state: 'open' }
  readonly incoming = { id: 0, window: 1, packetSize: 1, state: 'open' }
  readonly stderr = new PassThrough()
  readonly sent: string[] = []
  closes = 0
  hold = false

  constructor() {
    super({ emitClose: false })
  }

  override _read(): void {}

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
  channel.push('in')
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
