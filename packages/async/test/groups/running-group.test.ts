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
