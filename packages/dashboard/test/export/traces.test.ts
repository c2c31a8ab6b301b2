import { isSecretName } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { tracesOf } from '../../src/export/traces.ts'
import { History } from '../../src/history/history.ts'
import { ended, failed, phase, started } from '../events.ts'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: object
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
}

function spansOf(history: History): readonly Span[] {
  const traces = tracesOf(history.between(0, 99), Date.UTC(2026, 0, 1), isSecretName) as {
    resourceSpans: [{ scopeSpans: [{ spans: Span[] }] }]
  }
  return traces.resourceSpans[0].scopeSpans[0].spans
}

test('an operation, what ran within it and its phases are one trace', () => {
  const history = new History({ operations: 99, wire: 0 })
  history.take(started(1, { target: 'http://127.0.0.1/', time: 1.5 }))
  history.take(started(2, { protocol: 'tcp', operation: 'dial', parent: 1, time: 2 }))
  for (const event of phase(2, 'connect', 2, 3)) history.take(event)
  history.take(ended(2, { duration: 1 }))
  history.take(ended(1, { target: 'http://127.0.0.1/', status: 200 }))
  const spans = spansOf(history)
  expect(spans.map(({ name }) => name)).toEqual(['GET', 'tcp dial', 'connect'])
  const [get, dial, connect] = spans
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(get?.traceId).toMatch(/^[0-9a-f]{32}$/u)
  expect(get?.spanId).toMatch(/^[0-9a-f]{16}$/u)
  expect([get?.parentSpanId, dial?.parentSpanId, connect?.parentSpanId]).toEqual([
    undefined,
    get?.spanId,
    dial?.spanId,
  ])
  expect(get).toMatchObject({
    startTimeUnixNano: '1767225600001500000',
    endTimeUnixNano: '1767225600011500000',
    status: {},
  })
  expect(get?.attributes).toContainEqual({
    key: 'http.response.status_code',
    value: { intValue: '200' },
  })
})

test('a failure has a status and a type; what still runs is no span yet', () => {
  const history = new History({ operations: 99, wire: 0 })
  history.take(started(1))
  history.take(failed(1, 'it was reset'))
  history.take(started(2))
  const spans = spansOf(history)
  expect(spans).toHaveLength(1)
  expect(spans[0]?.status).toMatchObject({
    code: 2,
    message: expect.stringContaining('it was reset'),
  })
  expect(spans[0]?.attributes).toContainEqual({
    key: 'error.type',
    value: { stringValue: 'NET_CONN_RESET' },
  })
})
