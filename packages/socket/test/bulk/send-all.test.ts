import { appendFileSync, writeFileSync } from 'node:fs'

import { fromFile, type Source } from '@net/core'
import { openSource } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import type { Transport } from '@net/socket'
import { sendAll } from '@net/socket/authoring'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from '../support.ts'
import { folder, numbered, roads, transfer } from './roads.ts'

const bytes = numbered(9_000_001)

test.each(roads)('a file goes over %s byte for byte', async (_, open) => {
  await using road = await open()
  using place = folder()
  writeFileSync(place.at('source'), bytes)
  const [sent, received] = await Promise.all([
    send(road.ours, fromFile(place.at('source'))),
    everything(road.theirs),
  ])
  expect([sent, received.equals(bytes)]).toEqual([bytes.length, true])
})

test('a part of a file, and an empty one', async () => {
  using place = folder()
  writeFileSync(place.at('source'), bytes)
  for (const [start, end] of [
    [1_000_000, 3_000_001],
    [5, 5],
  ]) {
    const [ours, theirs] = memoryPair()
    const [sent, received] = await Promise.all([
      send(ours, fromFile(place.at('source'), { start, end })),
      everything(theirs),
    ])
    expect(received.equals(bytes.subarray(start, end))).toBe(true)
    expect(sent).toBe(received.length)
  }
})

test('a generator may use one buffer for all its chunks', async () => {
  const [ours, theirs] = memoryPair({ capacity: 1000 })
  const source = async function* (): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.alloc(100_000)
    for (let number = 1; number <= 20; number++) yield buffer.fill(number)
  }
  const sending = transfer(async (op) => {
    await using opened = await openSource(source)
    return await sendAll(op, ours, opened, (run) => run())
  })
  const [, received] = await Promise.all([sending, everything(theirs)])
  const wrong = Array.from({ length: 20 }, (_, number) => number).filter((number) =>
    received.subarray(number * 100_000, (number + 1) * 100_000).some((byte) => byte !== number + 1),
  )
  expect([received.length, wrong]).toEqual([2_000_000, []])
})

test('a file that grows while it is sent is an error before its end', async () => {
  using place = folder()
  writeFileSync(place.at('log'), bytes)
  const [ours, theirs] = memoryPair()
  const sending = failure(send(ours, fromFile(place.at('log'))))
  await theirs.read()
  appendFileSync(place.at('log'), 'more')
  everything(theirs).catch(() => {})
  expect(await sending).toMatchObject({ code: 'NET_LOCAL_IO', phase: 'send' })
})

test.each([
  [{ idle: 500 }, 'NET_TIMEOUT_IDLE'],
  [{ write: 500 }, 'NET_TIMEOUT_WRITE'],
])(
  'a peer that takes nothing is given up after %o, one that is slow is not',
  async (timeout, code) => {
    using place = folder()
    writeFileSync(place.at('source'), bytes)
    const [ours, theirs] = memoryPair({ capacity: 1000 })
    using clock = useFakeClock()
    const sending = failure(
      transfer(
        async (op) => {
          await using opened = await openSource(fromFile(place.at('source')))
          return await sendAll(op, ours, opened)
        },
        { timeout },
      ),
    )
    // Each read makes room for a piece of 64 KiB; one that found room at once was followed by a larger one.
    for (let reads = 0; reads < 10; reads++) {
      expect((await theirs.read())?.length).toBeLessThanOrEqual(131_072)
      await clock.advance(400)
    }
    await clock.advance(600)
    expect(await sending).toMatchObject({ code, phase: 'send', limit: 500 })
  },
)

test('an abort is told at once, and the file is closed', async () => {
  using place = folder()
  writeFileSync(place.at('source'), bytes)
  const [ours, theirs] = memoryPair()
  const controller = new AbortController()
  const sending = failure(send(ours, fromFile(place.at('source')), controller.signal))
  await theirs.read()
  controller.abort()
  expect((await sending).code).toBe('NET_ABORTED')
})

function send(transport: Transport, source: Source, signal?: AbortSignal): Promise<number> {
  return transfer(
    async (op) => {
      await using opened = await openSource(source)
      return await sendAll(op, transport, opened)
    },
    { signal },
  )
}

async function everything(transport: Transport): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for (let chunk = await transport.read(); chunk !== null; chunk = await transport.read()) {
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
