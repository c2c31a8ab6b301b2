import { expect, test } from 'vitest'

import { runWithin, traceparentOf } from '@net/core/authoring'

import { knowTraces, type TraceRecorder } from '../../src/operation/traces.ts'

const within: TraceRecorder['within'] = (_operation, run) => run()

test('who records an operation knows its trace, as long as it records', () => {
  expect(traceparentOf(1)).toBeUndefined()
  {
    using _first = knowTraces({ within, traceparent: (id) => (id === 1 ? 'first' : undefined) })
    using _second = knowTraces({ within, traceparent: (id) => `second of ${id}` })
    expect([traceparentOf(1), traceparentOf(2)]).toEqual(['first', 'second of 2'])
  }
  expect(traceparentOf(1)).toBeUndefined()
})

test('code of an operation runs within its span, for everyone who records it', () => {
  const ran: string[] = []
  const recorder = (name: string): TraceRecorder => ({
    traceparent: () => undefined,
    within(operation, run) {
      ran.push(`${name} ${operation}`)
      return run()
    },
  })
  using _first = knowTraces(recorder('first'))
  using _second = knowTraces(recorder('second'))
  expect(runWithin(3, () => ran.length)).toBe(2)
  expect(ran.toSorted()).toEqual(['first 3', 'second 3'])
})
