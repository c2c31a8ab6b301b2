import { setTimeout as pause } from 'node:timers/promises'

import { retry, retryBudget, sleep, type FailedTry } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort, RetryError, type NetError } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

const steady = { jitter: 'none' } as const

function failing(times: number, error: () => unknown): () => Promise<string> {
  let left = times
  return async () => (left-- > 0 ? Promise.reject(error()) : 'done')
}

describe('retry', () => {
  test('an attempt that ran into its own time limit is repeated', async () => {
    let attempts = 0
    const running = retry(
      () => {
        attempts++
        return pause(60_000, 0, { signal: AbortSignal.timeout(1) })
      },
      { delay: 1 },
    )
    await expect(running).rejects.toMatchObject({ code: 'NET_RETRIES_EXHAUSTED' })
    expect(attempts).toBe(3)
  })

  test('a job that is repeated for ever keeps its latest failures', async () => {
    let runs = 0
    const job = (): Promise<never> => Promise.reject(new Error(`failure ${++runs}`))
    const failed = retry(job, { attempts: 300, delay: 0 })
    const error = (await failed.catch((thrown: unknown) => thrown)) as NetError
    expect(error.message).toContain('all 300 attempts failed')
    expect([error.attempts?.length, error.attempts?.at(-1)?.message]).toEqual([100, 'failure 299'])
  })

  test('repeats a job until it succeeds, with growing waits', async () => {
    using clock = useFakeClock()
    const begun: number[] = []
    const numbers: number[] = []
    const job = failing(2, () => new Error('x'))
    const running = retry(async ({ attempt }) => {
      begun.push(clock.now())
      numbers.push(attempt)
      return job()
    }, steady)
    await clock.advance(300)
    expect(await running).toBe('done')
    expect(begun).toEqual([0, 100, 300])
    expect(numbers).toEqual([1, 2, 3])
  })

  test('an error of ours is thrown as itself, with the earlier ones as attempts', async () => {
    using clock = useFakeClock()
    let number = 0
    const running = retry(
      failing(9, () => netError('NET_CONNECT_REFUSED', { message: `refused ${++number}` })),
    ).catch((error: unknown) => error)
    await clock.advance(1000)
    expect(await running).toMatchObject({
      code: 'NET_CONNECT_REFUSED',
      message: 'refused 3',
      attempts: [{ message: 'refused 1' }, { message: 'refused 2' }],
    })
  })

  test('a foreign error is the cause of a RetryError', async () => {
    using clock = useFakeClock()
    const failures = [new Error('a'), new Error('b'), new Error('c')]
    const job = failing(3, () => failures.shift())
    const [a, b, c] = failures
    const running = retry(job).catch((error: unknown) => error)
    await clock.advance(1000)
    const error = await running
    expect(error).toBeInstanceOf(RetryError)
    expect(error).toMatchObject({ code: 'NET_RETRIES_EXHAUSTED', cause: c, attempts: [a, b] })
  })

  test('of a single attempt the error is untouched', async () => {
    const failure = new Error('x')
    const job = failing(9, () => failure)
    await expect(retry(job, { attempts: 1 })).rejects.toBe(failure)
    await expect(retry(job, { when: () => false })).rejects.toBe(failure)
    const denied = netError('NET_ACCESS_DENIED', { message: 'denied' })
    await expect(retry(failing(9, () => denied))).rejects.toBe(denied)
    expect(denied.attempts).toBeUndefined()
  })

  test('the same error thrown twice does not hold itself', async () => {
    using clock = useFakeClock()
    const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })
    const running = retry(failing(9, () => refused)).catch((error: unknown) => error)
    await clock.advance(1000)
    expect(await running).toBe(refused)
    expect(refused.attempts).toEqual([])
  })

  test('work that is not idempotent is repeated only where that is surely harmless', async () => {
    using clock = useFakeClock()
    const lost = netError('NET_CONN_RESET', { message: 'lost' })
    const options = { idempotent: false }
    await expect(
      retry(
        failing(1, () => lost),
        options,
      ),
    ).rejects.toBe(lost)
    await expect(
      retry(
        failing(1, () => new Error('x')),
        options,
      ),
    ).rejects.toThrow('x')
    const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })
    const running = retry(
      failing(1, () => refused),
      options,
    )
    await clock.advance(100)
    expect(await running).toBe('done')
  })

  test('reports each repeat, also if a listener throws', async () => {
    using clock = useFakeClock()
    const told: FailedTry[] = []
    const failure = new Error('x')
    const running = retry(
      failing(2, () => failure),
      {
        ...steady,
        onRetry: (failed) => {
          told.push(failed)
        },
      },
    )
    await clock.advance(300)
    await running
    expect(told).toEqual([
      { error: failure, attempt: 1, delay: 100 },
      { error: failure, attempt: 2, delay: 200 },
    ])
  })

  test('an abort ends the wait, with the failures so far', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const { signal } = controller
    await checkNoLeaks(
      async () => {
        const running = retry(
          failing(9, () => new Error('x')),
          { ...steady, signal },
        ).catch((error: unknown) => error)
        await clock.advance(50)
        controller.abort('bored')
        const error = await running
        expect(isAbort(error)).toBe(true)
        expect(error).toMatchObject({ cause: 'bored', attempts: [{ message: 'x' }] })
      },
      { listeners: [signal] },
    )
  })

  test('an abort during an attempt ends it, and no other follows', async () => {
    const controller = new AbortController()
    let begun = 0
    const running = retry(
      async ({ signal }) => {
        begun++
        await sleep(Infinity, { signal })
      },
      { signal: controller.signal },
    )
    controller.abort()
    await expect(running).rejects.toSatisfy(isAbort)
    expect(begun).toBe(1)
  })

  test('an abort that comes from the job itself is not repeated', async () => {
    let begun = 0
    const running = retry(async () => {
      begun++
      throw new DOMException('stop', 'AbortError')
    })
    await expect(running).rejects.toSatisfy(isAbort)
    expect(begun).toBe(1)
  })

  test('its time limit is one for all attempts and waits', async () => {
    using clock = useFakeClock()
    const running = retry(
      async ({ signal }) => {
        await sleep(60, { signal })
        throw new Error('x')
      },
      { ...steady, attempts: 99, factor: 1, timeout: 350 },
    ).catch((error: unknown) => error)
    await clock.advance(350)
    expect(await running).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      limit: 350,
      attempts: [{ message: 'x' }, { message: 'x' }],
    })
    expect(clock.timers).toBe(0)
  })

  test('does not wait for an attempt that its time limit would not let begin', async () => {
    using clock = useFakeClock()
    const failed = retry(
      failing(99, () => new Error('not ready')),
      { ...steady, attempts: 99, factor: 1, timeout: 250 },
    ).catch((error: unknown) => error)
    await clock.advance(200)
    expect(await failed).toMatchObject({
      code: 'NET_RETRIES_EXHAUSTED',
      message: expect.stringContaining('not ready'),
      attempts: [{ message: 'not ready' }, { message: 'not ready' }],
    })
    expect(clock.timers).toBe(0)
  })

  test('goes on for as many attempts as asked for, without a wait between them', async () => {
    using _clock = useFakeClock({ autoJump: true })
    let attempts = 0
    const error = await retry(
      async () => {
        attempts++
        throw new Error('not ready')
      },
      { attempts: 3000, delay: 0 },
    ).catch((failure: unknown) => failure)
    expect(attempts).toBe(3000)
    expect(error).toMatchObject({
      code: 'NET_RETRIES_EXHAUSTED',
      message: expect.stringContaining('all 3000 attempts failed, the last: not ready'),
    })
  })

  test('a job that ends by itself has a signal and the number of its attempt', async () => {
    const seen: [number, boolean][] = []
    const result = await retry(
      async ({ attempt, signal }) => {
        seen.push([attempt, signal.aborted])
        if (attempt < 3) throw new Error('not yet')
        return 'done'
      },
      { delay: 0 },
    )
    expect(result).toBe('done')
    expect(seen).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ])
  })

  test('passes the elapsed time to the function that decides when to stop', async () => {
    using clock = useFakeClock()
    const elapsed: number[] = []
    const running = retry(
      async () => {
        await sleep(40)
        throw new Error('x')
      },
      { ...steady, stop: (failed) => elapsed.push(failed.elapsed) === 2 },
    ).catch(() => {})
    await clock.advance(180)
    await running
    expect(elapsed).toEqual([40, 180])
  })

  test.each([[undefined], [2]])(
    'a job that succeeded does not run again, though the budget cannot hear of it (attempts: %s)',
    async (attempts) => {
      let runs = 0
      const deposit = (): void => {
        throw new Error('mine')
      }
      const budget = { tokens: 9, withdraw: () => true, deposit }
      const job = async (): Promise<string> => {
        runs += 1
        if (runs === 1 && attempts === 2) throw new Error('once')
        return 'done'
      }
      expect(await retry(job, { budget, delay: 0, attempts })).toBe('done')
      expect(runs).toBe(attempts ?? 1)
    },
  )

  test('a budget is shared by calls', async () => {
    using clock = useFakeClock()
    const budget = retryBudget({ tokens: 5 })
    const failure = new Error('x')
    const first = retry(
      failing(1, () => failure),
      { budget },
    )
    await clock.advance(100)
    expect(await first).toBe('done')
    expect(budget.tokens).toBe(1)
    await expect(
      retry(
        failing(1, () => failure),
        { budget },
      ),
    ).rejects.toBe(failure)
  })

  test('refuses bad options and jobs', async () => {
    const bad = { code: 'NET_BAD_OPTION' }
    await expect(retry(async () => 1, { attempts: 0 })).rejects.toMatchObject(bad)
    await expect(retry(Promise.resolve(1) as never)).rejects.toMatchObject(bad)
  })

  test('refuses a number for its options, and says what to write', async () => {
    // As programs without types call it.
    const running = retry(async () => 1, 3 as never)
    await expect(running).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
      operation: 'retry',
      message: expect.stringContaining('{ attempts: 3 }'),
    })
  })
})
