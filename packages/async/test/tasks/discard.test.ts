import { useFakeClock } from '@net/core/testing'
import { expect, test, vi } from 'vitest'

import { discard } from '../../src/tasks/discard.ts'

test('disposes what can be disposed, the async way first', async () => {
  const disposed: string[] = []
  await discard({ [Symbol.dispose]: () => disposed.push('sync') })
  await discard({
    [Symbol.dispose]: () => disposed.push('wrong'),
    [Symbol.asyncDispose]: async () => disposed.push('async'),
  })
  await discard(undefined)
  await discard('text')
  await discard({})
  expect(disposed).toEqual(['sync', 'async'])
})

test('a disposal that fails is a warning', async () => {
  using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  await discard({
    [Symbol.asyncDispose]: async () => {
      throw new Error('stuck')
    },
  })
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('stuck'), {
    code: 'NET_DISCARD_FAILED',
  })
})

test('a disposal that never ends is waited for 2 s, and is a warning', async () => {
  using clock = useFakeClock()
  using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
  const disposed = discard({ [Symbol.asyncDispose]: () => new Promise<void>(() => {}) })
  await clock.advance(2000)
  await disposed
  expect(warned).toHaveBeenCalledWith(expect.stringContaining('not disposed within 2000 ms'), {
    code: 'NET_DISCARD_FAILED',
  })
})
