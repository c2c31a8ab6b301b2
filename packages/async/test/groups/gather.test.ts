import { gather, gatherSettled, sleep } from '@net/async'
import { isAbort } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, expectTypeOf, test } from 'vitest'

describe('gather', () => {
  test('[ASYNC-09] resolves to all results in the order of the jobs', async () => {
    using clock = useFakeClock()
    const order: string[] = []
    const running = gather([
      async ({ signal }) => {
        await sleep(100, { signal })
        order.push('slow')
        return 1
      },
      async () => {
        order.push('fast')
        return 'two'
      },
    ])
    await clock.advance(100)
    const results = await running
    expectTypeOf(results).toEqualTypeOf<[number, string]>()
    expect(results).toEqual([1, 'two'])
    expect(order).toEqual(['fast', 'slow'])
  })

  test('the first failure aborts the others and rejects as itself', async () => {
    const failure = new Error('x')
    const reasons: unknown[] = []
    const running = gather([
      async ({ signal }) => {
        await sleep(Infinity, { signal }).finally(() => reasons.push(signal.reason))
      },
      async () => Promise.reject(failure),
    ])
    await expect(running).rejects.toBe(failure)
    expect(reasons).toEqual([expect.objectContaining({ cause: failure })])
  })

  test('results that no caller gets are disposed', async () => {
    let disposed = 0
    const running = gather([
      async () => ({ [Symbol.asyncDispose]: async () => void disposed++ }),
      async () => Promise.reject(new Error('x')),
    ])
    await expect(running).rejects.toThrow('x')
    expect(disposed).toBe(1)
  })

  test('of no jobs is an empty list, of promises an error', async () => {
    expect(await gather([])).toEqual([])
    await expect(gather([Promise.resolve(1) as never])).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      message: expect.stringContaining('jobs[0]'),
    })
  })

  test('its time limit is one for all', async () => {
    using clock = useFakeClock()
    const running = gather(
      [async ({ signal }) => sleep(50, { signal }), async ({ signal }) => sleep(500, { signal })],
      { timeout: 100 },
    ).catch((error: unknown) => error)
    await clock.advance(100)
    expect(await running).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
  })
})

describe('gatherSettled', () => {
  test('[ASYNC-09] has errors as values, and lets every job end', async () => {
    using clock = useFakeClock()
    const failure = new Error('x')
    const running = gatherSettled([
      async () => Promise.reject(failure),
      async ({ signal }) => sleep(100, { signal }).then(() => 'fine'),
    ])
    await clock.advance(100)
    expect(await running).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: 'fine' },
    ])
  })

  test('an abort rejects, and keeps what failed because of it', async () => {
    const controller = new AbortController()
    const running = gatherSettled(
      [
        async ({ signal }) => sleep(Infinity, { signal }),
        async ({ signal }) => {
          await sleep(Infinity, { signal }).catch(() => {})
          throw new Error('broken')
        },
      ],
      { signal: controller.signal },
    )
    controller.abort()
    const error = await running.catch((failure: unknown) => failure)
    expect(isAbort(error)).toBe(true)
    expect(error).toMatchObject({ errors: [{ message: 'broken' }] })
  })

  test('a time limit that ends it disposes the results that were there', async () => {
    using clock = useFakeClock()
    let open = 1
    const held = { [Symbol.asyncDispose]: async () => void open-- }
    const running = gatherSettled(
      [async () => held, async ({ signal }) => sleep(Infinity, { signal })],
      { timeout: 100 },
    ).catch((error: unknown) => error)
    await clock.advance(100)
    expect(await running).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
    expect(open).toBe(0)
  })

  test('accepts functions, never promises', async () => {
    await expect(gatherSettled([Promise.resolve(1) as never])).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  })
})

test('the error of a job that nobody waits for names the line that waits for all of them', async () => {
  const theCaller = async (): Promise<void> => void (await gather([fails, async () => 1]))
  // Made in a timer of the program's libraries: its own stack has no line of the program.
  const fails = async (): Promise<never> => {
    const error = netError('NET_CLOSED', { message: 'x' })
    error.stack = `${error.name}: x\n    at node:internal/timers:1:1`
    return Promise.reject(error)
  }
  const error = (await theCaller().catch((thrown: unknown) => thrown)) as Error
  expect(error.stack?.split('\n')[1]).toContain('gather.test.ts')
})
