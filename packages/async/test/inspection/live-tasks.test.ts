import {
  CancelScope,
  failAfter,
  gather,
  liveTasks,
  map,
  sleep,
  taskGroup,
  trackTasks,
  type LiveTask,
} from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

const forever = async ({ signal }: { signal: AbortSignal }): Promise<void> =>
  sleep(Infinity, { signal })

/** The tree as names in brackets. */
function names(tasks: readonly LiveTask[]): string {
  return tasks
    .map(({ name, children }) => (children.length === 0 ? name : `${name}(${names(children)})`))
    .join(' ')
}

describe('liveTasks', () => {
  test('[ASYNC-48] has every task that has not ended, by its name', async () => {
    expect(liveTasks()).toEqual([])
    await taskGroup(async (group) => {
      const short = group.spawn('short', async () => {})
      group.spawn('long', forever)
      await short.result
      expect(names(liveTasks())).toBe('block(long)')
      group.cancel()
    })
    expect(liveTasks()).toEqual([])
  })

  test('[ASYNC-49] a group is listed below the task whose signal it got', async () => {
    await taskGroup(async (group) => {
      group.spawn('server', async ({ signal }) =>
        taskGroup(async (inner) => void inner.spawn('connection', forever), { signal }),
      )
      const { signal } = group
      group.spawn('limited', async (context) =>
        failAfter(1e6, (scope) => gather([forever], { signal: scope.signal }), {
          signal: context.signal,
        }),
      )
      const mapped = map(['item'], async (_, context) => forever(context), {
        concurrency: 1,
        signal,
      })
      mapped.catch(() => {})
      expect(names(liveTasks())).toBe(
        'block(server(block(connection)) limited(block(block(forever))) block(map 1))',
      )
      group.cancel()
    })
  })

  test('[ASYNC-49] while tasks are tracked, it needs no signal, and reports where each was spawned and when', async () => {
    using clock = useFakeClock()
    using _tracking = trackTasks()
    await clock.advance(7)
    await taskGroup(async (group) => {
      group.spawn('outer', async ({ signal }) => {
        await using scope = new CancelScope({ signal })
        await taskGroup(async (inner) => void inner.spawn('inner', forever), {
          signal: scope.signal,
        })
      })
      const [block] = liveTasks()
      expect(names(liveTasks())).toBe('block(outer(block(inner)))')
      const outer = block?.children[0]
      expect(outer?.since).toBe(7)
      expect(outer?.origin?.[0]).toMatch(/live-tasks\.test\.ts:\d+:\d+/)
      group.cancel()
    })
  })

  test('reports name, state and age of each', async () => {
    using clock = useFakeClock()
    const states: string[] = []
    const running = taskGroup(
      async (group) => {
        group.spawn('heeds', forever)
        const deaf = group.spawn('deaf', async () => sleep(1000))
        group.spawn('looks', async () => {
          await sleep(10)
          deaf.cancel()
          const [block] = liveTasks()
          states.push(
            ...[block, ...(block?.children ?? [])].map((each) => `${each?.name} ${each?.state}`),
          )
          group.cancel()
          states.push(`${liveTasks()[0]?.state}`)
        })
      },
      { grace: 50 },
    ).catch(() => {})
    await clock.advance(5)
    expect(liveTasks()[0]).toMatchObject({ name: 'block', state: 'waiting', since: 0 })
    await clock.advance(100)
    await running
    expect(states).toEqual([
      'block waiting',
      'heeds running',
      'deaf ending',
      'looks running',
      'waiting',
    ])
    expect(liveTasks()).toEqual([{ name: 'deaf', state: 'leaked', children: [] }])
    await clock.advance(1000)
    expect(liveTasks()).toEqual([])
  })

  test('listing the tasks does not change them', async () => {
    using clock = useFakeClock()
    const running = taskGroup(async (group) => {
      const task = group.spawn('never looks at its signal', async () => sleep(10))
      liveTasks()
      await sleep(5)
      task.cancel()
      return task.result
    })
    await clock.advance(10)
    expect(await running).toBe(undefined)
  })
})
