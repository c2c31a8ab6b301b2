import { readFileSync } from 'node:fs'

import { toFile } from '@net/core'
import { openSink, type OpenSink } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import type { Transport } from '@net/socket'
import { receiveAll, type ReceivingSink } from '@net/socket/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'
import { folder, numbered, roads, tcp, transfer } from './roads.ts'

const sent = numbered(9_000_000)

test.each(roads)('what comes over %s is in the file, byte for byte', async (_, open) => {
  await using road = await open()
  using place = folder()
  const sink = await openSink(toFile(place.at('copy')))
  let counted = 0
  const receiving = transfer((op) =>
    receiveAll(op, road.ours, { ...into(sink), written: (bytes) => (counted += bytes) }),
  )
  await Promise.all([receiving, sendParts(road.theirs)])
  await sink.commit()
  expect([counted, readFileSync(place.at('copy')).equals(sent)]).toEqual([sent.length, true])
})

test.each(roads)('what comes over %s reaches a sink that keeps its chunks', async (_, open) => {
  await using road = await open()
  const chunks: Uint8Array[] = []
  const sink = await openSink((chunk) => void chunks.push(chunk))
  const receiving = transfer((op) => receiveAll(op, road.ours, into(sink)))
  await Promise.all([receiving, sendParts(road.theirs)])
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})

test('a file that is written slowly holds up the peer, and has every byte', async () => {
  await using road = await tcp()
  using place = folder()
  const sink = await openSink(toFile(place.at('copy')))
  const slow: ReceivingSink = {
    ...into(sink),
    async write(chunks) {
      for (let turns = 0; turns < 20; turns++) await turn()
      await sink.writeAll(chunks)
    },
  }
  await Promise.all([transfer((op) => receiveAll(op, road.ours, slow)), sendParts(road.theirs)])
  await sink.commit()
  expect(readFileSync(place.at('copy')).equals(sent)).toBe(true)
})

test('after an abort nothing is written any more', async () => {
  await using road = await tcp()
  const controller = new AbortController()
  let written = 0
  const sink: ReceivingSink = {
    lends: true,
    async write(chunks) {
      written += chunks.length
    },
    written: () => controller.abort('enough'),
  }
  const receiving = failure(
    transfer((op) => receiveAll(op, road.ours, sink), { signal: controller.signal }),
  )
  road.theirs.write([sent]).catch(() => {})
  expect((await receiving).code).toBe('NET_ABORTED')
  const before = written
  for (let turns = 0; turns < 20; turns++) await turn()
  expect(written).toBe(before)
})

test('what came before a loss is written', async () => {
  const [ours, theirs] = memoryPair()
  const written: Uint8Array[] = []
  const sink: ReceivingSink = {
    lends: true,
    async write(chunks) {
      written.push(...chunks)
    },
    written: () => {},
  }
  const receiving = failure(transfer((op) => receiveAll(op, ours, sink)))
  await theirs.write([Buffer.from('half')])
  await turn()
  theirs.abort()
  expect((await receiving).code).toBe('NET_CONN_RESET')
  expect(Buffer.concat(written).toString()).toBe('half')
})

test('a write that fails ends the transport, though the peer has nothing to say', async () => {
  const [ours, theirs] = memoryPair()
  const mine = new RangeError('the disk is full')
  const sink = { lends: false, write: () => Promise.reject(mine), written: () => {} }
  const receiving = failure(transfer((op) => receiveAll(op, ours, sink)))
  await theirs.write([Buffer.from('x')])
  expect((await receiving).cause).toBe(mine)
  expect((await failure(theirs.read())).code).toBe('NET_CONN_RESET')
})

test('`idle` runs while it is the peer that we wait for, and not while the sink writes', async () => {
  const [ours, theirs] = memoryPair()
  using clock = useFakeClock()
  const write = Promise.withResolvers<void>()
  const sink = { lends: false, write: () => write.promise, written: () => {} }
  let error: unknown
  const receiving = transfer((op) => receiveAll(op, ours, sink), { timeout: { idle: 500 } }).catch(
    (reason: unknown) => {
      error = reason
    },
  )
  for (let sends = 0; sends < 8; sends++) theirs.write([Buffer.alloc(60_000)]).catch(() => {})
  await clock.advance(5000)
  expect(error).toBeUndefined()
  write.resolve()
  await clock.advance(5000)
  await receiving
  expect(error).toMatchObject({ code: 'NET_TIMEOUT_IDLE' })
})

function into(sink: OpenSink): ReceivingSink {
  return {
    lends: !sink.keepsChunks,
    write: (chunks) => sink.writeAll(chunks),
    written: () => {},
  }
}

/** In pieces of many sizes. */
async function sendParts(transport: Transport): Promise<void> {
  for (let at = 0, size = 1; at < sent.length; at += size) {
    size = (size * 7 + 3) % 300_000
    await transport.write([sent.subarray(at, at + size)])
  }
  await transport.end()
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
