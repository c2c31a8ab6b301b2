import { failAfter, sleep, taskGroup } from '@net/async'
import { closing } from '@net/async/iterators'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

/** An iterator as libraries have them: it can be closed, but knows nothing of `await using`. */
function bare(trail: string[], items: readonly number[] = [1, 2, 3]): AsyncIterable<number> {
  const left = [...items]
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const value = left.shift()
        return value === undefined ? { done: true, value: undefined } : { done: false, value }
      },
      return: async () => {
        await Promise.resolve()
        trail.push('closed')
        return { done: true, value: undefined }
      },
    }),
  }
}

describe('closing', () => {
  test('[ASYNC-46] closes an iterator at the end of its block, read or not', async () => {
    const trail: string[] = []
    {
      await using items = closing(bare(trail))
      expect((await items.next()).value).toBe(1)
      trail.push('end of the block')
    }
    expect(trail).toEqual(['end of the block', 'closed'])
    {
      await using _unread = closing(bare(trail))
    }
    expect(trail).toEqual(['end of the block', 'closed', 'closed'])
  })

  test('[ASYNC-46] an exit stack closes scopes, groups and iterators in the opposite order, also after an error', async () => {
    using _clock = useFakeClock({ autoJump: true })
    const trail: string[] = []
    const use = async (): Promise<void> => {
      await using stack = new AsyncDisposableStack()
      stack.defer(async () => {
        await failAfter(100, async () => sleep(50))
        trail.push('deferred')
      })
      const items = stack.use(closing(bare(trail)))
      await taskGroup(async (group) => {
        group.spawn('cleans up', async ({ signal }) => {
          await sleep(Infinity, { signal }).finally(() => trail.push('task'))
        })
        for await (const item of items) if (item === 2) throw new Error('in the block')
      })
    }
    await expect(use()).rejects.toThrow('in the block')
    expect(trail).toEqual(['closed', 'task', 'deferred'])
  })

  test('closes once, and not a source that has ended by itself', async () => {
    const trail: string[] = []
    {
      await using items = closing(bare(trail))
      for await (const _ of items) break
      expect(await items.next()).toEqual({ done: true, value: undefined })
    }
    expect(trail).toEqual(['closed'])
    {
      await using items = closing(bare(trail, [1]))
      expect(await Array.fromAsync(items)).toEqual([1])
    }
    expect(trail).toEqual(['closed'])
  })

  test('closes sync iterators, too', async () => {
    let closed = false
    function* numbers(): Generator<number> {
      try {
        for (let number = 0; ; number++) yield number
      } finally {
        closed = true
      }
    }
    {
      await using items = closing(numbers())
      expect((await items.next()).value).toBe(0)
    }
    expect(closed).toBe(true)
  })

  test('what closing throws rejects where the loop is left, and is a warning at the end of the block', async () => {
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const broken = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: 1 }),
        return: async () => Promise.reject(new Error('stuck')),
      }),
    }
    const loop = async (): Promise<void> => {
      for await (const _ of closing(broken)) break
    }
    await expect(loop()).rejects.toThrow('stuck')
    {
      await using _items = closing(broken)
    }
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('stuck'), {
      code: 'NET_DISCARD_FAILED',
    })
  })

  test('an iterator that has failed is not closed again', async () => {
    const trail: string[] = []
    const failing = {
      [Symbol.asyncIterator]: () => ({
        next: async () => Promise.reject(new Error('cut')),
        return: async () => {
          trail.push('closed')
          return { done: true as const, value: undefined }
        },
      }),
    }
    await using items = closing(failing)
    await expect(items.next()).rejects.toThrow('cut')
    await items.return?.()
    expect(trail).toEqual([])
  })
})
