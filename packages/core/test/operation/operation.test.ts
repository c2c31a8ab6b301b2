import { expect, test } from 'vitest'

import { callerFault, operation, type OperationSpec } from '@net/core/authoring'
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
