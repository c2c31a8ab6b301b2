import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { aborted, noting, pass, refused, until, type Start } from '../../src/testing/queue-case.ts'

test('a start is noted before the work is done', async () => {
  const starts: Start[] = []
  const work = noting<number>(starts, () => starts.length)
  const job = { id: 'a', payload: 1, attempt: 2, attempts: 3, priority: 0, added: 0 }
  expect(await work(job, {} as never)).toBe(1)
  expect(starts).toMatchObject([{ id: 'a', attempt: 2 }])
})

test('waiting does not keep a clock that jumps from jumping', async () => {
  using _clock = useFakeClock({ autoJump: true })
  let isOver = false
  void pass(1_000_000).then(() => {
    isOver = true
  })
  await until('the time has passed', () => isOver)
  expect(isOver).toBe(true)
})

test('a refusal must be the one that is named', async () => {
  const error = netError('NET_BUSY', { message: 'busy' })
  expect(await refused(Promise.reject(error), 'NET_BUSY')).toBe(error)
  await expect(refused(Promise.reject(error), 'NET_CLOSED')).rejects.toThrow('busy')
  await expect(refused(Promise.resolve(), 'NET_CLOSED')).rejects.toThrow('not refused')
})

test('a signal that aborts rejects with its reason', async () => {
  const reason = new Error('enough')
  await expect(aborted(AbortSignal.abort(reason))).rejects.toBe(reason)
})
