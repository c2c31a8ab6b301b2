import { setImmediate as turn } from 'node:timers/promises'
import { channel } from 'node:diagnostics_channel'

import { currentTask, onTaskEvent, sleep, taskGroup, trackTasks, type TaskEvent } from '@net/async'
import { secret } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { taskRecordOf, taskChannel, tellStart, tellTask } from '../../src/inspection/task-events.ts'

const forever = async ({ signal }: { signal: AbortSignal }): Promise<void> =>
  sleep(Infinity, { signal })

describe('onTaskEvent', () => {
  test('[ASYNC-51] publishes when each task starts, is cancelled and ends, and how long it ran', async () => {
    using clock = useFakeClock()
    const events: TaskEvent[] = []
    const listening = onTaskEvent((event) => events.push(event))
    const running = taskGroup(async (group) => {
      group.spawn('works', async () => sleep(10))
      const waits = group.spawn('waits', forever)
      await sleep(20)
      waits.cancel()
    })
    await clock.advance(20)
    await running
    listening[Symbol.dispose]()
    await taskGroup(async () => {})
    expect(
      events.map(({ name, state, outcome, duration }) => [name, state, outcome, duration]),
    ).toEqual([
      ['block', 'start', undefined, undefined],
      ['works', 'start', undefined, undefined],
      ['waits', 'start', undefined, undefined],
      ['works', 'end', 'done', 10],
      ['waits', 'cancel', undefined, undefined],
      ['block', 'end', 'done', 20],
      ['waits', 'end', 'cancelled', 20],
    ])
    expect(new Set(events.map(({ id }) => id)).size).toBe(3)
    expect(events.every((event) => Object.isFrozen(event) && event.type === 'task')).toBe(true)
  })

  test('[ASYNC-51] publishes failures, and leaked tasks that end later', async () => {
    using clock = useFakeClock()
    const told: unknown[] = []
    using _listening = onTaskEvent(({ name, state, outcome }) => told.push([name, state, outcome]))
    const running = taskGroup(
      async (group) => {
        group.spawn('deaf', async () => sleep(1000))
        throw new Error('x')
      },
      { grace: 100 },
    ).catch(() => {})
    await clock.advance(100)
    await running
    await clock.advance(900)
    expect(told).toEqual([
      ['block', 'start', undefined],
      ['deaf', 'start', undefined],
      ['block', 'end', 'failed'],
      ['deaf', 'cancel', undefined],
      ['deaf', 'leak', undefined],
      ['deaf', 'end', 'done'],
    ])
  })

  test('a listener that throws is reported, and the task goes on', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    using _listening = onTaskEvent(() => {
      throw new Error('in the listener')
    })
    expect(await taskGroup(async () => 7)).toBe(7)
    expect(warned).toHaveBeenCalledTimes(1)
    warned.mockRestore()
  })

  test('a name shows no secret', async () => {
    const names: string[] = []
    const password = secret('hunter22-name')
    using _listening = onTaskEvent(({ name }) => names.push(name))
    await taskGroup(async (group) => void group.spawn('with hunter22-name', async () => {}))
    expect(names).toContain('with [secret]')
    expect(String(password)).toBe('[secret]')
  })

  test('without subscribers no event is made', async () => {
    expect(taskChannel.hasSubscribers).toBe(false)
    await taskGroup(async (group) => {
      const task = group.spawn('task', async () => {})
      expect(taskRecordOf(task)).toBe(undefined)
    })
  })

  test('programs can subscribe to the channel, and bind a store to it', async () => {
    const events: unknown[] = []
    const listener = (event: unknown): void => void events.push(event)
    channel('net:task').subscribe(listener)
    await taskGroup(async () => {})
    channel('net:task').unsubscribe(listener)
    expect(events).toMatchObject([{ state: 'start' }, { state: 'end' }])
  })
})

describe('trackTasks', () => {
  test('[ASYNC-48] code anywhere in a task can ask which task it is in', async () => {
    using clock = useFakeClock()
    await clock.advance(5)
    const deep = async (): Promise<string | undefined> => {
      await turn()
      return currentTask()?.name
    }
    using _tracking = trackTasks()
    await taskGroup(async (group) => {
      const a = group.spawn('a', deep)
      const b = group.spawn('b', async () => {
        await deep()
        return currentTask()
      })
      expect(await a.result).toBe('a')
      expect(await b.result).toMatchObject({ name: 'b', since: 5 })
      expect(currentTask()?.name).toBe('block')
    })
    expect(currentTask()).toBe(undefined)
  })

  test('gives events their parents', async () => {
    const events: TaskEvent[] = []
    using _tracking = trackTasks()
    using _listening = onTaskEvent((event) => events.push(event))
    await taskGroup(async (group) => {
      group.spawn('outer', async () =>
        taskGroup(async (inner) => void inner.spawn('inner', async () => {})),
      )
    })
    const starts = events.filter(({ state }) => state === 'start')
    expect(starts.map(({ name }) => name)).toEqual(['block', 'outer', 'block', 'inner'])
    expect(starts.map(({ parent }) => parent)).toEqual([
      undefined,
      ...starts.slice(0, 3).map(({ id }) => id),
    ])
    const end = events.find(({ name, state }) => name === 'inner' && state === 'end')
    expect(end?.parent).toBe(starts[2]?.id)
  })

  test('ends when the last tracking is disposed', async () => {
    const [one, two] = [trackTasks(), trackTasks()]
    one[Symbol.dispose]()
    one[Symbol.dispose]()
    expect(taskChannel.hasSubscribers).toBe(true)
    await taskGroup(async () => expect(currentTask()).toBeDefined())
    two[Symbol.dispose]()
    expect(taskChannel.hasSubscribers).toBe(false)
    await taskGroup(async () => expect(currentTask()).toBe(undefined))
  })
})

test('the end of a task that began without subscribers is not published', () => {
  const events: unknown[] = []
  using _listening = onTaskEvent((event) => events.push(event))
  const task = { name: 'early' }
  tellTask(task, 'end', 'done')
  expect(events).toEqual([])
  expect(tellStart(task, () => 7)).toBe(7)
  expect(taskRecordOf(task)).toMatchObject({ start: { name: 'early' }, spawned: undefined })
  expect(events).toHaveLength(1)
})
