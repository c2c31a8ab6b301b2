/* What `checkQueue` checks of adding jobs, and of what then comes to their handlers. */

import assert from 'node:assert/strict'

import { secret } from '@net/core'
import { clock } from '@net/core/authoring'

import type { PayloadSchema } from '../payload-schema.ts'
import { gate, inState, noting, refused, until, type QueueCases, type Start } from './queue-case.ts'

export const addingCases: QueueCases = {
  async 'a job comes to its handler as it was added'({ open }) {
    const queue = open()
    const payload = {
      to: 'ada@example.com',
      lines: ['a', 'ü'],
      size: 1.5,
      more: { is: true, no: null },
    }
    const { id, added, state } = await queue.add(payload, { priority: 3, attempts: 7 })
    assert.deepEqual([added, state], [true, 'waiting'])
    const seen: unknown[] = []
    queue.process((job) => void seen.push(job))
    const info = await inState(queue, id, 'done')
    const { added: when } = info
    assert.deepEqual(seen, [{ id, payload, attempt: 1, attempts: 7, priority: 3, added: when }])
    assert.deepEqual([info.payload, info.attempt], [payload, 1])
  },

  async 'ids are made up where none is given'({ open }) {
    const queue = open()
    const added = await Promise.all(['a', 'b', 'c'].map((name) => queue.add(name)))
    assert.equal(new Set(added.map(({ id }) => id)).size, 3)
  },

  async 'an id may be any string'({ open }) {
    const queue = open()
    const ids = [
      '1',
      '-1',
      '0',
      'a:b',
      'a:b:c',
      ' ',
      '*',
      "'",
      '"',
      '{x}',
      '__proto__',
      'ü🙂',
      '\n',
      'x'.repeat(512),
    ]
    for (const id of ids)
      assert.deepEqual(await queue.add(id, { id }), { id, added: true, state: 'waiting' })
    const seen: unknown[] = []
    queue.process(({ id, payload }) => void seen.push([id, payload]), { concurrency: 3 })
    await until('all have run', () => seen.length === ids.length)
    assert.deepEqual(
      seen,
      ids.map((id) => [id, id]),
    )
    for (const id of ids) await inState(queue, id, 'done')
    for (const id of ['', 'x'.repeat(513), '\u{d800}'])
      await refused(queue.add(1, { id }), 'NET_BAD_OPTION')
  },

  async 'adding an id that waits says so, and changes nothing'({ open }) {
    const queue = open()
    await queue.add('first', { id: 'mail-1' })
    const again = await queue.add('second', { id: 'mail-1', priority: 9 })
    assert.deepEqual(again, { id: 'mail-1', added: false, state: 'waiting' })
    const job = await queue.get('mail-1')
    assert.deepEqual([job?.payload, job?.priority], ['first', 0])
    assert.equal((await queue.counts()).waiting, 1)
  },

  async 'adding an id that is done says so, and nothing runs'({ open }) {
    const queue = open()
    const starts: Start[] = []
    await queue.add('first', { id: 'mail-1' })
    queue.process(noting(starts))
    await inState(queue, 'mail-1', 'done')
    assert.deepEqual(await queue.add('second', { id: 'mail-1' }), {
      id: 'mail-1',
      added: false,
      state: 'done',
    })
    await queue.add('other', { id: 'mail-2' })
    await inState(queue, 'mail-2', 'done')
    assert.equal(starts.length, 2)
  },

  async 'many jobs added at once are all there, in order'({ open }) {
    const queue = open<number>()
    const numbers = Array.from({ length: 300 }, (_, index) => index)
    await Promise.all(numbers.map((number) => queue.add(number)))
    assert.equal((await queue.counts()).waiting, 300)
    const seen: number[] = []
    queue.process(({ payload }) => void seen.push(payload), { concurrency: 7 })
    await until('all have run', () => seen.length === 300)
    assert.deepEqual(seen, numbers)
  },

  async 'a delayed job is not started before its time'({ open, step }) {
    const queue = open()
    const starts: Start[] = []
    queue.process(noting(starts))
    const at = clock().now()
    const late = await queue.add('late', { id: 'late', delay: 3 * step })
    assert.equal(late.state, 'delayed')
    await queue.add('now', { id: 'now' })
    await until('both have run', () => starts.length === 2)
    assert.deepEqual(
      starts.map(({ id }) => id),
      ['now', 'late'],
    )
    // The clock of a server and ours may be apart by a tick.
    assert.ok((starts[1]?.at ?? 0) - at >= 3 * step - 2, 'too early')
  },

  async 'a delay may be years, and no more than ten'({ open }) {
    const queue = open()
    const { state } = await queue.add('later', { id: 'later', delay: 9 * 365 * 86_400_000 })
    const job = await queue.get('later')
    assert.equal(state, 'delayed')
    assert.ok((job?.due ?? 0) - (job?.added ?? 0) === 9 * 365 * 86_400_000)
    for (const delay of [NaN, -1, Infinity, 11 * 365 * 86_400_000])
      await refused(queue.add('x', { delay }), 'NET_BAD_OPTION')
  },

  async 'higher priorities start first, and equals in the order of adding'({ open }) {
    const queue = open<string>()
    const given = { low: -5, first: 0, second: 0, high: 7, higher: 8, third: 0 }
    for (const [id, priority] of Object.entries(given)) await queue.add(id, { id, priority })
    const starts: Start[] = []
    queue.process(noting(starts))
    await until('all have run', () => starts.length === 6)
    const order = ['higher', 'high', 'first', 'second', 'third', 'low']
    assert.deepEqual(
      starts.map(({ id }) => id),
      order,
    )
  },

  async 'what JSON does not give back is refused, with its place'({ open }) {
    const queue = open()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = [cycle]
    const faults: readonly (readonly [unknown, string])[] = [
      [undefined, 'payload is undefined'],
      [{ at: new Date(0) }, 'payload.at is a Date'],
      [{ a: [new Map()] }, 'payload.a[0] is a Map'],
      [new Set([1]), 'payload is a Set'],
      [{ body: Buffer.from('x') }, 'payload.body is a Buffer'],
      [{ n: 1n }, 'payload.n is a BigInt'],
      [{ n: NaN }, 'payload.n is NaN'],
      [{ n: -0 }, 'payload.n is -0'],
      [[1, undefined], 'payload[1] is undefined'],
      [{ 'odd key': () => 1 }, 'payload["odd key"] is a function'],
      [{ error: new Error('x') }, 'payload.error is a Error'],
      [cycle, 'payload.self[0] leads back'],
      [{ user: { password: secret('hidden words') } }, 'payload.user.password is a Secret'],
    ]
    for (const [payload, message] of faults) {
      const error = await refused(queue.add(payload), 'NET_BAD_OPTION')
      assert.ok(error.message.includes(message), error.message)
    }
    const { waiting, bytes } = await queue.counts()
    assert.deepEqual([waiting, bytes], [0, 0])
  },

  async 'what JSON does give back is stored as it is'({ open }) {
    const queue = open()
    const odd: unknown = JSON.parse(
      '{"__proto__":{"a":1},"":0,"\\ud800":"\\udfff","e":1e300,"deep":[[[]]]}',
    )
    await queue.add({ odd, dropped: undefined, nothing: null }, { id: 'odd' })
    const job = await queue.get('odd')
    assert.deepEqual(job?.payload, { odd, nothing: null })
  },

  async 'a payload that is too long is refused'({ open }) {
    const queue = open({ maxPayload: 100 })
    await queue.add('x'.repeat(98), { id: 'fits' })
    const error = await refused(queue.add('ü'.repeat(50)), 'NET_BAD_OPTION')
    assert.ok(error.message.includes('102 bytes'), error.message)
    assert.equal((await queue.counts()).waiting, 1)
  },

  async 'a payload of a mebibyte comes through'({ open }) {
    const queue = open<string>()
    const text = 'ü'.repeat(500_000)
    await queue.add(text, { id: 'long' })
    const seen: string[] = []
    queue.process(({ payload }) => void seen.push(payload))
    await until('it has run', () => seen.length === 1)
    assert.ok(seen[0] === text)
  },

  async 'what is changed after adding, or by an attempt, is not seen'({ open }) {
    const queue = open<{ name: string }>()
    const payload = { name: 'as added' }
    const adding = queue.add(payload, { id: 'copied' })
    payload.name = 'changed by the caller'
    await adding
    const seen: string[] = []
    queue.process(
      ({ payload: given, attempt }) => {
        seen.push(given.name)
        given.name = 'changed by an attempt'
        if (attempt === 1) throw new Error('once more')
      },
      { retry: { delay: 0 } },
    )
    await inState(queue, 'copied', 'done')
    assert.deepEqual(seen, ['as added', 'as added'])
  },

  async 'a schema checks what is added, and gives what handlers get'({ open }) {
    const queue = open<Sized>({ schema: sized(1) })
    const error = await refused(queue.add({ size: -1 }), 'NET_BAD_OPTION')
    assert.ok(error.message.includes('payload.size: must not be below 1'), error.message)
    await queue.add({ size: 2 }, { id: 'sized' })
    const seen: unknown[] = []
    queue.process(({ payload }) => void seen.push(payload))
    await inState(queue, 'sized', 'done')
    assert.deepEqual(seen, [{ size: 2, checked: true }])
  },

  async "a payload that the worker's schema refuses fails at once, and its handler is not called"({
    open,
  }) {
    const queue = open<Sized>({ schema: sized(1) })
    await queue.add({ size: 2 }, { id: 'small' })
    const stricter = open<Sized>({ schema: sized(5) })
    const starts: Start[] = []
    stricter.process(noting(starts))
    const { error, attempt } = await inState(queue, 'small', 'failed')
    assert.deepEqual([starts.length, attempt], [0, 1])
    assert.ok(error?.message.includes('payload.size: must not be below 5'), error?.message)
  },

  async 'a signal that has aborted adds nothing'({ open }) {
    const queue = open()
    await refused(queue.add('x', { signal: AbortSignal.abort() }), 'NET_ABORTED')
    assert.equal((await queue.counts()).waiting, 0)
  },

  async 'what was given to add before the close is kept'({ open }) {
    const keeping = open<Sized>()
    for (const [id, schema] of [
      ['plain', undefined],
      ['checked', sized(1)],
    ] as const) {
      const queue = open<Sized>({ schema })
      await queue.counts()
      const added = queue.add({ size: 1 }, { id })
      await queue.close()
      assert.equal((await added).added, true)
      assert.equal((await keeping.get(id))?.state, 'waiting')
    }
  },

  async 'the trace context of what asks for a job comes to its handler'({ open }) {
    const queue = open()
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await queue.add('x', { id: 'traced', traceparent })
    const seen = gate()
    queue.process((job) => {
      if (job.traceparent === traceparent) seen.open()
    })
    await seen.opened
    await refused(queue.add('x', { traceparent: 'nonsense' }), 'NET_BAD_OPTION')
  },
}

interface Sized {
  readonly size: number
  readonly checked?: boolean
}

function sized(least: number): PayloadSchema<Sized> {
  return {
    '~standard': {
      version: 1,
      validate(value) {
        const { size } = value as Sized
        if (size >= least) return { value: { size, checked: true } }
        return { issues: [{ message: `must not be below ${least}`, path: ['size'] }] }
      },
    },
  }
}
