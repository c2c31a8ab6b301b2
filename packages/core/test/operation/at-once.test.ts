import { expect, test } from 'vitest'

import { atOnce, netError, type OperationSpec } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'

const spec: OperationSpec = { protocol: 'test', operation: 'add', target: 'x', kind: 'command' }

test('the work is done when the call returns, and its result comes as a promise', async () => {
  let ran = 0
  const call = atOnce(spec, undefined, () => ++ran)
  expect(ran).toBe(1)
  expect(await call).toBe(1)
})

test('a failure is told as that of any operation', async () => {
  using _ = useFakeClock()
  const failing = atOnce(spec, {}, () => {
    throw netError('NET_NO_SPACE', { message: 'full' })
  })
  await expect(failing).rejects.toMatchObject({
    code: 'NET_NO_SPACE',
    protocol: 'test',
    operation: 'add',
    target: 'x',
    elapsed: 0,
  })
})

test('who listens hears its beginning and its end, and its work knows its number', async () => {
  using events = captureEvents()
  const id = await atOnce(spec, {}, (operation) => operation)
  const heard = events.of('operation').map(({ state, outcome, id: of }) => [state, outcome, of])
  expect(heard).toEqual([
    ['start', undefined, id],
    ['end', 'ok', id],
  ])
})

test('a signal that has aborted keeps the work from being done', async () => {
  const call = atOnce(spec, { signal: AbortSignal.abort() }, () => {
    throw new Error('done all the same')
  })
  await expect(call).rejects.toMatchObject({ code: 'NET_ABORTED' })
})
