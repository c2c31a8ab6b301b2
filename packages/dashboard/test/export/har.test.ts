import { secretNames } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { harOf } from '../../src/export/har.ts'
import { History } from '../../src/history/history.ts'
import { ended, failed, line, phase, started } from '../events.ts'

const epoch = Date.UTC(2026, 0, 1)

interface Entry {
  readonly startedDateTime: string
  readonly time: number
  readonly timings: Readonly<Record<string, number>>
  readonly request: { readonly url: string }
  readonly response: { readonly status: number }
}

function entriesOf(history: History): { entries: readonly Entry[]; comment: string } {
  const { log } = harOf(history.between(0, 99), epoch, secretNames(['iban'])) as {
    log: { entries: Entry[]; comment: string }
  }
  return log
}

function recorded(): History {
  const history = new History({ operations: 99, wire: 10_000 })
  history.take(
    started(1, { target: 'http://ada@127.0.0.1/a?q=1&api_key=abc&IBAN=AB1', time: 1000 }),
  )
  for (const [name, from, to] of [
    ['connect', 1001, 1003],
    ['tls', 1003, 1006],
    ['send', 1006, 1007],
  ] as const) {
    for (const event of phase(1, name, from, to)) history.take(event)
  }
  history.take(line(1, 'GET /a HTTP/1.1'))
  history.take({ ...line(1, 'HTTP/1.1 200 OK'), direction: 'receive' } as never)
  history.take(
    ended(1, {
      target: 'http://127.0.0.1/a?q=1&api_key=abc&IBAN=AB1',
      status: 200,
      transferred: 12,
      duration: 20,
    }),
  )
  return history
}

test('a call is an entry with times that are all numbers, and whose sum is its time', () => {
  const { entries } = entriesOf(recorded())
  expect(entries).toHaveLength(1)
  const [entry] = entries
  expect(entry).toMatchObject({
    startedDateTime: '2026-01-01T00:00:01.000Z',
    time: 20,
    timings: { blocked: -1, dns: -1, connect: 5, ssl: 3, send: 1, wait: 14, receive: 0 },
    request: { method: 'GET', httpVersion: 'HTTP/1.1' },
    response: { status: 200, statusText: 'OK', bodySize: 12, content: { size: 12 } },
  })
})

test('values of parameters that are named like secrets, or named by the caller, are left out', () => {
  const [entry] = entriesOf(recorded()).entries
  expect(entry?.request.url).toBe('http://127.0.0.1/a?q=1&api_key=%5Bsecret%5D&IBAN=%5Bsecret%5D')
})

test('a failed call is an entry with status 0; what still runs and other protocols are left out, and counted', () => {
  const history = new History({ operations: 99, wire: 0 })
  history.take(started(1, { target: 'http://127.0.0.1/' }))
  history.take(failed(1, 'it was reset'))
  history.take(started(2, { target: 'http://127.0.0.1/' }))
  history.take(started(3, { protocol: 'ftp', operation: 'upload', target: 'a.txt' }))
  history.take(ended(3))
  const { entries, comment } = entriesOf(history)
  expect(entries).toMatchObject([{ response: { status: 0 }, _error: 'NET_CONN_RESET' }])
  expect(Object.values(entries[0]!.timings).every((time) => Number.isFinite(time))).toBe(true)
  expect(comment).toContain('left out: 1')
})
