import type { NetError } from '@net/core'
import { operation, type Operation } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { stoppable } from '../src/stoppable.ts'
import { failure, withinOneTurn } from './support.ts'

const spec = { protocol: 'test', operation: 'wait', kind: 'session' } as const

test('what is waited for passes through, result or error', async () => {
  const run = (waited: Promise<string>) =>
    operation(spec, {}, (op) => stoppable(op, waited, () => {}))
  expect(await run(Promise.resolve('done'))).toBe('done')
  expect((await failure(run(Promise.reject(new Error('broken'))))).message).toContain('broken')
})

test('[H-CORE-05] an abort cancels what is waited for and settles within a turn', async () => {
  const controller = new AbortController()
  const cancelled: string[] = []
  const call = failure(
    operation(spec, { signal: controller.signal }, (op) =>
      stoppable(op, new Promise(() => {}), () => void cancelled.push('yes')),
    ),
  )
  controller.abort()
  expect((await withinOneTurn(call)).code).toBe('NET_ABORTED')
  expect(cancelled).toEqual(['yes'])
})

test('after the result an abort cancels nothing', async () => {
  const listeners = new Set<(reason: NetError) => void>()
  const op = {
    onAbort(listener: (reason: NetError) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  } as Operation
  await stoppable(op, Promise.resolve(1), () => {})
  await stoppable(op, Promise.reject(new Error('no')), () => {}).catch(() => {})
  expect(listeners.size).toBe(0)
})
