import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { UnderWay } from '../../src/work/under-way.ts'

test('what is under way is waited for, however it ends', async () => {
  const calls = new UnderWay()
  await calls.ended(1000)
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()]
  const failing = calls.counted(one.promise)
  const given = calls.counted(other.promise)
  let isOver = false
  const over = calls.ended(Infinity).then(() => (isOver = true))
  one.reject(new Error('refused'))
  await expect(failing).rejects.toThrow('refused')
  expect(isOver).toBe(false)
  other.resolve('done')
  expect(await given).toBe('done')
  await over
})

test('and no longer than is said', async () => {
  using clock = useFakeClock()
  const calls = new UnderWay()
  void calls.counted(new Promise(() => {}))
  let isOver = false
  const over = calls.ended(1000).then(() => (isOver = true))
  await clock.advance(999)
  expect(isOver).toBe(false)
  await clock.advance(1)
  expect(await over).toBe(true)
  await calls.ended(0)
})
