/* What `checkQueue` checks of workers: that they share, close, die, and wake up too late. */

import assert from 'node:assert/strict'

import { clock, netError } from '@net/core/authoring'

import { cutOff } from './cut-off.ts'
import {
  aborted,
  gate,
  inState,
  noting,
  pass,
  refused,
  until,
  type QueueCase,
  type QueueCases,
  type Start,
} from './queue-case.ts'

export const lossCases: QueueCases = {
  async 'a job whose worker died is started again, and that attempt counts'({ open, step }) {
    const starts: Start[] = []
    const queue = open()
    await queue.add('x', { id: 'held', attempts: 5 })
    await lostWorker({ open, step }, { concurrency: 1 })
    queue.process(noting(starts))
    await inState(queue, 'held', 'done')
    assert.deepEqual(
      starts.map(({ attempt }) => attempt),
      [2],
    )
  },

  async 'a marked job whose worker died is unknown, and is not started again'({ open, step }) {
    const starts: Start[] = []
    const queue = open()
    await queue.add('x', { id: 'marked' })
    await lostWorker({ open, step }, { concurrency: 1, mark: 'sent' })
    queue.process(noting(starts))
    const { mark, error, attempt } = await inState(queue, 'marked', 'unknown')
    assert.deepEqual([mark, attempt, starts.length], ['sent', 1, 0])
    assert.equal(Reflect.get(error ?? {}, 'code'), 'NET_DELIVERY_UNKNOWN')
  },

  async 'a job whose mark has an empty name is marked all the same'({ open, step }) {
    const starts: Start[] = []
    const queue = open()
    await queue.add('x', { id: 'marked' })
    await lostWorker({ open, step }, { concurrency: 1, mark: '' })
    queue.process(noting(starts))
    const { mark } = await inState(queue, 'marked', 'unknown')
    assert.deepEqual([mark, starts.length], ['', 0])
  },

  async 'a job whose worker dies each time is parked when its attempts are used up'({
    open,
    step,
  }) {
    const queue = open()
    await queue.add('x', { id: 'poison', attempts: 2 })
    await lostWorker({ open, step }, { concurrency: 1 })
    await lostWorker({ open, step }, { concurrency: 1 })
    const starts: Start[] = []
    queue.process(noting(starts))
    const { error, attempt } = await inState(queue, 'poison', 'failed')
    assert.ok(error?.message.includes('ended 2 times'), error?.message)
    assert.deepEqual([attempt, starts.length], [2, 0])
    assert.equal(await queue.retryFailed(), 1)
    await inState(queue, 'poison', 'done')
  },

  async 'jobs that died together are started again alone, and keep their attempts'({ open, step }) {
    const queue = open()
    for (const id of ['a', 'b', 'c']) await queue.add('x', { id, attempts: 1 })
    await lostWorker({ open, step }, { concurrency: 3 })
    await queue.add('x', { id: 'other', attempts: 1 })
    let running = 0
    let most = 0
    const starts: Start[] = []
    queue.process(
      noting(starts, async () => {
        most = Math.max(most, ++running)
        await pass(step / 4)
        running--
      }),
      { concurrency: 3 },
    )
    for (const id of ['a', 'b', 'c', 'other']) await inState(queue, id, 'done')
    assert.equal(most, 1)
    const again = starts.filter(({ id }) => id !== 'other')
    assert.deepEqual(
      again.map(({ attempt }) => attempt),
      [2, 2, 2],
    )
  },

  async 'a job that died beside one whose deadline has passed since is started all the same'({
    open,
    step,
  }) {
    const queue = open()
    await queue.add('x', { id: 'late', deadline: 5 * step })
    await queue.add('x', { id: 'in time' })
    const dying = open()
    let held = 0
    let lost = 0
    dying.process(
      async (_, { signal }) => {
        held++
        // Before the clock moves on: else the deadline would end the job.
        if (held === 2) cutOff(dying)
        await aborted(signal).catch(() => {})
        lost++
      },
      { concurrency: 2, lease: 4 * step },
    )
    await until('its leases have ended', () => lost === 2)
    await pass(2 * step)
    const starts: Start[] = []
    queue.process(noting(starts))
    await inState(queue, 'in time', 'done')
    assert.deepEqual(
      starts.map(({ id }) => id),
      ['in time'],
    )
    assert.equal((await queue.get('late'))?.state, 'failed')
  },

  async 'a worker that lost its lease learns of it, and changes nothing any more'({ open, step }) {
    const queue = open()
    await queue.add('x', { id: 'slept' })
    const asleep = open()
    const go = gate()
    const codes: string[] = []
    let isAborted = false
    asleep.process(
      async (_, { signal, mark, progress }) => {
        cutOff(asleep)
        await go.opened
        for (const call of [() => mark('sent'), () => progress(1)]) {
          const error = await refused(call(), 'NET_CLOSED')
          codes.push(error.name)
        }
        isAborted = signal.aborted
        return 'of the first'
      },
      { lease: 4 * step },
    )
    await inState(queue, 'slept', 'active')
    queue.process(() => 'of the second')
    await inState(queue, 'slept', 'done')
    go.open()
    await until('it has learnt of it', () => codes.length === 2)
    assert.ok(isAborted)
    const { result, mark } = await inState(queue, 'slept', 'done')
    assert.deepEqual([result, mark], ['of the second', undefined])
  },

  async 'a job that takes longer than its lease stays with its worker'({ open, step }) {
    const queue = open()
    const other = open()
    const starts: Start[] = []
    const work = noting<unknown>(starts, () => pass(9 * step))
    queue.process(work, { lease: 6 * step })
    await queue.add('x', { id: 'long' })
    await until('it runs', () => starts.length === 1)
    other.process(work, { lease: 6 * step })
    await inState(queue, 'long', 'done')
    assert.equal(starts.length, 1)
  },

  async 'workers share the jobs: each is started once'({ open }) {
    const queue = open()
    const ids = Array.from({ length: 60 }, (_, index) => `job-${index}`)
    const starts: Start[] = []
    for (const worker of [queue, open(), open()]) worker.process(noting(starts), { concurrency: 4 })
    await Promise.all(ids.map((id) => queue.add('x', { id })))
    await until('all have run', () => starts.length >= 60)
    for (const id of ids) await inState(queue, id, 'done')
    assert.deepEqual(starts.map(({ id }) => id).toSorted(), ids.toSorted())
  },

  async 'so many jobs run at a time as the worker says'({ open }) {
    const queue = open()
    let running = 0
    let most = 0
    const go = gate()
    queue.process(
      async () => {
        most = Math.max(most, ++running)
        await go.opened
        running--
      },
      { concurrency: 3 },
    )
    for (const id of ['a', 'b', 'c', 'd', 'e']) await queue.add('x', { id })
    await until('three run', () => running === 3)
    const { active, waiting } = await queue.counts()
    assert.deepEqual([active, waiting], [3, 2])
    go.open()
    for (const id of ['a', 'b', 'c', 'd', 'e']) await inState(queue, id, 'done')
    assert.equal(most, 3)
  },

  async 'a worker that closes lets its jobs end, and takes no more'({ open }) {
    const queue = open()
    const go = gate()
    const starts: Start[] = []
    const worker = queue.process(noting(starts, () => go.opened))
    await queue.add('x', { id: 'first' })
    await queue.add('x', { id: 'second' })
    await until('it runs', () => starts.length === 1)
    const closing = worker.close({ grace: 1_000_000 })
    assert.equal(worker.state, 'closing')
    go.open()
    await closing
    assert.equal(await worker.closed, undefined)
    assert.equal(worker.state, 'closed')
    const first = await queue.get('first')
    const second = await queue.get('second')
    assert.deepEqual([first?.state, second?.state, second?.attempt], ['done', 'waiting', 0])
  },

  async 'past the grace what runs is interrupted, and goes back with all its attempts'({
    open,
    step,
  }) {
    const queue = open()
    const starts: Start[] = []
    const work = noting<unknown>(starts, ({ attempt }, { signal }) =>
      attempt === 1 ? aborted(signal) : undefined,
    )
    const worker = queue.process(work)
    await queue.add('x', { id: 'cut', attempts: 1 })
    await until('it runs', () => starts.length === 1)
    await worker.close({ grace: step })
    assert.equal((await queue.get('cut'))?.state, 'waiting')
    queue.process(work)
    assert.equal((await inState(queue, 'cut', 'done')).attempt, 2)
  },

  async 'past the grace a marked job is unknown'({ open, step }) {
    const queue = open()
    const marked = gate()
    const worker = queue.process(async (_, { signal, mark }) => {
      await mark('sent')
      marked.open()
      await aborted(signal)
    })
    await queue.add('x', { id: 'sent' })
    await marked.opened
    await worker.close({ grace: step })
    assert.equal((await queue.get('sent'))?.state, 'unknown')
  },

  async 'a handler that does not end does not keep a worker from closing'({ open, step }) {
    const queue = open()
    const never = gate()
    const starts: Start[] = []
    const worker = queue.process(noting(starts, () => never.opened))
    await queue.add('x', { id: 'deaf' })
    await until('it runs', () => starts.length === 1)
    await worker.close({ grace: step })
    const job = await queue.get('deaf')
    assert.deepEqual(
      [job?.state, Reflect.get(job?.error ?? {}, 'code')],
      ['failed', 'NET_TASK_LEAKED'],
    )
    never.open()
  },

  async 'what a worker gets while it closes has not started'({ open }) {
    const queue = open()
    await queue.add('x', { id: 'a' })
    const starts: Start[] = []
    const worker = queue.process(noting(starts))
    // The first claim is asked for behind the call of `process`.
    await Promise.resolve()
    await Promise.resolve()
    await worker.close()
    const job = await queue.get('a')
    assert.equal(job?.attempt, starts.length)
    assert.equal(job.state, starts.length === 0 ? 'waiting' : 'done')
  },

  async 'a worker closes when its signal aborts'({ open }) {
    const queue = open()
    const controller = new AbortController()
    const worker = queue.process(() => {}, { signal: controller.signal })
    controller.abort()
    assert.equal(await worker.closed, undefined)
    await queue.add('x', { id: 'unstarted' })
    assert.equal((await queue.get('unstarted'))?.state, 'waiting')
  },

  async 'a permanent refusal during a close stays one'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    const worker = queue.process(
      noting(starts, async (_, { signal }) => {
        await aborted(signal).catch(() => {})
        throw netError('NET_REPLY_PERMANENT', { message: 'no' })
      }),
    )
    await queue.add('x', { id: 'refused' })
    await until('it runs', () => starts.length === 1)
    await worker.close({ grace: step })
    assert.equal((await queue.get('refused'))?.state, 'failed')
  },

  async 'a queue closes with its workers, and then takes no calls'({ open }) {
    const queue = open()
    const worker = queue.process(() => {})
    await queue.add('x')
    await queue.close()
    assert.equal(worker.state, 'closed')
    assert.equal(await queue.closed, undefined)
    await refused(queue.add('x'), 'NET_CLOSED')
    await refused(queue.counts(), 'NET_CLOSED')
    assert.throws(() => queue.process(() => {}), { code: 'NET_CLOSED' })
    await queue.close()
  },

  async 'jobs survive the queue that added them'({ open }) {
    const keeper = open()
    const first = open()
    await first.add('kept', { id: 'kept' })
    await first.close()
    assert.equal((await keeper.get('kept'))?.payload, 'kept')
  },
}

/** A worker that takes all it can, is cut off, and has lost its leases when this resolves. */
async function lostWorker(
  { open, step }: Pick<QueueCase, 'open' | 'step'>,
  { concurrency, mark }: { readonly concurrency: number; readonly mark?: string },
): Promise<void> {
  const queue = open()
  let held = 0
  let lost = 0
  const at = clock().now()
  queue.process(
    async (_, { signal, mark: marking }) => {
      if (mark !== undefined) await marking(mark)
      held++
      await aborted(signal).catch(() => {})
      lost++
    },
    { concurrency, lease: 4 * step },
  )
  await until('it holds its jobs', () => held === concurrency)
  cutOff(queue)
  await until('its leases have ended', () => lost === concurrency)
  assert.ok(clock().now() - at >= 4 * step - 2)
}
