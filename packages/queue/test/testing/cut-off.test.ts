import { openQueue } from '@net/queue'
import { cutOff } from '@net/queue/testing'
import { expect, test } from 'vitest'

test('a queue that is cut off asks in vain, and others go on', async () => {
  await using queue = openQueue('cut')
  await using other = openQueue('cut')
  cutOff(queue)
  await expect(queue.add(1, { timeout: 20 })).rejects.toMatchObject({
    code: 'NET_TIMEOUT_TOTAL',
    retry: 'idempotent',
  })
  expect((await other.counts()).waiting).toBe(0)
  expect(() => cutOff({} as never)).toThrow('cutOff takes a queue of openQueue')
})
