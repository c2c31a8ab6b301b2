import { expect, test } from 'vitest'

import { ownPart } from '../../src/run/parts-in-use.ts'

test('a part is written by one at a time, and who waited knows it', async () => {
  const { signal } = new AbortController()
  const first = await ownPart('a', signal)
  const other = await ownPart('b', signal)
  let second: boolean | undefined
  const waiting = ownPart('a', signal).then((own) => {
    second = own.hasWaited
    return own
  })
  await Promise.resolve()
  expect([first.hasWaited, other.hasWaited, second]).toEqual([false, false, undefined])
  first[Symbol.dispose]()
  using _ = await waiting
  expect(second).toBe(true)
  other[Symbol.dispose]()
})

test('an abort ends the wait, and the part is free behind it', async () => {
  const stop = new AbortController()
  const first = await ownPart('a', stop.signal)
  const waiting = ownPart('a', stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
  first[Symbol.dispose]()
  using again = await ownPart('a', new AbortController().signal)
  expect(again.hasWaited).toBe(false)
})
