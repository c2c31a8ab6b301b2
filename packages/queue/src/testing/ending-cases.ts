/* What `checkQueue` checks of how jobs end: done, repeated, failed, unknown, at their deadline. */

import assert from 'node:assert/strict'

import { clock, netError } from '@net/core/authoring'

import {
  aborted,
  gate,
  inState,
  noting,
  pass,
  refused,
  until,
  type QueueCases,
  type Start,
} from './queue-case.ts'

export const endingCases: QueueCases = {
  async 'a result is kept'({ open }) {
    const queue = open()
    queue.process(({ id }) => (id === 'none' ? undefined : { status: 250, ids: ['a'] }))
    await queue.add('x', { id: 'some' })
    await queue.add('x', { id: 'none' })
    const some = await inState(queue, 'some', 'done')
    const none = await inState(queue, 'none', 'done')
    assert.deepEqual(some.result, { status: 250, ids: ['a'] })
    assert.ok(!('result' in none) && !('error' in some))
    assert.ok((some.finished ?? 0) >= (some.started ?? Infinity))
  },

  async 'a result that cannot be kept is left out, and the job is done once'({ open }) {
    const queue = open({ maxResult: 1000 })
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    const results: Readonly<Record<string, unknown>> = {
      cycle,
      bigint: { n: 1n },
      long: 'x'.repeat(2000),
      date: new Date(0),
    }
    const starts: Start[] = []
    queue.process(noting(starts, ({ id }) => results[id]))
    for (const id of Object.keys(results)) {
      await queue.add('x', { id })
      const job = await inState(queue, id, 'done')
      assert.ok(!('result' in job), id)
    }
    assert.equal(starts.length, 4)
  },

  async 'whatever is thrown counts, and its reason is kept as text'({ open }) {
    const queue = open()
    const cycle: Record<string, unknown> = { name: 'Error' }
    cycle['self'] = cycle
    const thrown: Readonly<Record<string, unknown>> = {
      text: 'just text',
      nothing: undefined,
      error: Object.assign(new TypeError('typed'), { cycle, code: 'E_ODD' }),
      caused: new Error('outer', { cause: cycle }),
    }
    queue.process(
      ({ id }) => {
        throw thrown[id]
      },
      { retry: false },
    )
    const reasons: Record<string, string> = {
      text: "'just text' was thrown",
      nothing: 'undefined was thrown',
      error: 'typed',
      caused: 'outer',
    }
    for (const [id, reason] of Object.entries(reasons)) {
      await queue.add('x', { id })
      const { error, attempt } = await inState(queue, id, 'failed')
      assert.deepEqual([error?.message, attempt], [reason, 1])
    }
  },

  async 'a failure is repeated until the attempts are used up'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, ({ attempt }) => {
        throw new Error(`attempt ${attempt} failed`)
      }),
      { retry: { delay: step, factor: 2, jitter: 'none' } },
    )
    await queue.add('x', { id: 'poison', attempts: 3 })
    const { error, attempt } = await inState(queue, 'poison', 'failed')
    assert.deepEqual([error?.message, attempt], ['attempt 3 failed', 3])
    assert.deepEqual(
      starts.map((start) => start.attempt),
      [1, 2, 3],
    )
    const [first = 0, second = 0, third = 0] = starts.map(({ at }) => at)
    assert.ok(second - first >= step - 2 && third - second >= 2 * step - 2, 'too early')
  },

  async 'an attempt that succeeds ends the repeats'({ open }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, ({ attempt }) => {
        if (attempt < 3) throw new Error('not yet')
        return attempt
      }),
      { retry: { delay: 0 } },
    )
    await queue.add('x', { id: 'third', attempts: 9 })
    const { result, error } = await inState(queue, 'third', 'done')
    assert.deepEqual([result, error, starts.length], [3, undefined, 3])
  },

  async 'an error that says that a repeat is pointless is not repeated'({ open }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, () => {
        throw netError('NET_NOT_FOUND', { message: 'no such mailbox', protocol: 'smtp' })
      }),
    )
    await queue.add('x', { id: 'gone', attempts: 9 })
    const { error } = await inState(queue, 'gone', 'failed')
    assert.equal(starts.length, 1)
    assert.equal(Reflect.get(error ?? {}, 'code'), 'NET_NOT_FOUND')
    assert.equal(Reflect.get(error ?? {}, 'protocol'), 'smtp')
  },

  async 'an error is not repeated before its time'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, ({ attempt }) => {
        if (attempt > 1) return
        const retryAfter = 5 * step
        throw netError('NET_REPLY_TEMPORARY', { message: 'later', retry: 'safe', retryAfter })
      }),
      { retry: { delay: 0 } },
    )
    await queue.add('x', { id: 'later' })
    await inState(queue, 'later', 'done')
    const [first = 0, second = 0] = starts.map(({ at }) => at)
    assert.ok(second - first >= 5 * step - 2, `after ${second - first}`)
  },

  async 'nothing is repeated where the worker says so, and `when` decides where it is given'({
    open,
  }) {
    const queue = open()
    const starts: Start[] = []
    const fail = noting<unknown>(starts, ({ id }) => {
      throw new Error(id)
    })
    const first = queue.process(fail, { retry: false })
    await queue.add('x', { id: 'never' })
    await inState(queue, 'never', 'failed')
    await first.close()
    queue.process(fail, { retry: { delay: 0, when: (_, attempt) => attempt < 2 } })
    await queue.add('x', { id: 'twice', attempts: 9 })
    await inState(queue, 'twice', 'failed')
    assert.deepEqual(
      starts.map(({ id }) => id),
      ['never', 'twice', 'twice'],
    )
  },

  async 'a delivery that nobody knows of is unknown, and is not repeated'({ open }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, () => {
        throw netError('NET_DELIVERY_UNKNOWN', { message: 'lost after the dot' })
      }),
      { retry: { delay: 0, when: () => true } },
    )
    await queue.add('x', { id: 'mail' })
    const { error } = await inState(queue, 'mail', 'unknown')
    assert.equal(Reflect.get(error ?? {}, 'code'), 'NET_DELIVERY_UNKNOWN')
    assert.equal((await queue.counts()).unknown, 1)
    assert.equal(starts.length, 1)
  },

  async 'a marked job that fails is unknown, whatever failed'({ open }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(
      noting(starts, async (_, { mark }) => {
        await mark('sent')
        throw new Error('the connection was lost')
      }),
      { retry: { delay: 0, when: () => true } },
    )
    await queue.add('x', { id: 'marked' })
    const { mark, error } = await inState(queue, 'marked', 'unknown')
    assert.deepEqual([mark, error?.message, starts.length], ['sent', 'the connection was lost', 1])
  },

  async 'a marked job is repeated if the error says that nothing was done, and failed if it says so for good'({
    open,
  }) {
    const queue = open()
    queue.process(
      async ({ id, attempt }, { mark }) => {
        await mark('sent')
        if (id === 'refused') throw netError('NET_REPLY_PERMANENT', { message: 'no' })
        if (attempt === 1)
          throw netError('NET_REPLY_TEMPORARY', { message: 'later', retry: 'safe' })
      },
      { retry: { delay: 0 } },
    )
    await queue.add('x', { id: 'refused' })
    await queue.add('x', { id: 'greylisted' })
    assert.equal((await inState(queue, 'refused', 'failed')).attempt, 1)
    assert.equal((await inState(queue, 'greylisted', 'done')).attempt, 2)
  },

  async 'a mark is kept before it is believed, and a marked job that returns is done'({ open }) {
    const queue = open()
    const other = open()
    const go = gate()
    const seen: unknown[] = []
    queue.process(async ({ id }, { mark }) => {
      await mark('sent')
      const job = await other.get(id)
      seen.push(job?.mark, job?.state)
      go.open()
    })
    await queue.add('x', { id: 'marked' })
    await go.opened
    const { mark } = await inState(queue, 'marked', 'done')
    assert.deepEqual([...seen, mark], ['sent', 'active', 'sent'])
  },

  async 'progress is told to all'({ open }) {
    const queue = open()
    const other = open()
    const go = gate()
    const told = gate()
    queue.process(async (_, { progress }) => {
      await progress(50, 200)
      told.open()
      await go.opened
    })
    await queue.add('x', { id: 'transfer' })
    await told.opened
    const job = await other.get('transfer')
    assert.deepEqual([job?.state, job?.progress], ['active', { transferred: 50, total: 200 }])
    go.open()
    await inState(queue, 'transfer', 'done')
  },

  async 'a job is not started after its deadline'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    await queue.add('x', { id: 'late', deadline: step })
    await queue.add('x', { id: 'lasting', deadline: 10_000_000 })
    await pass(2 * step)
    queue.process(noting(starts))
    const { error, attempt } = await inState(queue, 'late', 'failed')
    await inState(queue, 'lasting', 'done')
    assert.equal(Reflect.get(error ?? {}, 'code'), 'NET_TIMEOUT_TOTAL')
    assert.deepEqual([attempt, starts.length], [0, 1])
  },

  async 'the signal aborts at the deadline, and the job is failed'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    let reason: unknown
    queue.process(
      noting(starts, async (_, { signal }) => {
        await aborted(signal).catch((error: unknown) => {
          reason = error
          throw error
        })
      }),
    )
    const at = clock().now()
    await queue.add('x', { id: 'slow', deadline: 2 * step })
    const { error } = await inState(queue, 'slow', 'failed')
    assert.ok(clock().now() - at >= 2 * step - 2, 'too early')
    assert.equal(Reflect.get(reason ?? {}, 'code'), 'NET_TIMEOUT_TOTAL')
    assert.equal(Reflect.get(error ?? {}, 'code'), 'NET_TIMEOUT_TOTAL')
    assert.equal(starts.length, 1)
  },

  async 'a marked job whose deadline passes is unknown'({ open, step }) {
    const queue = open()
    queue.process(async (_, { signal, mark }) => {
      await mark('sent')
      await aborted(signal)
    })
    await queue.add('x', { id: 'sent', deadline: 2 * step })
    assert.equal((await inState(queue, 'sent', 'unknown')).mark, 'sent')
  },

  async 'a handler that does not heed its signal keeps its job and its place for a grace'({
    open,
    step,
  }) {
    const queue = open()
    const never = gate()
    const starts: Start[] = []
    queue.process(
      noting(starts, ({ id }) => (id === 'next' ? undefined : never.opened)),
      { deadlineGrace: 3 * step },
    )
    const at = clock().now()
    await queue.add('x', { id: 'deaf', deadline: 2 * step })
    await queue.add('x', { id: 'next' })
    const { error } = await inState(queue, 'deaf', 'failed')
    await inState(queue, 'next', 'done')
    assert.equal(Reflect.get(error ?? {}, 'code'), 'NET_TASK_LEAKED')
    const [, next = { at: 0 }] = starts
    assert.ok(next.at - at >= 5 * step - 4, 'its place was given away')
    never.open()
  },

  async 'a repeat that could not begin before the deadline is not waited for'({ open, step }) {
    const queue = open()
    queue.process(
      () => {
        throw new Error('as it was')
      },
      { retry: { delay: 100 * step, jitter: 'none' } },
    )
    await queue.add('x', { id: 'short', deadline: 50 * step })
    const { error, attempt } = await inState(queue, 'short', 'failed')
    assert.deepEqual([error?.message, attempt], ['as it was', 1])
  },

  async 'a handler works with what it took out of its context'({ open }) {
    const queue = open()
    queue.process(async (job, context) => {
      const { signal, attempt, mark, progress } = context
      await mark('a')
      await progress(1, 1)
      return [signal.aborted, attempt, job.attempt]
    })
    await queue.add('x', { id: 'apart' })
    assert.deepEqual((await inState(queue, 'apart', 'done')).result, [false, 1, 1])
  },

  async 'what a handler marks is a text'({ open }) {
    const queue = open()
    const codes: unknown[] = []
    queue.process(async (_, { mark }) => {
      const error = await refused(mark(7 as never), 'NET_BAD_OPTION')
      codes.push(error.name)
    })
    await queue.add('x', { id: 'number' })
    await until('it was refused', () => codes.length === 1)
    await inState(queue, 'number', 'done')
  },
}
