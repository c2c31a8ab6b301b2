import { expect, test } from 'vitest'

import { useFakeClock } from '@net/core/testing'
import { memoryPair } from '@net/socket/testing'

import { nextChunk, receiveInto, type ChunkSink } from '../src/receive.ts'
import { inOperation } from './open-session.ts'

test('everything arrives in order, and what arrives during a write is written together', async () => {
  const [ours, theirs] = memoryPair()
  using clock = useFakeClock()
  const written: string[] = []
  const first = Promise.withResolvers<void>()
  let size = 0
  const receiving = inOperation((op) =>
    receiveInto(
      op,
      ours,
      into(async (chunks) => {
        const bytes = Buffer.concat(chunks)
        written.push(bytes.toString())
        if (written.length === 1) await first.promise
        size += bytes.length
        return size
      }),
      5,
    ),
  )
  for (const text of ['a', 'b', 'c', 'de']) await theirs.write([Buffer.from(text)])
  await theirs.end()
  await clock.advance(0)
  expect(written).toEqual(['a'])
  first.resolve()
  await receiving
  expect(written).toEqual(['a', 'bcde'])
})

test('reading does not run ahead of the sink without end', async () => {
  const [ours, theirs] = memoryPair({ capacity: 1 })
  using clock = useFakeClock()
  let sent = 0
  const receiving = inOperation((op) =>
    receiveInto(
      op,
      ours,
      into(() => new Promise(() => {})),
      undefined,
    ),
  )
  receiving.catch(() => {})
  const chunk = Buffer.alloc(65_536)
  const sending = async (): Promise<void> => {
    for (; sent < 100; sent++) await theirs.write([chunk])
  }
  sending().catch(() => {})
  await clock.advance(0)
  expect(sent).toBeLessThan(10)
  theirs.abort()
})

test('a write that fails ends the connection, though the server has nothing to say', async () => {
  const [ours, theirs] = memoryPair()
  const mine = new RangeError('the disk is full')
  const receiving = inOperation((op) =>
    receiveInto(
      op,
      ours,
      into(() => Promise.reject(mine)),
      undefined,
    ),
  )
  await theirs.write([Buffer.from('x')])
  await expect(receiving).rejects.toMatchObject({ cause: mine })
  await expect(theirs.read()).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
})

test('waiting for the server is limited by `idle`', async () => {
  const [ours, theirs] = memoryPair()
  using clock = useFakeClock()
  const reading = inOperation((op) => nextChunk(op, ours), { timeout: { idle: 300 } })
  const failed = reading.catch((error: unknown) => error)
  await clock.advance(300)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_IDLE' })
  theirs.abort()
})

function into(write: ChunkSink['write']): ChunkSink {
  return { lends: false, write }
}
