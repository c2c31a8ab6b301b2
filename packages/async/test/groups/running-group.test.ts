import {
  asCompleted,
  failAfter,
  firstSuccess,
  gather,
  gatherSettled,
  map,
  mapUnordered,
  moveOnAfter,
  race,
  taskGroup,
} from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { RunningGroup } from '../../src/groups/running-group.ts'
import { sleep } from '../../src/tasks/sleep.ts'

const deaf = (milliseconds: number) => async (): Promise<void> => sleep(milliseconds)

describe('a task that ignores its cancellation', () => {
  test('[H-ASYNC-02] is named after the grace, and not waited for any longer', async () => {
    using clock = useFakeClock()
    const group = new RunningGroup({ timeout: 1000, grace: 500 })
    const running = group
      .run(async () => {
        group.spawn('deaf', deaf(1e9))
        group.spawn('heeds', async ({ signal }) => sleep(1e9, { signal }))
      })
      .catch((error: unknown) => error)
    await clock.advance(1500)
    expect(await running).toMatchObject({
      code: 'NET_TASK_LEAKED',
      message: '"deaf" did not end within 500 ms after being cancelled',
      limit: 500,
      cause: { code: 'NET_TIMEOUT_TOTAL', limit: 1000 },
    })
  })

  test('has 10 s by default', async () => {
    using clock = useFakeClock()
    const group = new RunningGroup(undefined)
    const running = group
      .run(async () => {
        group.spawn('deaf', deaf(11_000))
        group.cancel()
      })
      .catch((error: unknown) => clock.now() === 10_000 && error)
    await clock.advance(9999)
    expect(clock.timers).toBe(2)
    await clock.advance(1)
    expect(await running).toMatchObject({ code: 'NET_TASK_LEAKED' })
  })

  test('is reported beside the failure that cancelled it', async () => {
    using clock = useFakeClock()
    const group = new RunningGroup({ grace: 500 })
    const running = group
      .run(async () => {
        group.spawn('deaf', deaf(1e9))
        throw new Error('first')
      })
      .catch((error: unknown) => error)
    await clock.advance(500)
    expect(await running).toMatchObject({
      code: 'NET_GROUP',
      errors: [{ message: 'first' }, { code: 'NET_TASK_LEAKED' }],
    })
  })

  test('cancelled by its handle it fails the group, and a call that waits for its result rejects', async () => {
    using clock = useFakeClock()
    const group = new RunningGroup({ grace: 500 })
    const running = group
      .run(async () => {
        const task = group.spawn('deaf', deaf(1e9))
        task.cancel()
        await task.result
      })
      .catch((error: unknown) => error)
    await clock.advance(500)
    expect(await running).toMatchObject({
      code: 'NET_TASK_LEAKED',
      message: expect.stringMatching(/^"deaf" did not/),
    })
  })

  test('a block that only waits for it is not named', async () => {
    using clock = useFakeClock()
    const group = new RunningGroup({ grace: 500, timeout: 100 })
    const running = group
      .run(async () => group.spawn('deaf', deaf(1e9)).result)
      .catch((error: unknown) => error)
    await clock.advance(601)
    expect(await running).toMatchObject({
      code: 'NET_TASK_LEAKED',
      message: expect.stringMatching(/^"deaf" did not/),
    })
  })

  test('in a group inside is named by that group', async () => {
    using clock = useFakeClock()
    const outer = new RunningGroup({ timeout: 100 })
    const running = outer
      .run(async () => {
        outer.spawn('inner', async ({ signal }) => {
          const inner = new RunningGroup({ signal })
          await inner.run(async () => void inner.spawn('deaf', deaf(1e9)))
        })
      })
      .catch((error: unknown) => error)
    await clock.advance(10_100)
    expect(await running).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
      errors: [{ code: 'NET_TASK_LEAKED', message: expect.stringMatching(/^"deaf"/) }],
    })
  })

  test('what it throws later is reported as a warning', async () => {
    using clock = useFakeClock()
    using warned = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const group = new RunningGroup({ grace: 500, timeout: 100 })
    const running = group
      .run(async () => {
        group.spawn('deaf', async () => {
          await sleep(5000)
          throw new Error('late')
        })
      })
      .catch(() => {})
    await clock.advance(5000)
    await running
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('late'), {
      code: 'NET_TASK_LEAKED',
    })
  })

  test('names no more than five', async () => {
    using clock = useFakeClock()
    const group = new RunningGroup({ grace: 0 })
    const running = group
      .run(async () => {
        for (let number = 1; number <= 7; number++) group.spawn(`t${number}`, deaf(1e9))
        group.cancel()
      })
      .catch((error: unknown) => error)
    await clock.advance(0)
    expect(await running).toMatchObject({
      message:
        '"t1", "t2", "t3", "t4", "t5" and 2 more did not end within 0 ms after being cancelled',
    })
  })
})

test('an infinite grace waits for as long as it takes', async () => {
  using clock = useFakeClock()
  const group = new RunningGroup({ grace: Infinity })
  const running = group.run(async () => {
    group.spawn('deaf', deaf(1e9))
    group.cancel()
    return 'done'
  })
  await clock.advance(1e9)
  expect(await running).toBe('done')
})

describe('results that nobody gets', () => {
  /** Ends late, whatever it is told. */
  const late = async (): Promise<Held> => {
    await sleep(100)
    return new Held()
  }
  const limits = { timeout: 10, grace: 10 }
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['race', () => race([late, late], limits)],
    ['firstSuccess', () => firstSuccess([late, late], limits)],
    ['failAfter', () => failAfter(10, late, { grace: 10 })],
    ['moveOnAfter', () => moveOnAfter(10, late, { grace: 10 })],
    ['taskGroup', () => taskGroup(late, limits)],
    ['a spawned task', () => taskGroup(async (group) => void group.spawn('late', late), limits)],
    ['gather', () => gather([late, late], limits)],
    ['gatherSettled', () => gatherSettled([late, late], limits)],
    ['map', () => map([1, 2], late, { ...limits, concurrency: 2 })],
    [
      'mapUnordered',
      () => Array.fromAsync(mapUnordered([1, 2], late, { ...limits, concurrency: 2 })),
    ],
    ['asCompleted', () => Array.fromAsync(asCompleted([late, late], limits))],
  ]

  test.each(calls)('of jobs that their group has given up are disposed: %s', async (_, call) => {
    using clock = useFakeClock()
    Held.open = 0
    const called = call().catch((error: unknown) => error)
    await clock.advance(50)
    expect(await called).toMatchObject({ code: 'NET_TASK_LEAKED' })
    await clock.advance(100)
    expect(Held.open).toBe(0)
  })

  test('of items whose map has failed are disposed', async () => {
    using clock = useFakeClock()
    Held.open = 0
    const mapped = map(
      [10, 20, 30],
      async (delay) => {
        await sleep(delay)
        if (delay === 20) throw new Error('a fault')
        return new Held()
      },
      { concurrency: 3 },
    ).catch((error: unknown) => error)
    await clock.advance(30)
    expect(await mapped).toMatchObject({ message: 'a fault' })
    expect(Held.open).toBe(0)
  })
})

/** Something that must be given back. */
class Held implements AsyncDisposable {
  static open = 0

  constructor() {
    Held.open++
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Held.open--
  }
}
