import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'

import { startSshServer } from '@net/ssh/testing'
import { expect, test } from 'vitest'

import {
  hearData,
  hearNoData,
  widenWindow,
  widenWindows,
  type ChannelEar,
} from '../../src/engine/ssh2-data.ts'
import type { EngineChannel, EngineClient } from '../../src/engine/ssh2-types.ts'
import { logInTo } from '../embedded.ts'

const MIB = 1024 * 1024

function ear(hasRoom = true): ChannelEar & { readonly heard: string[] } {
  const heard: string[] = []
  return {
    copies: true,
    heard,
    arrived(data) {
      heard.push(data.toString())
      return hasRoom
    },
    flush: () => heard.push('flushed'),
  }
}

function channelFor(taker: ChannelEar): PassThrough {
  const channel = new PassThrough()
  channel.push(Buffer.from('before'))
  hearData(channel as unknown as EngineChannel, taker)
  return channel
}

test('what came before is heard first, and the end follows what was gathered', async () => {
  const taker = ear()
  const channel = channelFor(taker)
  channel.on('end', () => taker.heard.push('end'))
  expect(channel.push(Buffer.from('one'))).toBe(true)
  channel.push(null)
  await turn()
  expect(taker.heard).toEqual(['before', 'one', 'flushed', 'end'])
})

test('what is heard no more is dropped', async () => {
  const taker = ear(false)
  const channel = channelFor(taker)
  expect(channel.push(Buffer.from('one'))).toBe(false)
  hearNoData(channel as unknown as EngineChannel)
  channel.push(Buffer.from('two'))
  await turn()
  expect(taker.heard).toEqual(['before', 'one'])
  expect(channel.readableLength).toBe(0)
})

test('a window grows only while nobody waits for the reader', () => {
  const told: number[] = []
  const incoming = { window: MIB, state: 'open' }
  const channel = {
    incoming,
    outgoing: { id: 3, state: 'open' },
    readableLength: 0,
    stderr: { readableLength: 0 },
    _waitChanDrain: true,
  }
  const handlers: Record<string, (...all: unknown[]) => void> = {
    CHANNEL_DATA: (_, __, data) => void (incoming.window -= (data as Buffer).length),
    CHANNEL_EXTENDED_DATA: () => {},
  }
  const client = {
    _chanMgr: { _channels: { 7: channel } },
    _protocol: {
      _handlers: handlers,
      channelWindowAdjust: (_: number, more: number) => told.push(more),
    },
  } as unknown as EngineClient
  widenWindows(client, () => true)
  const data = Buffer.alloc(32 * 1024)
  handlers['CHANNEL_DATA']?.(undefined, 7, data)
  expect(told).toEqual([])
  channel._waitChanDrain = false
  handlers['CHANNEL_DATA']?.(undefined, 7, data)
  expect(incoming.window).toBe(16 * MIB)
  widenWindow(client, channel as unknown as EngineChannel, 32 * MIB)
  expect(incoming.window).toBe(32 * MIB)
  expect(told.reduce((sum, more) => sum + more, 0)).toBe(31 * MIB + 2 * data.length)
})

test('a megabyte in pieces of all sizes comes whole through both halves, there and back', async () => {
  const bytes = randomBytes(MIB)
  await using server = await startSshServer({
    exec: async (_, { stdin, stdout }) => {
      for await (const chunk of stdin) await stdout.write(chunk)
    },
  })
  await using host = await logInTo(server)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 50_021) {
      yield bytes.subarray(at, at + size)
    }
  }
  const { stdout } = await host.exec('cat', { input: pieces(), output: 'bytes' })
  expect(bytes.equals(stdout)).toBe(true)
})

test('what is long and collected is whole, though the memory of its packets is used again', async () => {
  const bytes = randomBytes(12 * MIB)
  await using server = await startSshServer({ exec: (_, { stdout }) => stdout.write(bytes) })
  await using host = await logInTo(server)
  const { stdout } = await host.exec('dump', { output: 'bytes' })
  expect(bytes.equals(stdout)).toBe(true)
  const chunks: Uint8Array[] = []
  await host.exec('dump', { stdout: (chunk) => void chunks.push(chunk) })
  expect(bytes.equals(Buffer.concat(chunks))).toBe(true)
})
