import { expect, test } from 'vitest'

import { History } from '../../src/history/history.ts'
import { ended, failed, failure, line, phase, started } from '../events.ts'

const limits = { operations: 3, wire: 1000 }

test('an operation is kept with its phases, lines, retries, warnings and error', () => {
  const history = new History({ operations: 10, wire: 1000 })
  history.take(started(1, { time: 5, target: 'http://127.0.0.1/a', client: 7 }))
  for (const event of phase(1, 'connect', 6, 8)) history.take(event)
  history.take(line(1, 'GET /a HTTP/1.1'))
  history.take({
    ...started(1),
    type: 'retry',
    attempt: 1,
    delay: 20,
    error: failure('gone'),
  } as never)
  history.take(started(1, { state: 'warning', message: 'careful' }))
  history.take(failed(1, 'the connection was reset'))

  const [record] = history.between(0, 1)
  expect(record).toMatchObject({
    ordinal: 0,
    client: 7,
    start: 5,
    duration: 10,
    outcome: 'failed',
    target: 'http://127.0.0.1/a',
    phases: [{ phase: 'connect', start: 6, duration: 2, outcome: 'ok' }],
    wire: [{ direction: 'send', text: 'GET /a HTTP/1.1' }],
    retries: [{ attempt: 1, delay: 20, code: 'NET_CONN_RESET' }],
    warnings: ['careful'],
    error: { code: 'NET_CONN_RESET', retry: 'idempotent' },
  })
  expect(record?.error?.message).toContain('the connection was reset')
})

test('the oldest operation makes way for a new one', () => {
  const history = new History(limits)
  for (const id of [1, 2, 3, 4]) history.take(started(id))
  for (const event of phase(1, 'send', 1, 2)) history.take(event)
  history.take(line(1, 'a line of what is forgotten'))

  expect(history.between(0, 9).map(({ id }) => id)).toEqual([2, 3, 4])
  expect(history.get(1)).toBeUndefined()
  expect([history.size, history.oldest, history.seen]).toEqual([3, 1, 4])
})

test('what has changed is told once each, also where a place is used again meanwhile', () => {
  const history = new History(limits)
  history.watch()
  for (const id of [1, 2, 3]) history.take(started(id))
  expect(history.drain().map(({ id }) => id)).toEqual([1, 2, 3])
  history.take(ended(1))
  for (const id of [4, 5]) history.take(started(id))
  history.take(ended(4))
  expect(history.drain().map(({ id }) => id)).toEqual([4, 5])
  expect(history.drain()).toEqual([])
  history.clear()
  expect(history.drain()).toEqual([])
})

test('an operation that ends without a beginning is kept as well', () => {
  const history = new History(limits)
  history.take(ended(9, { time: 30 }))
  expect(history.get(9)).toMatchObject({ start: 20, duration: 10, outcome: 'ok' })
})

test('lines are bounded over all operations: those of the oldest go first, and are counted', () => {
  const history = new History(limits)
  for (const id of [1, 2]) history.take(started(id))
  history.take(line(1, 'a'.repeat(400)))
  history.take(line(2, 'b'.repeat(400)))
  expect(history.get(1)?.wire).toHaveLength(1)
  history.take(line(2, 'c'.repeat(400)))
  expect(history.get(1)).toMatchObject({ wire: [], left: 1 })
  expect(history.get(2)?.wire).toHaveLength(2)
  history.take(line(1, 'too late'))
  expect(history.get(1)).toMatchObject({ wire: [], left: 2 })
})

test('a long text is cut, and of one operation no more is kept than anybody reads', () => {
  const history = new History({ operations: 3, wire: 1_000_000 })
  history.take(started(1, { target: 'x'.repeat(10_000) }))
  for (let at = 0; at < 300; at++) {
    history.take(line(1, 'y'.repeat(5000)))
    for (const event of phase(1, 'command', at, at + 1)) history.take(event)
  }
  const record = history.get(1)
  expect(record?.target.length).toBeLessThan(2100)
  expect(record?.wire.length).toBe(200)
  expect(record?.wire[0]?.text.length).toBeLessThan(1100)
  expect(record?.phases.length).toBe(64)
  expect(record?.left).toBe(100 + 236)
})

test('what has changed is known by number, and to those who watch', () => {
  const history = new History(limits)
  history.take(started(1))
  const { sequence } = history
  history.take(started(2))
  expect(history.changedSince(sequence).map(({ id }) => id)).toEqual([2])
  expect(history.drain()).toEqual([])
  history.watch()
  history.take(ended(1))
  history.take(ended(1))
  expect(history.drain().map(({ id }) => id)).toEqual([1])
  expect(history.drain()).toEqual([])
})

test('what ran within an operation is found, also through others', () => {
  const history = new History({ operations: 10, wire: 0 })
  history.take(started(1))
  history.take(started(2, { parent: 1 }))
  history.take(started(3))
  history.take(started(4, { parent: 2 }))
  expect(history.within(1, 10).map(({ id }) => id)).toEqual([2, 4])
  expect(history.within(1, 1)).toHaveLength(1)
})

test('after clear it begins anew, with higher ordinals', () => {
  const history = new History(limits)
  for (const id of [1, 2, 3, 4, 5]) history.take(started(id))
  history.clear()
  expect([history.size, history.oldest, history.between(0, 9)]).toEqual([0, 5, []])
  for (const id of [6, 7, 8, 9]) history.take(started(id))
  history.take(line(9, 'GET / HTTP/1.1'))
  expect(history.between(0, 99).map(({ ordinal, id }) => [ordinal, id])).toEqual([
    [6, 7],
    [7, 8],
    [8, 9],
  ])
  expect(history.get(9)?.wire).toHaveLength(1)
})
