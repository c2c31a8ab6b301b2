/* What `checkQueue` checks of what is kept, told, paused and removed. */

import assert from 'node:assert/strict'

import { netError } from '@net/core/authoring'

import type { JobQueue } from '../job-queue.ts'
import type { QueueEvent } from '../queue-event.ts'
import {
  gate,
  inState,
  noting,
  pass,
  refused,
  until,
  type QueueCases,
  type Start,
} from './queue-case.ts'

export const keepingCases: QueueCases = {
  async 'a paused queue starts nothing, and takes jobs all the same'({ open, step }) {
    const queue = open()
    const other = open()
    const starts: Start[] = []
    await other.pause()
    queue.process(noting(starts))
    await queue.add('x', { id: 'waits' })
    await pass(step)
    assert.deepEqual([starts.length, (await queue.counts()).paused], [0, true])
    await other.resume()
    await inState(queue, 'waits', 'done')
    assert.equal((await queue.counts()).paused, false)
  },

  async 'what runs when a queue is paused goes on'({ open }) {
    const queue = open()
    const go = gate()
    const starts: Start[] = []
    queue.process(noting(starts, () => go.opened))
    await queue.add('x', { id: 'runs' })
    await until('it runs', () => starts.length === 1)
    await queue.pause()
    go.open()
    await inState(queue, 'runs', 'done')
  },

  async 'drain removes what waits, and nothing else'({ open }) {
    const queue = open()
    const go = gate()
    const starts: Start[] = []
    queue.process(noting(starts, () => go.opened))
    await queue.add('x', { id: 'runs' })
    await until('it runs', () => starts.length === 1)
    await queue.add('x', { id: 'waits' })
    await queue.add('x', { id: 'grouped', group: 'g' })
    await queue.add('x', { id: 'late', delay: 1_000_000 })
    assert.equal(await queue.drain(), 3)
    go.open()
    await inState(queue, 'runs', 'done')
    const { waiting, delayed, done } = await queue.counts()
    assert.deepEqual([waiting, delayed, done], [0, 0, 1])
    assert.equal(await queue.get('waits'), undefined)
    assert.equal((await queue.add('y', { id: 'waits' })).added, true)
  },

  async 'failed jobs can be put back, all or one'({ open }) {
    const queue = open()
    let isBroken = true
    const starts: Start[] = []
    queue.process(
      noting(starts, () => {
        if (isBroken) throw new Error('broken')
      }),
      { retry: false },
    )
    for (const id of ['a', 'b', 'c']) {
      await queue.add('x', { id })
      await inState(queue, id, 'failed')
    }
    isBroken = false
    assert.equal(await queue.retry('a'), true)
    await inState(queue, 'a', 'done')
    assert.equal(await queue.retry('a'), false)
    assert.equal(await queue.retry('not there'), false)
    assert.equal(await queue.retryFailed(), 2)
    for (const id of ['b', 'c']) assert.equal((await inState(queue, id, 'done')).attempt, 2)
    assert.equal(await queue.retryFailed(), 0)
  },

  async 'an unknown job is put back only by its id'({ open }) {
    const queue = open()
    queue.process(async ({ attempt }, { mark }) => {
      if (attempt > 1) return
      await mark('sent')
      throw new Error('lost')
    })
    await queue.add('x', { id: 'lost' })
    await inState(queue, 'lost', 'unknown')
    assert.equal(await queue.retryFailed(), 0)
    assert.equal(await queue.retry('lost'), true)
    const { attempt, mark } = await inState(queue, 'lost', 'done')
    assert.deepEqual([attempt, mark], [2, undefined])
  },

  async 'a job can be removed unless it runs'({ open }) {
    const queue = open()
    const go = gate()
    const starts: Start[] = []
    queue.process(noting(starts, ({ id }) => (id === 'runs' ? go.opened : undefined)))
    await queue.add('x', { id: 'done' })
    await inState(queue, 'done', 'done')
    await queue.add('x', { id: 'runs' })
    await until('it runs', () => starts.length === 2)
    await queue.add('x', { id: 'waits' })
    await queue.add('x', { id: 'late', delay: 1_000_000 })
    await refused(queue.remove('runs'), 'NET_BUSY')
    for (const id of ['done', 'waits', 'late']) assert.equal(await queue.remove(id), true, id)
    assert.equal(await queue.remove('waits'), false)
    go.open()
    await inState(queue, 'runs', 'done')
    const { waiting, delayed, active, done } = await queue.counts()
    assert.deepEqual([waiting, delayed, active, done], [0, 0, 0, 1])
    assert.equal(starts.length, 2)
  },

  async 'jobs are counted by state, with what they take'({ open }) {
    const queue = open()
    const nothing = await queue.counts()
    const none = { waiting: 0, delayed: 0, active: 0, done: 0, failed: 0, unknown: 0 }
    assert.deepEqual(nothing, { ...none, bytes: 0, paused: false })
    await queue.add('four', { id: 'a' })
    await queue.add('ü', { id: 'b', delay: 1_000_000 })
    const { waiting, delayed, bytes } = await queue.counts()
    assert.deepEqual([waiting, delayed, bytes], [1, 1, 10])
    await queue.drain()
    assert.equal((await queue.counts()).bytes, 0)
  },

  async 'jobs are listed by state in the order of adding, however many'({ open }) {
    const queue = open<number>()
    await Promise.all(Array.from({ length: 250 }, (_, n) => queue.add(n)))
    await queue.add(-1, { delay: 1_000_000 })
    const seen: number[] = []
    for await (const { payload } of queue.list('waiting')) seen.push(payload)
    assert.deepEqual(
      seen,
      Array.from({ length: 250 }, (_, n) => n),
    )
    const late: number[] = []
    for await (const { payload } of queue.list('delayed')) late.push(payload)
    assert.deepEqual(late, [-1])
    for await (const job of queue.list('failed')) assert.fail(job.id)
  },

  async 'the end of a job can be waited for, wherever it runs'({ open }) {
    const queue = open()
    const other = open()
    await queue.add('x', { id: 'awaited' })
    const ended = queue.ended('awaited')
    other.process(() => 'its result')
    const { state, result } = await ended
    assert.deepEqual([state, result], ['done', 'its result'])
    assert.equal((await queue.ended('awaited')).state, 'done')
    await refused(queue.ended('nowhere'), 'NET_NOT_FOUND')
    await queue.pause()
    await queue.add('x', { id: 'never' })
    await refused(queue.ended('never', { timeout: 100 }), 'NET_TIMEOUT_TOTAL')
    const removed = queue.ended('never')
    await pass(10)
    await queue.remove('never')
    await refused(removed, 'NET_NOT_FOUND')
  },

  async 'a job that is not there is undefined'({ open }) {
    assert.equal(await open().get('nowhere'), undefined)
  },

  async 'what happens to a job is told in order'({ open }) {
    const queue = open()
    const events = await heard(open())
    queue.process(
      async ({ attempt }, { mark, progress }) => {
        if (attempt === 1) throw new Error('not yet')
        await progress(1, 2)
        await mark('sent')
      },
      { retry: { delay: 0 } },
    )
    await queue.add('x', { id: 'told' })
    await until('it is told', () => events.at(-1)?.type === 'done')
    assert.deepEqual(
      events.map(({ type, id, attempt }) => `${type} ${id} ${attempt}`),
      [
        'added told 0',
        'started told 1',
        'retrying told 1',
        'started told 2',
        'progress told 2',
        'marked told 2',
        'done told 2',
      ],
    )
    assert.equal(events[2]?.reason, 'not yet')
    assert.deepEqual([events[4]?.transferred, events[4]?.total, events[5]?.mark], [1, 2, 'sent'])
  },

  async 'pauses, removals and endings are told'({ open }) {
    const queue = open()
    const events = await heard(open())
    await queue.pause()
    await queue.add('x', { id: 'a' })
    await queue.remove('a')
    await queue.resume()
    await queue.add('x', { id: 'b' })
    queue.process(
      () => {
        throw new Error('b failed')
      },
      { retry: false },
    )
    await until('it is told', () => events.at(-1)?.type === 'failed')
    const types = ['paused', 'added', 'removed', 'resumed', 'added', 'started', 'failed']
    assert.deepEqual(
      events.map(({ type }) => type),
      types,
    )
    assert.equal(events.at(-1)?.reason, 'b failed')
  },

  async 'listening ends with its queue, with its loop, and with its signal'({ open }) {
    const queue = open()
    const controller = new AbortController()
    const stopped = queue.events({ signal: controller.signal })
    const next = stopped.next()
    controller.abort()
    await refused(next, 'NET_ABORTED')
    const left = queue.events()
    await left.return(undefined)
    assert.deepEqual(await left.next(), { done: true, value: undefined })
    const lasting = queue.events()
    const last = lasting.next()
    await queue.close()
    assert.deepEqual(await last, { done: true, value: undefined })
  },

  async 'finished jobs are kept up to a count, the latest ones'({ open }) {
    const queue = open<number>({ keep: { done: { count: 3 } } })
    queue.process(() => {})
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await queue.add(1, { id })
      await inState(queue, id, 'done')
    }
    assert.equal((await queue.counts()).done, 3)
    assert.deepEqual([await queue.get('a'), await queue.get('b')], [undefined, undefined])
    assert.equal((await queue.add(1, { id: 'a' })).added, true)
  },

  async 'finished jobs are kept up to so many bytes'({ open }) {
    const queue = open({ keep: { done: { bytes: 5000 } } })
    queue.process(() => 'r'.repeat(998))
    for (let n = 0; n < 20; n++) {
      const { id } = await queue.add('p')
      await inState(queue, id, 'done')
      const { bytes } = await queue.counts()
      assert.ok(bytes <= 5000, `${bytes} bytes`)
    }
    assert.equal((await queue.counts()).done, 4)
  },

  async 'finished jobs are kept for a time'({ open, step }) {
    const queue = open({ keep: { done: { age: 3 * step } } })
    queue.process(() => {})
    await queue.add('x', { id: 'old' })
    await inState(queue, 'old', 'done')
    await pass(4 * step)
    await queue.add('x', { id: 'new' })
    await inState(queue, 'new', 'done')
    assert.equal(await queue.get('old'), undefined)
  },

  async 'an unknown job that makes way for newer ones is told'({ open }) {
    const queue = open({ keep: { unknown: { count: 1 } } })
    const events = await heard(queue)
    queue.process(() => {
      throw netError('NET_DELIVERY_UNKNOWN', { message: 'lost after the dot' })
    })
    for (const id of ['a', 'b']) {
      await queue.add('x', { id })
      await inState(queue, id, 'unknown')
    }
    await until('it is told', () => events.some(({ type, id }) => type === 'removed' && id === 'a'))
    assert.equal((await queue.counts()).unknown, 1)
  },

  async 'failed jobs are kept apart from done ones'({ open }) {
    const queue = open({ keep: { done: { count: 0 }, failed: { count: 2 } } })
    queue.process(
      ({ id }) => {
        if (id.startsWith('f')) throw new Error(id)
      },
      { retry: false },
    )
    for (const id of ['f1', 'f2', 'f3', 'd1']) await queue.add('x', { id })
    await emptied(queue)
    const { done, failed } = await queue.counts()
    assert.deepEqual([done, failed], [0, 2])
    assert.equal(await queue.get('f1'), undefined)
  },
}

async function emptied(queue: JobQueue<unknown>): Promise<void> {
  for (;;) {
    const { waiting, active } = await queue.counts()
    if (waiting + active === 0) return
    await new Promise((resolve) => {
      setTimeout(resolve, 4)
    })
  }
}

/** The events of a queue, from when this resolves. */
async function heard(queue: JobQueue<unknown>): Promise<QueueEvent[]> {
  const events: QueueEvent[] = []
  const feed = queue.events()
  void (async () => {
    for await (const event of feed) events.push(event)
  })()
  // The feed hears once it has asked the store to; what asks after it is answered after it.
  await queue.counts()
  await pass(1)
  return events
}
