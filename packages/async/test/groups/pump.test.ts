import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { AsyncItems } from '../../src/iterators/items.ts'
import { TaskStream } from '../../src/groups/task-stream.ts'
import { pump, unlessCancelled } from '../../src/groups/pump.ts'
import { RunningGroup } from '../../src/groups/running-group.ts'

test('items are handed over to their end, and closed when the group ends before', async () => {
  let closed = 0
  async function* numbers(): AsyncGenerator<number> {
    try {
      yield 1
      yield 2
    } finally {
      closed++
    }
  }
  const stream = new TaskStream<number>((self) => {
    const group = new RunningGroup(undefined)
    const items = new AsyncItems(numbers())
    return { group, run: async () => group.run(async () => pump(items, self, group, true)) }
  }, 0)
  expect(await Array.fromAsync(stream)).toEqual([1, 2])
  expect(closed).toBe(1)
})

describe('unlessCancelled', () => {
  test('ends with the group, and reports later errors', async () => {
    using clock = useFakeClock()
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const group = new RunningGroup(undefined)
    const late = Promise.withResolvers<number>()
    expect(await unlessCancelled(group, Promise.resolve(1))).toBe(1)
    await expect(unlessCancelled(group, Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(warned).not.toHaveBeenCalled()
    const waiting = unlessCancelled(group, late.promise)
    group.cancel('over')
    expect(await waiting).toBeUndefined()
    late.reject(new Error('late'))
    await clock.advance(0)
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('late'), {
      code: 'NET_DISCARD_FAILED',
    })
  })
})
