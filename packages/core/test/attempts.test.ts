import { expect, test } from 'vitest'

import type { RetryPolicy } from '@net/core'
import { netError, operation, type Operation, type OperationSpec } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', target: '/x', kind: 'exchange' }
const never = (op: Operation): Promise<never> =>
  new Promise((_resolve, reject) => void op.onAbort(reject))
const twice: RetryPolicy = { delay: ({ attempt }) => (attempt < 3 ? 100 : undefined) }

test('attempts are repeated by the policy, and the last error has the earlier ones', async () => {
  using clock = useFakeClock()
  const attempts: number[] = []
  const promise = operation(spec, { retry: twice }, (op) =>
    op.attempt(({ number }) => {
      attempts.push(number)
      return Promise.reject(netError('NET_CONNECT_REFUSED', { message: `refused ${number}` }))
    }),
  )
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(200)
  expect(attempts).toEqual([1, 2, 3])
  expect(await failed).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    attempts: [expect.any(Error), expect.any(Error)],
  })
})

test('[CORE-10] the history of attempts is in the last error', async () => {
  using clock = useFakeClock()
  const failed = operation(spec, { retry: twice }, (op) =>
    op.attempt(({ number }) =>
      Promise.reject(netError('NET_CONN_RESET', { message: `reset ${number}` })),
    ),
  ).catch((error: { attempts: Error[] }) => error.attempts.map(({ message }) => message))
  await clock.advance(200)
  expect(await failed).toEqual([
    expect.stringContaining('reset 1'),
    expect.stringContaining('reset 2'),
  ])
})

test.each([
  [false, 'safe'],
  [true, 'idempotent'],
])('a loss when sent is %s may be repeated: %s', async (sent, retry) => {
  const promise = operation(spec, {}, (op) =>
    op.attempt((attempt) => {
      if (sent) attempt.sent()
      return Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' }))
    }),
  )
  await expect(promise).rejects.toMatchObject({ code: 'NET_CONN_RESET', sent, retry })
})

test('the limit of a phase ends one attempt, not the call', async () => {
  using clock = useFakeClock()
  const promise = operation(spec, { retry: twice, timeout: { connect: 50 } }, (op) =>
    op.attempt(({ number }) =>
      number < 2 ? op.phase('connect', () => never(op)) : Promise.resolve(number),
    ),
  )
  await clock.advance(150)
  expect(await promise).toBe(2)
})

test('an abort between two attempts ends the call', async () => {
  using clock = useFakeClock()
  const controller = new AbortController()
  const promise = operation(spec, { retry: twice, signal: controller.signal }, (op) =>
    op.attempt(() => Promise.reject(netError('NET_CONN_RESET', { message: 'reset' }))),
  )
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(50)
  controller.abort()
  expect(await failed).toMatchObject({ code: 'NET_ABORTED' })
  expect(clock.timers).toBe(0)
})

test('between two attempts the operation can be failed from beside', async () => {
  using clock = useFakeClock()
  const closed = netError('NET_CLOSED', { message: 'the client is closed' })
  let op: Operation | undefined
  const promise = operation(spec, { retry: twice }, (running) => {
    op = running
    return running.attempt(() => Promise.reject(netError('NET_CONN_RESET', { message: 'reset' })))
  })
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(50)
  op?.fail(closed)
  expect(await failed).toBe(closed)
})
