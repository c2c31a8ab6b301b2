import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { DiskPace } from '../../src/data/disk-pace.ts'

test('a disk that takes its time is asked in the background for a while', async () => {
  using clock = useFakeClock()
  const pace = new DiskPace()
  const ask = (): Promise<string> =>
    pace.run(
      () => 'at once',
      async () => 'in the background',
    )
  for (const long of [21, 21, 20, 21, 21]) pace.took(long)
  // Now and then a call is kept from its processor, and not from its disk.
  expect(await ask()).toBe('at once')
  for (let call = 0; call < 3; call++) pace.took(21)
  expect([await ask(), pace.isSlow]).toEqual(['in the background', true])
  await clock.advance(1001)
  expect([await ask(), pace.isSlow]).toEqual(['at once', false])
})

test('a disk that may be far away is asked at once only behind a quick answer', async () => {
  using clock = useFakeClock()
  const pace = new DiskPace()
  const ask = (milliseconds = 0): Promise<string> =>
    pace.runIfQuick(
      () => 'at once',
      async () => {
        await clock.advance(milliseconds)
        return 'in the background'
      },
    )
  expect([await ask(), await ask(), await ask()]).toEqual([
    'in the background',
    'at once',
    'at once',
  ])
  await clock.advance(1001)
  expect([await ask(21), await ask(20), await ask()]).toEqual([
    'in the background',
    'in the background',
    'at once',
  ])
  // What would have to wait does so elsewhere, and one that fails was quick all the same.
  const refused = pace.runIfQuick<string>(
    () => undefined,
    () => Promise.reject(new Error('none')),
  )
  await expect(refused).rejects.toThrow('none')
  expect(await ask()).toBe('at once')
})

test('others have their turn while it is asked again and again', async () => {
  const pace = new DiskPace()
  const others = { hadTurn: false }
  setImmediate(() => {
    others.hadTurn = true
  })
  // Without a rest this would never end.
  while (!others.hadTurn)
    await pace.run(
      () => true,
      async () => true,
    )
  expect(others.hadTurn).toBe(true)
})
