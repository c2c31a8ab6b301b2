import { taskGroup } from '@net/async'
import { Sequencer } from '@net/async/testing'
import { describe, expect, test } from 'vitest'

describe('Sequencer', () => {
  test('[ASYNC-53] runs the steps of several tasks in the order of their numbers', async () => {
    const sequence = new Sequencer()
    const trail: number[] = []
    const step = async (number: number): Promise<void> =>
      sequence.step(number, async () => {
        await Promise.resolve()
        trail.push(number)
      })
    await taskGroup(async (group) => {
      group.spawn('even', async () => {
        for (const number of [0, 2, 4]) await step(number)
      })
      group.spawn('odd', async () => {
        await Promise.all([step(5), step(3), step(1)])
      })
    })
    expect(trail).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('resolves to what the step returns, sync or not', async () => {
    const sequence = new Sequencer()
    expect(await sequence.step(0, () => 'a')).toBe('a')
    expect(await sequence.step(1, async () => 'b')).toBe('b')
  })

  test('a step that fails breaks the order for those that wait and those that come', async () => {
    const sequence = new Sequencer()
    const failure = new Error('x')
    const waiting = sequence.step(1, () => expect.unreachable())
    const failing = sequence.step(0, async () => Promise.reject(failure))
    await expect(failing).rejects.toBe(failure)
    await expect(waiting).rejects.toMatchObject({ code: 'NET_CLOSED', cause: failure })
    await expect(sequence.step(2, () => 1)).rejects.toMatchObject({ code: 'NET_CLOSED' })
  })

  test('refuses a number that was used before, or a wrong one', async () => {
    const sequence = new Sequencer()
    await sequence.step(0, () => 1)
    for (const number of [0, -1, 0.5]) {
      await expect(sequence.step(number, () => 1)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    }
  })
})
