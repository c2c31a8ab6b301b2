import { expect, test } from 'vitest'

import {
  callerFault,
  operation,
  operationInAttempts,
  operationInTurn,
  type OperationSpec,
} from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', target: '/x', kind: 'exchange' }

test('gives the result of its work', async () => {
  expect(await operation(spec, undefined, () => Promise.resolve(5))).toBe(5)
})

test('an engine error is translated and says what was done, to whom and where', async () => {
  using _ = useFakeClock()
  const failing = operation({ ...spec, endpoint: 'host:1' }, {}, (op) =>
    op.phase('connect', () =>
      Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
    ),
  )
  await expect(failing).rejects.toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    protocol: 'test',
    operation: 'GET',
    target: '/x',
    endpoint: 'host:1',
    phase: 'connect',
    elapsed: 0,
    message:
      'test GET /x: the connection was refused; check the port, and that the server runs (connect, after 0 ms)',
  })
})

test('bad options reject and never throw', async () => {
  const promise = operation(spec, { timeout: -1 }, () => Promise.resolve(1))
  await expect(promise).rejects.toMatchObject({ code: 'NET_BAD_OPTION', operation: 'GET' })
})

test("an error of the caller's own passes unchanged", async () => {
  const mine = callerFault(new RangeError('mine'))
  await expect(operation(spec, {}, () => Promise.reject(mine))).rejects.toBe(mine)
})

test('progress is reported to the caller, and errors of the callback do no harm', async () => {
  const told: number[] = []
  const onProgress = ({ transferred }: { transferred: number }): void => {
    told.push(transferred)
    throw new Error('a bug of the caller')
  }
  const warned = new Promise((resolve) => process.once('warning', resolve))
  await operation(spec, { onProgress }, (op) => {
    op.progress(10, 20)
    op.progress(20, 20)
    return Promise.resolve()
  })
  await warned
  expect(told).toEqual([10, 20])
})

test('a call that is nothing but its attempts repeats them as its policy says', async () => {
  using clock = useFakeClock()
  const numbers: number[] = []
  const call = operationInAttempts(
    { ...spec, idempotent: true },
    undefined,
    async (op, attempt) => {
      numbers.push(attempt.number)
      if (attempt.number === 1) throw Object.assign(new Error('x'), { code: 'ECONNRESET' })
      return op.id
    },
  )
  await clock.until(() => clock.timers > 1)
  await clock.advance(10_000)
  expect(await call).toBeTypeOf('number')
  expect(numbers).toEqual([1, 2])
  expect(clock.timers).toBe(0)
})

test('it ends when it is stopped, though its work does not', async () => {
  const controller = new AbortController()
  const call = operationInAttempts(
    spec,
    { signal: controller.signal },
    () => new Promise<never>(() => {}),
  )
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED', sent: false, retry: 'never' })
})

test('what its work gives too late is disposed of', async () => {
  const controller = new AbortController()
  const work = Promise.withResolvers<AsyncDisposable>()
  const call = operationInAttempts(spec, { signal: controller.signal }, () => work.promise)
  const disposed = new Promise<void>((resolve) => {
    work.resolve({
      async [Symbol.asyncDispose]() {
        resolve()
      },
    })
  })
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
  await disposed
})

test('each attempt of a call in line has a turn of its own, and gives it back', async () => {
  using clock = useFakeClock()
  const told: string[] = []
  let turns = 0
  const take = async (): Promise<() => void> => {
    const number = ++turns
    return () => void told.push(`turn ${number} is over`)
  }
  const call = operationInTurn(
    { ...spec, idempotent: true },
    undefined,
    take,
    async (op, attempt, leave) => {
      told.push(`attempt ${attempt.number}`)
      leave()
      if (attempt.number === 1) throw Object.assign(new Error('x'), { code: 'ECONNRESET' })
      return op.id
    },
  )
  await clock.until(() => clock.timers > 1)
  await clock.advance(10_000)
  expect(await call).toBeTypeOf('number')
  expect(told).toEqual(['attempt 1', 'turn 1 is over', 'attempt 2', 'turn 2 is over'])
  expect(clock.timers).toBe(0)
})

test('a call that is stopped just behind the grant of its turn gives it back, and begins nothing', async () => {
  const controller = new AbortController()
  const granted = Promise.withResolvers<() => void>()
  let given = 0
  let begun = 0
  const call = operationInTurn(
    spec,
    { signal: controller.signal },
    () => granted.promise,
    async () => void begun++,
  )
  granted.resolve(() => void given++)
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED', sent: false, retry: 'never' })
  expect({ given, begun }).toEqual({ given: 1, begun: 0 })
})

test('a wait for a turn that fails is repeated as a first attempt is', async () => {
  using clock = useFakeClock()
  let waits = 0
  const take = async (): Promise<() => void> => {
    if (++waits === 1) throw Object.assign(new Error('x'), { code: 'ECONNRESET' })
    return () => {}
  }
  const numbers: number[] = []
  const call = operationInTurn(
    { ...spec, idempotent: true },
    undefined,
    take,
    async (_, attempt) => void numbers.push(attempt.number),
  )
  await clock.until(() => clock.timers > 1)
  await clock.advance(10_000)
  await call
  expect(numbers).toEqual([2])
  expect(clock.timers).toBe(0)
})
