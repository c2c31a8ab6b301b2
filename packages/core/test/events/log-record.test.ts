import { secret, type NetEvent } from '@net/core'
import { netError } from '@net/core/authoring'
import { canary, expectNoCanary } from '@tools/canary'
import { expect, test } from 'vitest'

import { channelsAt, isThreshold, levelOf, passes, recordOf } from '../../src/events/log-record.ts'

const head = { version: 1, id: 7, protocol: 'http', operation: 'GET', time: 5 } as const
const error = netError('NET_CONNECT_REFUSED', {
  message: 'the connection was refused',
  protocol: 'http',
})

const rows: readonly (readonly [NetEvent, string, string])[] = [
  [{ ...head, type: 'operation', state: 'start', target: '/x' }, 'debug', 'GET /x: started'],
  [{ ...head, type: 'operation', state: 'warning', message: 'odd' }, 'warn', 'GET: odd'],
  [
    { ...head, type: 'operation', state: 'end', outcome: 'ok', duration: 12.4, transferred: 3 },
    'info',
    'GET: ok (12 ms, 3 bytes)',
  ],
  [
    { ...head, type: 'operation', state: 'end', outcome: 'aborted', duration: 1 },
    'debug',
    'GET: aborted (1 ms)',
  ],
  [
    { ...head, type: 'operation', state: 'end', outcome: 'failed', error },
    'error',
    'http: the connection was refused',
  ],
  [{ ...head, type: 'phase', state: 'start', phase: 'tls' }, 'debug', 'GET: tls'],
  [
    { ...head, type: 'phase', state: 'end', phase: 'tls', outcome: 'ok', duration: 2 },
    'debug',
    'GET: tls ok (2 ms)',
  ],
  [{ ...head, type: 'wire', direction: 'send', text: 'USER me' }, 'trace', '> USER me'],
  [{ ...head, type: 'wire', direction: 'receive', bytes: 9 }, 'trace', '< 9 bytes'],
  [{ ...head, type: 'progress', transferred: 1, total: 2 }, 'trace', 'GET: 1 of 2 bytes'],
  [
    { ...head, type: 'retry', attempt: 1, delay: 200, error },
    'warn',
    'GET: attempt 1 failed, the next one follows in 200 ms: http: the connection was refused',
  ],
  [
    { ...head, type: 'pool', action: 'wait', size: 2, busy: 2, waiting: 1 },
    'debug',
    'GET: wait, 2 of 2 connections busy, 1 calls waiting',
  ],
]

test.each(rows)('an event becomes a record: %j', (event, level, message) => {
  expect(levelOf(event)).toBe(level)
  expect(recordOf(event)).toMatchObject({ level, message, protocol: 'http', operation: 'GET' })
})

test('[CORE-14] a record has the fields of its event and of the context, those of the event first', () => {
  const { fields } = recordOf(
    { ...head, parent: 3, type: 'operation', state: 'end', outcome: 'failed', error },
    {
      tenant: 'acme',
      id: 'not this',
    },
  )
  expect(fields).toMatchObject({
    tenant: 'acme',
    id: 7,
    parent: 3,
    event: 'operation',
    outcome: 'failed',
  })
  expect(fields['error']).toEqual({
    name: 'ConnectError',
    code: 'NET_CONNECT_REFUSED',
    message: 'http: the connection was refused',
    retry: 'safe',
  })
})

test('[CORE-15] [H-CORE-19] context and causes are free of secrets', () => {
  const held = secret(canary('context'))
  const failed = netError('NET_INTERNAL', { message: 'odd', cause: error })
  const event: NetEvent = {
    ...head,
    type: 'operation',
    state: 'end',
    outcome: 'failed',
    error: failed,
  }
  const record = recordOf(event, { note: `it is ${held.reveal()}`, held })
  expectNoCanary(record)
  expect(record.fields).toMatchObject({ note: 'it is [secret]' })
  expect(record.fields['error']).toMatchObject({
    cause: expect.stringContaining('NET_CONNECT_REFUSED'),
  })
})

test('[H-CORE-20] the message is one harmless line whatever a peer sends', () => {
  const text = 'a\r\nb\u001b[31m\u0007\u009b\u202e\u2028c'
  const { message } = recordOf({ ...head, type: 'wire', direction: 'receive', text })
  expect(message).toBe('< a\\r\\nb\\x1b[31m\\x07\\x9b\\u202e\\u2028c')
})

test('levels are ordered, and only channels whose events can pass are listened to', () => {
  expect(passes('warn', 'info')).toBe(true)
  expect(passes('debug', 'info')).toBe(false)
  expect(passes('error', 'off')).toBe(false)
  expect(isThreshold('off')).toBe(true)
  expect(isThreshold('loud')).toBe(false)
  expect(channelsAt('info')).toEqual(['operation', 'retry'])
  expect(channelsAt('debug').toSorted()).toEqual(['operation', 'phase', 'pool', 'retry'])
  expect(channelsAt('trace')).toHaveLength(6)
  expect(channelsAt('off')).toEqual([])
})
