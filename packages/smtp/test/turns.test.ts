import { operation } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { Turns } from '../src/turns.ts'

function call<T>(turns: Turns, run: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const spec = { protocol: 'test', operation: 'call', kind: 'command' } as const
  return operation(spec, signal === undefined ? {} : { signal }, (op) => turns.take(op, run))
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
