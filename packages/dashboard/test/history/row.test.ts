import { expect, test } from 'vitest'

import { History } from '../../src/history/history.ts'
import { rowOf } from '../../src/history/row.ts'
import { failed, phase, started } from '../events.ts'

test('a row says what the list shows, in at most 400 bytes', () => {
  const history = new History({ operations: 10, wire: 0 })
  const target = `http://127.0.0.1:41234/${'a/long/path/'.repeat(100)}`
  history.take(
    started(1_000_000, { time: 123_456.789_123, target, endpoint: '127.0.0.1:41234', client: 3 }),
  )
  for (let at = 0; at < 20; at++) {
    for (const event of phase(1_000_000, 'receive', 123_456.8 + at, 123_457.8 + at))
      history.take(event)
  }
  history.take(failed(1_000_000, 'it failed'))
  const row = rowOf(history.get(1_000_000)!)
  expect(Buffer.byteLength(JSON.stringify(row))).toBeLessThanOrEqual(400)
  expect(row.slice(0, 5)).toEqual([0, 1_000_000, null, 'http', 'GET'])
  expect(row.slice(6, 13)).toEqual([
    '127.0.0.1:41234',
    123_456.789,
    10,
    'failed',
    null,
    null,
    'NET_CONN_RESET',
  ])
  expect(row[13][0]).toEqual(['receive', 0.011, 1, 'ok'])
})

test('what still runs has no length', () => {
  const history = new History({ operations: 10, wire: 0 })
  history.take(started(1))
  for (const event of phase(1, 'connect', 2)) history.take(event)
  const row = rowOf(history.get(1)!)
  expect([row[8], row[9], row[13]]).toEqual([null, 'running', [['connect', 2, null, 'running']]])
})
