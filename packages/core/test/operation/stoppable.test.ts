import { setImmediate as turn } from 'node:timers/promises'

import type { NetError } from '@net/core'
import { operation, stoppable, type Operation } from '@net/core/authoring'
import { expect, test, vi } from 'vitest'

const spec = { protocol: 'test', operation: 'wait', kind: 'session' } as const

test('what is waited for passes through, result or error', async () => {
  const run = (waited: Promise<string>): Promise<string> =>
    operation(spec, {}, (op) => stoppable(op, waited))
  expect(await run(Promise.resolve('done'))).toBe('done')
  await expect(run(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
})

test('[H-CORE-05] an abort cancels what is waited for and settles within a turn', async () => {
  const controller = new AbortController()
  const cancel = vi.fn()
  const settled = vi.fn()
  const call = operation(spec, { signal: controller.signal }, (op) =>
    stoppable(op, new Promise(() => {}), cancel),
  )
  call.then(settled, settled)
  controller.abort()
  await turn()
  expect(settled).toHaveBeenCalledOnce()
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(cancel).toHaveBeenCalledOnce()
})

test('after the result an abort cancels nothing', async () => {
  const listeners = new Set<(reason: NetError) => void>()
  const op = {
    onAbort(listener: (reason: NetError) => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  } as Operation
  await stoppable(op, Promise.resolve(1))
  await expect(stoppable(op, Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(listeners.size).toBe(0)
})

test('a function begins what is waited for, unless the operation was stopped before', async () => {
  const controller = new AbortController()
  const begin = vi.fn(async () => 'done')
  const call = operation(spec, { signal: controller.signal }, async (op) => {
    expect(await stoppable(op, begin)).toBe('done')
    await expect(stoppable(op, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    const broken = (): never => {
      throw new Error('broken')
    }
    await expect(stoppable(op, broken)).rejects.toThrow('broken')
    controller.abort()
    return stoppable(op, begin)
  })
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(begin).toHaveBeenCalledOnce()
})
