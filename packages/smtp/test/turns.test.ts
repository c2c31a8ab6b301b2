import { operation } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { Turns } from '../src/turns.ts'
import { failureOf } from './scripted-peer.ts'

function call<T>(turns: Turns, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const spec = { protocol: 'test', operation: 'call', kind: 'command' } as const
  return operation(spec, signal === undefined ? {} : { signal }, (op) =>
    turns.take(op, () => {}, run),
  )
}

test('[SMTP-30] runs calls one at a time in the order in which they came, also after failures', async () => {
  const turns = new Turns()
  const log: string[] = []
  const work =
    (name: string, fails = false) =>
    async (): Promise<void> => {
      log.push(`${name} begins`)
      await Promise.resolve()
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
    }
  const results = await Promise.allSettled([
    call(turns, work('a')),
    call(turns, work('b', true)),
    call(turns, work('c')),
  ])
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('who gives up while waiting neither runs nor lets others overtake', async () => {
  const turns = new Turns()
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  const controller = new AbortController()
  const first = call(turns, async () => {
    await gate.promise
    log.push('first')
  })
  const second = call(turns, async () => void log.push('second'), controller.signal)
  const third = call(turns, async () => void log.push('third'))
  controller.abort()
  await expect(second).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(log).toEqual([])
  gate.resolve()
  await Promise.all([first, third])
  expect(log).toEqual(['first', 'third'])
})

test('a call waits for its turn as long as `timeout.pool` says, and then has not begun', async () => {
  using clock = useFakeClock()
  const turns = new Turns()
  const gate = Promise.withResolvers<void>()
  const first = call(turns, () => gate.promise)
  const spec = { protocol: 'test', operation: 'call', kind: 'command' } as const
  let began = false
  let late = false
  const second = operation(spec, { timeout: { pool: 100 } }, (op) =>
    turns.take(
      op,
      () => void (late = true),
      async () => void (began = true),
    ),
  )
  const failed = failureOf(second)
  const third = call(turns, async () => 'third')
  await clock.advance(99)
  expect(began).toBe(false)
  await clock.advance(1)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 100, retry: 'safe' })
  expect(late).toBe(true)
  gate.resolve()
  expect([await first, await third]).toEqual([undefined, 'third'])
  expect(began).toBe(false)
  expect(clock.timers).toBe(0)
})
