import type { NetError } from '@net/core'
import { limitsFor, netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { DONE } from '../src/handled.ts'
import { WriteSide } from '../src/write-side.ts'
import { bytes, failure, latin1 } from './support.ts'

test('a write that finds room costs no promise and no timer', async () => {
  using clock = useFakeClock()
  const { writes, theirs } = side()
  expect(writes.write([bytes('x')], undefined)).toBe(DONE)
  expect(clock.timers).toBe(0)
  expect(latin1(await theirs.read())).toBe('x')
})

test('[H-SOCK-10] a peer that takes nothing is a time-out of the write, and the connection is lost', async () => {
  using clock = useFakeClock()
  const { writes, lost } = side()
  const first = failure(writes.write([new Uint8Array(100)], undefined))
  const second = failure(writes.flush(undefined).then(() => writes.write([bytes('y')], undefined)))
  await clock.advance(60_000)
  for (const error of [await first, await second]) {
    expect(error).toMatchObject({ code: 'NET_TIMEOUT_WRITE', phase: 'send', limit: 60_000 })
  }
  expect(lost.map(({ code }) => code)).toEqual(['NET_TIMEOUT_WRITE'])
  expect(clock.timers).toBe(0)
})

test('a write that is aborted in the middle loses the connection, before it begins it does not', async () => {
  const { writes, lost, theirs } = side()
  const early = writes.write([bytes('never sent')], { signal: AbortSignal.abort() })
  expect([(await failure(early)).code, lost.length]).toEqual(['NET_ABORTED', 0])
  const controller = new AbortController()
  const write = failure(writes.write([new Uint8Array(100)], { signal: controller.signal }))
  controller.abort()
  expect((await write).code).toBe('NET_ABORTED')
  expect(lost.map(({ code }) => code)).toEqual(['NET_ABORTED'])
  expect((await theirs.read())?.length).toBe(100)
})

test('[SOCK-24] a call may have limits of its own', async () => {
  using clock = useFakeClock()
  const { writes, lost } = side()
  const total = failure(writes.write([new Uint8Array(100)], { timeout: 20 }))
  await clock.advance(20)
  expect([(await total).code, lost.length]).toEqual(['NET_TIMEOUT_TOTAL', 1])
  const own = failure(writes.write([bytes('x')], { timeout: { write: 30 } }))
  await clock.advance(30)
  expect((await own).limit).toBe(30)
})

test('shut, it refuses later writes; aborted, waiting ones as well', async () => {
  const { writes } = side()
  const waiting = failure(writes.write([new Uint8Array(100)], undefined))
  writes.shut(() => netError('NET_CLOSED', { message: 'over' }))
  for (const call of [
    writes.write([], undefined),
    writes.flush(undefined),
    writes.end(undefined),
  ]) {
    expect((await failure(call)).code).toBe('NET_CLOSED')
  }
  writes.giveUp(netError('NET_CONN_RESET', { message: 'gone' }))
  expect((await waiting).code).toBe('NET_CONN_RESET')
})

test('shut, it leaves no timer behind once nothing is under way', async () => {
  using clock = useFakeClock()
  for (const shutFirst of [true, false]) {
    const { writes, theirs } = side()
    const write = writes.write([new Uint8Array(100)], undefined)
    const shut = () => writes.shut(() => netError('NET_CLOSED', { message: 'over' }))
    if (shutFirst) shut()
    await theirs.read()
    await write
    if (!shutFirst) shut()
    expect(clock.timers).toBe(0)
  }
})

test('it goes on over another transport', async () => {
  const { writes, theirs } = side()
  const [ours, others] = memoryPair()
  writes.attach(ours)
  await writes.write([bytes('here')], undefined)
  await writes.end(undefined)
  expect([latin1(await others.read()), await others.read()]).toEqual(['here', null])
  theirs.abort()
})

test('a large write has time for as long as the peer takes it piece by piece, with any limit', async () => {
  using clock = useFakeClock()
  for (const options of [undefined, { timeout: { write: 30_000 } }]) {
    const { writes, theirs, lost } = side()
    let sent = false
    const write = writes.write([new Uint8Array(300_000)], options).then(() => (sent = true))
    // 300 KB in more than two minutes, and never a minute of standstill.
    for (let received = 0; received < 300_000;) {
      expect(sent).toBe(false)
      await clock.advance(29_000)
      received += (await theirs.read())?.length ?? 0
    }
    await write
    expect(lost).toEqual([])
  }
})

test('a piece leaves as one with the frame around it', async () => {
  const { writes, theirs } = side()
  const sizes: number[] = []
  for (const size of [65_536 + 64, 65_536 + 65]) {
    const write = writes.write([new Uint8Array(14), new Uint8Array(size - 14)], undefined)
    for (let read = 0; read < size;) {
      const { length = 0 } = (await theirs.read()) ?? {}
      sizes.push(length)
      read += length
    }
    await write
  }
  expect(sizes).toEqual([14, 65_586, 14, 65_522, 65])
})

test('a large write to a peer that stops in the middle is a time-out of the write', async () => {
  using clock = useFakeClock()
  const { writes, theirs } = side()
  const write = failure(writes.write([new Uint8Array(300_000)], undefined))
  await clock.advance(59_000)
  await theirs.read()
  await clock.advance(59_000)
  await clock.advance(2_000)
  expect(await write).toMatchObject({ code: 'NET_TIMEOUT_WRITE', limit: 60_000 })
})

test('what is called after a large write keeps its place', async () => {
  const { writes, theirs } = side()
  const large = new Uint8Array(200_000).fill(1)
  const calls = [
    writes.write([large], undefined),
    writes.write([bytes('small')], undefined),
    writes.write([large, large], undefined),
    writes.flush(undefined),
    writes.end(undefined),
  ]
  const chunks: Uint8Array[] = []
  for (let chunk = await theirs.read(); chunk !== null; chunk = await theirs.read()) {
    chunks.push(chunk)
  }
  await Promise.all(calls)
  expect(Buffer.concat(chunks).equals(Buffer.concat([large, bytes('small'), large, large]))).toBe(
    true,
  )
  expect(writes.underWay).toBeUndefined()
})

function side() {
  const [ours, theirs] = memoryPair({ capacity: 10 })
  const lost: NetError[] = []
  const writes = new WriteSide(ours, {
    limits: limitsFor('session', undefined),
    context: { protocol: 'memory' },
    lost: (error) => void lost.push(error),
  })
  return { writes, theirs, lost }
}
