import { sleep, taskGroup, wait, type Task, type TaskGroup, type WaitUntil } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, expectTypeOf, test } from 'vitest'

const spawnAll = (group: TaskGroup, ...times: number[]): Task<number>[] =>
  times.map((time) =>
    group.spawn(`${time}`, async ({ signal }) => sleep(time, { signal }).then(() => time)),
  )

const names = (tasks: Iterable<Task<unknown>>): string[] => [...tasks].map(({ name }) => name)

describe('wait', () => {
  test('[ASYNC-11] until the first, then for all: done and pending, and nothing is cancelled', async () => {
    using clock = useFakeClock()
    const running = taskGroup(async (group) => {
      const tasks = spawnAll(group, 300, 100, 200)
      const first = await wait(tasks, { until: 'first' })
      expect(clock.now()).toBe(100)
      expect([names(first.done), names(first.pending)]).toEqual([['100'], ['300', '200']])
      const all = await wait(first.pending)
      expect(clock.now()).toBe(300)
      expect([names(all.done), names(all.pending)]).toEqual([['300', '200'], []])
      return Promise.all(tasks.map((task) => task.result))
    })
    await clock.advance(300)
    expect(await running).toEqual([300, 100, 200])
  })

  test('[ASYNC-11] until the first error', async () => {
    using clock = useFakeClock()
    const failure = new Error('x')
    const seen: string[][] = []
    const running = taskGroup(async (group) => {
      const good = spawnAll(group, 50, 1000)
      const bad = group.spawn('bad', async () => {
        await sleep(100)
        throw failure
      })
      const { done, pending } = await wait([...good, bad], { until: 'first-error' })
      seen.push(names(done), names(pending))
    })
    const outcome = running.catch((error: unknown) => error)
    await clock.advance(100)
    expect(await outcome).toBe(failure)
    expect(seen).toEqual([['50', 'bad'], ['1000']])
  })

  test('without an error the first error is the end of all; a cancelled task does not count', async () => {
    using clock = useFakeClock()
    const running = taskGroup(async (group) => {
      const tasks = spawnAll(group, 50, 1000, 200)
      tasks[1]?.cancel()
      const { done } = await wait(tasks, { until: 'first-error' })
      return [clock.now(), done.size]
    })
    await clock.advance(200)
    expect(await running).toEqual([200, 3])
  })

  test('[ASYNC-11] its timeout ends the wait without an error, and no task', async () => {
    using clock = useFakeClock()
    const running = taskGroup(async (group) => {
      const tasks = spawnAll(group, 50, 500)
      const { done, pending } = await wait(tasks, { timeout: 100 })
      expect([clock.now(), names(done), names(pending)]).toEqual([100, ['50'], ['500']])
      return tasks[1]?.result
    })
    await clock.advance(500)
    expect(await running).toBe(500)
  })

  test('an abort ends the wait, and no task', async () => {
    using clock = useFakeClock()
    const controller = new AbortController()
    const running = taskGroup(async (group) => {
      const tasks = spawnAll(group, 500)
      const waiting = wait(tasks, { signal: controller.signal, timeout: 1000 })
      controller.abort('why')
      await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'why' })
      await expect(wait(tasks, { signal: controller.signal })).rejects.toSatisfy(isAbort)
      return tasks[0]?.result
    })
    await clock.advance(500)
    expect(await running).toBe(500)
  })

  test('what has ended already is enough; nothing is nothing to wait for', async () => {
    await taskGroup(async (group) => {
      const number = group.spawn('number', async () => 1)
      const text = group.spawn('text', async () => 'a')
      await Promise.all([number.result, text.result])
      const { done } = await wait([number, text], { until: 'first' })
      expectTypeOf(done).toEqualTypeOf<ReadonlySet<Task<number> | Task<string>>>()
      expect(done.has(text)).toBe(true)
      expect((await wait([])).done.size).toBe(0)
    })
  })

  test('leaves nothing behind', async () => {
    using clock = useFakeClock()
    const { signal } = new AbortController()
    await checkNoLeaks(
      async () => {
        const running = taskGroup(async (group) => {
          const tasks = spawnAll(group, 50, 100)
          for (const until of ['first', 'first-error', 'all'] satisfies WaitUntil[]) {
            await wait(tasks, { until, signal, timeout: 1000 })
          }
        })
        await clock.advance(100)
        await running
      },
      { listeners: [signal] },
    )
  })

  test('refuses a wrong end and a wrong limit', async () => {
    await expect(wait([], { until: 'any' as 'all' })).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
    await expect(wait([], { timeout: 0 })).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  })
})
