import { expect, test } from 'vitest'

import { stoppable } from '../src/stoppable.ts'
import { inOperation } from './open-session.ts'

test('gives what was waited for', async () => {
  expect(await inOperation((op) => stoppable(op, Promise.resolve(5)))).toBe(5)
  await expect(
    inOperation((op) => stoppable(op, Promise.reject(new RangeError('x')))),
  ).rejects.toMatchObject({
    cause: new RangeError('x'),
  })
})

test('ends at once when the operation is stopped', async () => {
  const abort = new AbortController()
  const waiting = inOperation((op) => stoppable(op, new Promise(() => {})), {
    signal: abort.signal,
  })
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
})
