/* What `checkQueue` checks of rates and of groups. */

import assert from 'node:assert/strict'

import { netError } from '@net/core/authoring'

import type { JobQueue } from '../job-queue.ts'
import { gate, inState, noting, pass, until, type QueueCases, type Start } from './queue-case.ts'

export const limitCases: QueueCases = {
  async 'no stretch of time holds more starts than the rate allows'({ open, step }) {
    const queue = open()
    const other = open()
    const starts: Start[] = []
    const rate = { limit: 3, interval: 2 * step }
    for (const each of [queue, other]) each.process(noting(starts), { concurrency: 5, rate })
    const ids = Array.from({ length: 10 }, (_, n) => `job-${n}`)
    await Promise.all(ids.map((id) => queue.add('x', { id })))
    const times = (await startsOf(queue, ids)).toSorted((a, b) => a - b)
    for (let index = 3; index < times.length; index++) {
      const apart = (times[index] ?? 0) - (times[index - 3] ?? 0)
      assert.ok(apart >= 2 * step - 2, `four starts within ${apart}`)
    }
    assert.equal(starts.length, 10)
  },

  async 'so many jobs of a group run at a time, and other groups do not wait for it'({
    open,
    step,
  }) {
    const queue = open()
    const go = gate()
    const starts: Start[] = []
    let running = 0
    let most = 0
    queue.process(
      noting(starts, async ({ group }) => {
        if (group !== 'slow') return
        most = Math.max(most, ++running)
        await go.opened
        running--
      }),
      { concurrency: 6, perGroup: { concurrency: 2 } },
    )
    const slow = ['s1', 's2', 's3', 's4', 's5']
    const quick = ['q1', 'q2', 'q3']
    await Promise.all([
      ...slow.map((id) => queue.add('x', { id, group: 'slow' })),
      ...quick.map((id) => queue.add('x', { id, group: 'quick' })),
      queue.add('x', { id: 'single' }),
    ])
    for (const id of [...quick, 'single']) await inState(queue, id, 'done')
    await pass(step)
    assert.equal(running, 2)
    go.open()
    for (const id of slow) assert.equal((await inState(queue, id, 'done')).attempt, 1)
    assert.equal(most, 2)
  },

  async 'a group that is at its rate is passed over, and loses no attempt'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(noting(starts), {
      concurrency: 4,
      perGroup: { rate: { limit: 1, interval: 2 * step } },
    })
    const slow = ['a1', 'a2', 'a3']
    await Promise.all([
      ...slow.map((id) => queue.add('x', { id, group: 'a', attempts: 1 })),
      queue.add('x', { id: 'b1', group: 'b' }),
      queue.add('x', { id: 'free' }),
    ])
    for (const id of slow) assert.equal((await inState(queue, id, 'done')).attempt, 1)
    const order = starts.map(({ id }) => id)
    assert.deepEqual(
      order.filter((id) => id.startsWith('a')),
      slow,
    )
    assert.ok(
      order.indexOf('b1') < order.indexOf('a2') && order.indexOf('free') < order.indexOf('a2'),
    )
    const times = await startsOf(queue, slow)
    for (let index = 1; index < times.length; index++) {
      const apart = (times[index] ?? 0) - (times[index - 1] ?? 0)
      assert.ok(apart >= 2 * step - 2, `two starts within ${apart}`)
    }
  },

  async 'a thousand jobs of a slow group stand in the way of nobody, and lose no attempt'({
    open,
  }) {
    const queue = open()
    const starts: Start[] = []
    const slow = Array.from({ length: 1000 }, (_, n) => `slow-${n}`)
    const quick = Array.from({ length: 100 }, (_, n) => `quick-${n}`)
    await Promise.all(slow.map((id) => queue.add('x', { id, group: 'slow', attempts: 1 })))
    await Promise.all(quick.map((id) => queue.add('x', { id })))
    const worker = queue.process(noting(starts), {
      concurrency: 10,
      perGroup: { rate: { limit: 1, interval: 10_000_000 } },
    })
    await until('the others have run', () => starts.length > 100)
    await worker.close()
    const order = starts.map(({ id }) => id)
    assert.deepEqual(order.slice(0, 101), ['slow-0', ...quick])
    for await (const { attempt } of queue.list('waiting')) assert.equal(attempt, 0)
  },

  async "an error's retryAfter holds its group, and no other"({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, ({ id, attempt }) => {
        if (id !== 'throttled' || attempt > 1) return
        const retryAfter = 4 * step
        throw netError('NET_REPLY_TEMPORARY', { message: 'slow down', retry: 'safe', retryAfter })
      }),
      { retry: { delay: 0 } },
    )
    await queue.add('x', { id: 'throttled', group: 'relay' })
    await queue.add('x', { id: 'behind', group: 'relay' })
    await queue.add('x', { id: 'elsewhere', group: 'other' })
    await queue.add('x', { id: 'alone' })
    for (const id of ['throttled', 'behind']) await inState(queue, id, 'done')
    const order = starts.map(({ id }) => id)
    assert.deepEqual(order.slice(0, 3), ['throttled', 'elsewhere', 'alone'])
    const { added } = await inState(queue, 'throttled', 'done')
    for (const at of await startsOf(queue, ['throttled', 'behind']))
      assert.ok(at - added >= 4 * step - 2, `after ${at - added}`)
  },

  async 'jobs of a group start in order, and by priority'({ open }) {
    const queue = open()
    const given: readonly (readonly [string, string, number])[] = [
      ['a1', 'a', 0],
      ['b1', 'b', 0],
      ['a2', 'a', 0],
      ['a-high', 'a', 5],
      ['b2', 'b', 0],
    ]
    for (const [id, group, priority] of given) await queue.add('x', { id, group, priority })
    const starts: Start[] = []
    queue.process(noting(starts), { perGroup: { concurrency: 1 } })
    await until('all have run', () => starts.length === 5)
    assert.deepEqual(
      starts.map(({ id }) => id),
      ['a-high', 'a1', 'b1', 'a2', 'b2'],
    )
  },

  async 'a group without limits runs as if it was none'({ open }) {
    const queue = open()
    const starts: Start[] = []
    const go = gate()
    for (const id of ['a', 'b', 'c']) await queue.add('x', { id, group: 'one' })
    queue.process(
      noting(starts, () => go.opened),
      { concurrency: 3 },
    )
    await until('all run at once', () => starts.length === 3)
    go.open()
    for (const id of ['a', 'b', 'c']) await inState(queue, id, 'done')
  },

  async 'a delayed job of a group comes in its turn'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(noting(starts), { perGroup: { concurrency: 1 } })
    await queue.add('x', { id: 'late', group: 'g', delay: 2 * step })
    await queue.add('x', { id: 'now', group: 'g' })
    await inState(queue, 'late', 'done')
    assert.deepEqual(
      starts.map(({ id }) => id),
      ['now', 'late'],
    )
  },

  async 'removing the first of a group lets the next one start'({ open }) {
    const queue = open()
    for (const id of ['first', 'second']) await queue.add('x', { id, group: 'g' })
    assert.equal(await queue.remove('first'), true)
    const starts: Start[] = []
    queue.process(noting(starts), { perGroup: { concurrency: 1 } })
    await inState(queue, 'second', 'done')
    assert.deepEqual(
      starts.map(({ id }) => id),
      ['second'],
    )
  },

  async 'many groups wait beside each other'({ open }) {
    const queue = open()
    const groups = Array.from({ length: 80 }, (_, n) => `group-${n}`)
    await Promise.all(groups.flatMap((group) => [1, 2].map((n) => queue.add(n, { group }))))
    const starts: Start[] = []
    queue.process(noting(starts), { concurrency: 10, perGroup: { concurrency: 1 } })
    await until('all have run', () => starts.length === 160)
  },
}

/** When jobs that are done were started last, by the clock of their store. */
async function startsOf(queue: JobQueue<unknown>, ids: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (const id of ids) times.push((await inState(queue, id, 'done')).started ?? 0)
  return times
}
