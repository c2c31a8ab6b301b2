import { getEventListeners } from 'node:events'

import { sleep, taskGroup, type TaskGroup } from '@net/async'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { start } from '../../src/tasks/start.ts'
import type { RunningTask } from '../../src/tasks/task.ts'

describe('group.start', () => {
  test('[ASYNC-06] waits until the task is ready, and has its value', async () => {
    using clock = useFakeClock()
    const running = taskGroup(async (group) => {
      const { value, task } = await group.start<number, string>('server', async ({ ready }) => {
        await sleep(100)
        ready(8080)
        ready(9090)
        await sleep(100)
        return 'closed'
      })
      expect([value, task.name, task.state, clock.now()]).toEqual([8080, 'server', 'running', 100])
      return task.result
    })
    await clock.advance(200)
    expect(await running).toBe('closed')
  })

  test('a failure before that rejects, and leaves the group alone', async () => {
    const value = await taskGroup(async (group) => {
      const failed = group.start('server', async () => Promise.reject(new Error('in use')))
      await expect(failed).rejects.toThrow('in use')
      expect(group.signal.aborted).toBe(false)
      return 'went on'
    })
    expect(value).toBe('went on')
  })

  test('a failure after that fails the group', async () => {
    const running = taskGroup(async (group) => {
      await group.start('server', async ({ ready }) => {
        ready(undefined)
        await Promise.resolve()
        throw new Error('crashed')
      })
      await sleep(Infinity, { signal: group.signal })
    })
    await expect(running).rejects.toThrow('crashed')
  })

  test('a task that ends without a word is an error', async () => {
    await taskGroup(async (group) => {
      await expect(group.start('server', async () => {})).rejects.toMatchObject({
        code: 'NET_CLOSED',
        message: 'task "server" ended before it was ready',
      })
    })
  })

  test('its time limit cancels the task and rejects', async () => {
    using clock = useFakeClock()
    const { signal } = new AbortController()
    const states: unknown[] = []
    const running = taskGroup(async (group) => {
      const waits = group.start(
        'server',
        async (context) => {
          context.signal.addEventListener('abort', () => states.push('told'))
          await sleep(Infinity, { signal: context.signal })
        },
        { timeout: 50, signal },
      )
      await expect(waits).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 50 })
      return group.signal.aborted
    })
    await clock.advance(50)
    expect(await running).toBe(false)
    expect(states).toEqual(['told'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.timers).toBe(0)
  })

  test('a wait that is over limits the task no longer', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const running = taskGroup(async (group) => {
      const { task } = await group.start(
        'server',
        async ({ ready, signal }) => {
          ready(1)
          await sleep(100, { signal })
        },
        { timeout: 50, signal: controller.signal },
      )
      controller.abort()
      await task.result
      return task.state
    })
    await clock.advance(100)
    expect(await running).toBe('done')
  })

  test('starts that no call waits for any more are not unhandled rejections', async () => {
    const running = taskGroup(async (group) => {
      const first = group.start('first', async () => Promise.reject(new Error('first')))
      void group.start('second', async ({ signal }) => sleep(Infinity, { signal }))
      void group.start('third', async ({ signal }) => {
        await sleep(Infinity, { signal }).catch(() => {})
        throw new Error('third')
      })
      await first
    })
    await expect(running).rejects.toMatchObject({
      errors: [{ message: 'first' }, { message: 'third' }],
    })
  })

  test('an aborted signal, and a group that ends, reject before the job begins', async () => {
    let begun = 0
    const job = async (): Promise<void> => void begun++
    await taskGroup(async (group) => {
      const aborted = group.start('a', job, { signal: AbortSignal.abort() })
      await expect(aborted).rejects.toSatisfy(isAbort)
      group.cancel()
      await expect(group.start('b', job)).rejects.toSatisfy(isAbort)
    })
    expect(begun).toBe(0)
  })
})

test('a task that leaks ends the wait, too', async () => {
  const leak = new Error('leaked')
  const host = {
    ending: false,
    adopt: <T>(task: RunningTask<T>): void => task.abandon(leak),
    cancelled: () => {},
    ended: () => {},
    failed: () => {},
  }
  await expect(start(host, 'deaf', async () => {}, undefined)).rejects.toBe(leak)
})

test('a start in a group that has ended leaves no limit and no listener behind', async () => {
  using clock = useFakeClock()
  const { signal } = new AbortController()
  let ended: TaskGroup | undefined
  await taskGroup(async (group) => {
    ended = group
  })
  const late = ended?.start('late', async () => {}, { timeout: 1000, signal })
  await expect(late).rejects.toThrow(expect.objectContaining({ code: 'NET_CLOSED' }))
  expect(getEventListeners(signal, 'abort')).toEqual([])
  expect(clock.timers).toBe(0)
})
