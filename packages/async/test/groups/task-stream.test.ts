import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { TaskStream } from '../../src/groups/task-stream.ts'
import { RunningGroup } from '../../src/groups/running-group.ts'
import { sleep } from '../../src/tasks/sleep.ts'

function numbers(count: number, ahead: number, put: (number: number) => void): TaskStream<number> {
  return new TaskStream<number>((stream) => {
    const group = new RunningGroup(undefined)
    const run = async (): Promise<void> =>
      group.run(async () => {
        for (let number = 0; number < count && !group.ending; number++) {
          await stream.put(number)
          put(number)
        }
      })
    return { group, run }
  }, ahead)
}

describe('values handed from a group to a reader', () => {
  test('begin at the first look, and run ahead only so far', async () => {
    using clock = useFakeClock()
    const put: number[] = []
    const stream = numbers(10, 2, (number) => put.push(number))
    await clock.advance(0)
    expect(put).toEqual([])
    expect(await stream.next()).toEqual({ done: false, value: 0 })
    await clock.advance(0)
    expect(put).toEqual([0, 1, 2])
    expect(await stream.next()).toEqual({ done: false, value: 1 })
    await clock.advance(0)
    expect(put).toEqual([0, 1, 2, 3])
    await stream.return()
    expect(put).toEqual([0, 1, 2, 3, 4])
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  test('several readers get one value each, in the order of their calls', async () => {
    const stream = numbers(2, 0, () => {})
    const results = await Promise.all([stream.next(), stream.next(), stream.next()])
    expect(results.map(({ value }) => value)).toEqual([0, 1, undefined])
  })

  test('a failure is reported once, after the values', async () => {
    const stream = new TaskStream<number>((self) => {
      const group = new RunningGroup(undefined)
      const run = async (): Promise<void> =>
        group.run(async () => {
          void self.put(1)
          throw new Error('x')
        })
      return { group, run }
    }, 1)
    const [first, second, third] = await Promise.allSettled([
      stream.next(),
      stream.next(),
      stream.next(),
    ])
    expect(first).toMatchObject({ value: { value: 1 } })
    expect(second).toMatchObject({ reason: { message: 'x' } })
    expect(third).toMatchObject({ value: { done: true } })
  })

  test('what cannot be opened rejects the first reader', async () => {
    const stream = new TaskStream<number>(() => {
      throw new Error('closed')
    }, 0)
    await expect(stream.next()).rejects.toThrow('closed')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
    expect(await stream.return()).toEqual({ done: true, value: undefined })
  })

  test('a call that waits while it is cancelled gets the end at once', async () => {
    using clock = useFakeClock()
    const stream = new TaskStream<number>(() => {
      const group = new RunningGroup(undefined)
      return { group, run: async () => group.run(async () => sleep(1000)) }
    }, 0)
    const waiting = stream.next()
    stream.cancel()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const disposed = stream[Symbol.asyncDispose]()
    await clock.advance(1000)
    await disposed
  })
})
