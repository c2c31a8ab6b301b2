import { sleep } from '@net/async'
import { buffer, merge } from '@net/async/iterators'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

async function* ticks(name: string, period: number, count: number): AsyncGenerator<string> {
  for (let number = 1; number <= count; number++) {
    await sleep(period)
    yield `${name}${number}`
  }
}

async function* kept(trail: string[], count = Infinity): AsyncGenerator<number> {
  try {
    for (let number = 1; number <= count; number++) {
      trail.push(`${number}`)
      yield number
    }
  } finally {
    trail.push('closed')
  }
}

describe('merge', () => {
  test('[ASYNC-38] gives the items of all sources as they come', async () => {
    using _clock = useFakeClock({ autoJump: true })
    const all = await Array.fromAsync(merge([ticks('a', 100, 3), ticks('b', 140, 2), ['now']]))
    expect(all).toEqual(['now', 'a1', 'b1', 'a2', 'b2', 'a3'])
  })

  test('asks a source for its next item only when the last was read', async () => {
    using clock = useFakeClock()
    const trail: string[] = []
    const merged = merge([kept(trail)])
    expect(await merged.next()).toEqual({ done: false, value: 1 })
    await clock.advance(0)
    expect(trail).toEqual(['1', '2'])
    await merged.return?.()
    expect(trail).toEqual(['1', '2', 'closed'])
  })

  test.each(['break', 'throw'])('[H-ASYNC-05] left by %s, it closes every source', async (how) => {
    const trails: string[][] = [[], []]
    const loop = async (): Promise<void> => {
      for await (const _ of merge(trails.map((trail) => kept(trail)))) {
        if (how === 'break') break
        throw new Error('out')
      }
    }
    await loop().catch((error: unknown) => expect((error as Error).message).toBe('out'))
    expect(trails.map((trail) => trail.at(-1))).toEqual(['closed', 'closed'])
  })

  test('a failure closes the others and rejects, after the items that were there', async () => {
    using _clock = useFakeClock({ autoJump: true })
    const trail: string[] = []
    const broken = async function* (): AsyncGenerator<number> {
      await sleep(10)
      yield await Promise.reject(new Error('cut'))
    }
    const seen: number[] = []
    const reading = (async () => {
      for await (const item of merge([kept(trail, 1), broken()])) seen.push(item)
    })()
    await expect(reading).rejects.toThrow('cut')
    expect(seen).toEqual([1])
    expect(trail).toEqual(['1', 'closed'])
  })

  test('does not wait for a source that never answers, and reports its later error', async () => {
    using clock = useFakeClock()
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const stuck = Promise.withResolvers<never>()
    const silent = { [Symbol.asyncIterator]: () => ({ next: async () => stuck.promise }) }
    const merged = merge([silent, ['now']], { timeout: 100 })
    expect((await merged.next()).value).toBe('now')
    const waiting = merged.next().catch((error: unknown) => error)
    await clock.advance(100)
    expect(await waiting).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
    stuck.reject(new Error('late'))
    await clock.advance(0)
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('late'), {
      code: 'NET_DISCARD_FAILED',
    })
  })
})

describe('buffer', () => {
  test('reads ahead, but only so far', async () => {
    using clock = useFakeClock()
    const trail: string[] = []
    await using ahead = buffer(kept(trail), 3)
    await clock.advance(0)
    expect(trail).toEqual([])
    expect((await ahead.next()).value).toBe(1)
    await clock.advance(0)
    expect(trail).toEqual(['1', '2', '3', '4'])
    expect((await ahead.next()).value).toBe(2)
    await clock.advance(0)
    expect(trail).toEqual(['1', '2', '3', '4', '5'])
  })

  test('gives all in order, sync items as well', async () => {
    expect(await Array.fromAsync(buffer('abcd', 2))).toEqual(['a', 'b', 'c', 'd'])
  })

  test('refuses a wrong size', async () => {
    await expect(buffer([1], 0).next()).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})
