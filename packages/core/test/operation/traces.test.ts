import { expect, test } from 'vitest'

import { traceparentOf } from '@net/core/authoring'

import { knowTraces } from '../../src/operation/traces.ts'

test('who records an operation knows its trace, as long as it records', () => {
  expect(traceparentOf(1)).toBeUndefined()
  {
    using _first = knowTraces((id) => (id === 1 ? 'first' : undefined))
    using _second = knowTraces((id) => `second of ${id}`)
    expect([traceparentOf(1), traceparentOf(2)]).toEqual(['first', 'second of 2'])
  }
  expect(traceparentOf(1)).toBeUndefined()
})
