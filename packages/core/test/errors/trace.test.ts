import { setImmediate as turn } from 'node:timers/promises'

import { expect, test } from 'vitest'

import type { NetError } from '@net/core'
import { netError, operation, type OperationSpec } from '@net/core/authoring'

import { frameLines, isTraced, traceToCaller, traceWhereLost } from '../../src/errors/trace.ts'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', target: '/x', kind: 'exchange' }

/** Fails in a callback, as engines do. */
function failing(): Promise<never> {
  return operation(spec, {}, (op) =>
    op.attempt(
      () =>
        new Promise((_resolve, reject) => {
          setImmediate(() => reject(Object.assign(new Error('x'), { code: 'ECONNRESET' })))
        }),
    ),
  )
}

async function theCaller(): Promise<NetError> {
  const error = await failing().catch((thrown: unknown) => thrown as NetError)
  return error
}

test('the stack of an error begins with the line of the caller that waits for the call', async () => {
  const error = await theCaller()
  const [first = '', second = ''] = frameLines(error.stack)
  expect(first).toContain('theCaller')
  expect(first).toContain('trace.test.ts')
  expect(second).toContain('trace.test.ts')
  expect(error.stack).not.toMatch(/running-operation|node:|at netError/)
})

test('the stack contains the current message, and may be replaced', async () => {
  const error = await theCaller()
  expect(error.stack?.split('\n')[0]).toBe(`${error.name}: ${error.message}`)
  error.message = 'another'
  expect(error.stack).toContain('ConnectionLostError: another')
  error.stack = 'none'
  expect([error.stack, isTraced(error)]).toEqual(['none', false])
})

test('without waiting code, an error keeps its frames', async () => {
  const error = netError('NET_CLOSED', { message: 'x' })
  setImmediate(traceToCaller, error)
  while (!isTraced(error)) await turn()
  expect(frameLines(error.stack)[0]).toContain('trace.test.ts')
})

test('a program that wants no stacks gets none', () => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  const error = new Error('x')
  traceToCaller(error)
  Error.stackTraceLimit = limit
  expect(isTraced(error)).toBe(false)
})

test('an error that rejected while nobody waited gets the frames of whoever waits for it later, and keeps its own', async () => {
  const lost = netError('NET_CLOSED', { message: 'x' })
  lost.stack = `${lost.name}: x\n    at node:internal/timers:1:1`
  const found = await theCaller()
  const [first] = frameLines(found.stack)
  const theGroup = (): void => {
    traceWhereLost(lost)
    traceWhereLost(found)
  }
  theGroup()
  expect(frameLines(lost.stack)[0]).toContain('theGroup')
  expect(frameLines(found.stack)[0]).toBe(first)
})
