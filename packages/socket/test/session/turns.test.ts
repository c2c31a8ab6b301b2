import type { CallOptions } from '@net/core'
import { operation, operationInAttempts, type Operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { Turns } from '@net/socket/authoring'
import { expect, test } from 'vitest'

import { usableInTurn } from '../../src/session/turns.ts'

const spec = { protocol: 'test', operation: 'call', kind: 'command' } as const

function inOperation<T>(run: (op: Operation) => Promise<T>, options?: CallOptions): Promise<T> {
  return operation(spec, options, run)
}

test('calls are served in order', async () => {
  const turns = new Turns()
  const order: number[] = []
  const call = (number: number): Promise<void> =>
    inOperation(async (op) => {
      const leave = await turns.take(op)
      order.push(number)
      await Promise.resolve()
      leave()
    })
  await Promise.all([call(1), call(2), call(3)])
  expect(order).toEqual([1, 2, 3])
  expect(turns.taken).toBe(false)
})

test('[SMTP-30] runs calls one at a time in the order in which they came, also after failures', async () => {
  const turns = new Turns()
  const log: string[] = []
  const work = (name: string, fails = false): Promise<void> =>
    inOperation((op) =>
      turns.run(op, async () => {
        log.push(`${name} begins`)
        await Promise.resolve()
        log.push(`${name} ends`)
        if (fails) throw new Error(name)
      }),
    )
  const results = await Promise.allSettled([work('a'), work('b', true), work('c')])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('a call that is stopped leaves the line', async () => {
  const turns = new Turns()
  const leave = await inOperation((op) => turns.take(op))
  const abort = new AbortController()
  const stopped = inOperation((op) => turns.take(op), { signal: abort.signal })
  const next = inOperation((op) => turns.take(op))
  abort.abort()
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  leave()
  const nextLeave = await next
  nextLeave()
  expect(turns.taken).toBe(false)
})

test('an aborted call neither runs nor lets others overtake', async () => {
  const turns = new Turns()
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  const controller = new AbortController()
  const call = (run: () => Promise<void>, signal?: AbortSignal): Promise<void> =>
    inOperation((op) => turns.run(op, run), { signal })
  const first = call(async () => {
    await gate.promise
    log.push('first')
  })
  const second = call(async () => void log.push('second'), controller.signal)
  const third = call(async () => void log.push('third'))
  controller.abort()
  await expect(second).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(log).toEqual([])
  gate.resolve()
  await Promise.all([first, third])
  expect(log).toEqual(['first', 'third'])
})

test('waiting is limited by `pool`, and a call that has waited so long does not wait once more', async () => {
  using clock = useFakeClock()
  const turns = new Turns()
  const leave = await inOperation((op) => turns.take(op))
  let began = 0
  const repeated = { ...spec, idempotent: true, usable: usableInTurn(() => true) }
  const waiting = operationInAttempts(repeated, { timeout: { pool: 500 } }, (op) =>
    turns.run(op, async () => void began++),
  )
  const rejected = waiting.catch((error: unknown) => error)
  await clock.advance(499)
  expect(clock.timers).toBeGreaterThan(0)
  await clock.advance(1)
  expect(await rejected).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 500, retry: 'safe' })
  expect(clock.timers).toBe(0)
  leave()
  expect(began).toBe(0)
  expect(turns.taken).toBe(false)
})

test('any other failure of an idempotent call is repeated, while the session can be used', async () => {
  let usable = true
  let calls = 0
  const repeated = { ...spec, idempotent: true, usable: usableInTurn(() => usable) }
  const call = (): Promise<unknown> =>
    operationInAttempts(repeated, undefined, async () => {
      calls++
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    }).catch((error: unknown) => error)
  using clock = useFakeClock()
  const failed = call()
  await clock.until(() => clock.timers > 0)
  await clock.advance(10_000)
  await clock.advance(10_000)
  await failed
  expect(calls).toBe(3)
  usable = false
  await call()
  expect(calls).toBe(4)
})
