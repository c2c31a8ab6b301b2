import { expect, test } from 'vitest'

import { onEvent, type PhaseEvent } from '@net/core'
import { netError, openOperation, type OperationSpec } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', kind: 'exchange' }

test('a phase in two steps has the events of one in a function', () => {
  const events: PhaseEvent[] = []
  using _ = onEvent('phase', (event) => void events.push(event))
  const op = openOperation(spec, undefined)
  op.begin()
  op.openPhase('connect').ended()
  op.openPhase('auth').failed(netError('NET_CONN_CLOSED', { message: 'gone' }))
  op.succeeded()
  expect(events.map(({ phase, state, code }) => [phase, state, code])).toEqual([
    ['connect', 'start', undefined],
    ['connect', 'end', undefined],
    ['auth', 'start', undefined],
    ['auth', 'end', 'NET_CONN_CLOSED'],
  ])
})

test('its limit stops the operation, and its error has the phase', async () => {
  using clock = useFakeClock()
  const op = openOperation(spec, { timeout: { reply: 100 } })
  op.begin()
  const attempt = op.attempts().begin()
  const phase = op.openPhase('command')
  let reason: unknown
  op.onAbort((error) => {
    reason = error
  })
  await clock.advance(100)
  expect(attempt.number).toBe(1)
  expect(reason).toMatchObject({ code: 'NET_TIMEOUT_REPLY', phase: 'command', limit: 100 })
  const late = phase.failed(netError('NET_CONN_CLOSED', { message: 'gone' }))
  expect(late).toBe(reason)
  expect(op.failed(late)).toBe(reason)
})

test('an operation knows whether a phase is under way', () => {
  const op = openOperation(spec, undefined)
  op.begin()
  expect(op.inPhase).toBe(false)
  const outer = op.openPhase('connect')
  op.openPhase('tls').ended()
  expect(op.inPhase).toBe(true)
  outer.failed(netError('NET_CONN_CLOSED', { message: 'gone' }))
  expect(op.inPhase).toBe(false)
  op.succeeded()
})

test('within an outer phase, the outer one is the place of what fails afterwards', () => {
  const op = openOperation(spec, undefined)
  op.begin()
  op.openPhase('connect')
  op.openPhase('tls').ended()
  let reason: unknown
  op.onAbort((error) => {
    reason = error
  })
  op.fail(netError('NET_CONN_CLOSED', { message: 'gone' }))
  expect(reason).toMatchObject({ code: 'NET_CONN_CLOSED' })
  expect(op.failed(reason)).toMatchObject({ code: 'NET_CONN_CLOSED', operation: 'GET' })
})
