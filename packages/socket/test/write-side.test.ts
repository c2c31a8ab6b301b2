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

test('shut, it refuses what follows; given up, what waits as well', async () => {
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
