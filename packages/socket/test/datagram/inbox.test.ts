import { netError, limitsFor } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { Inbox } from '../../src/datagram/inbox.ts'
import { failure } from '../support.ts'

const limits = limitsFor('session', undefined)

test('what arrives first is received first, also by a receive that waits', async () => {
  const inbox = new Inbox<string>(10, 'drop-newest')
  const waiting = inbox.next(undefined, limits)
  for (const item of ['a', 'b', 'c']) inbox.add(item)
  expect(await waiting).toBe('a')
  expect(await inbox.next(undefined, limits)).toBe('b')
  inbox.end()
  expect(await inbox.next(undefined, limits)).toBe('c')
  expect(await inbox.next(undefined, limits)).toBeUndefined()
})

test('without room the newest or the oldest is dropped, and counted', async () => {
  for (const [overflow, kept] of [
    ['drop-newest', ['a', 'b']],
    ['drop-oldest', ['b', 'c']],
  ] as const) {
    const inbox = new Inbox<string>(2, overflow)
    for (const item of ['a', 'b', 'c']) inbox.add(item)
    expect(inbox.dropped).toBe(1)
    expect([await inbox.next(undefined, limits), await inbox.next(undefined, limits)]).toEqual(kept)
  }
})

test('a failure is reported once, to the receive that waits or to the next one', async () => {
  const inbox = new Inbox<string>(2, 'drop-newest')
  const refused = (): ReturnType<typeof netError> =>
    netError('NET_CONNECT_REFUSED', { message: 'x' })
  inbox.fail(refused())
  expect((await failure(inbox.next(undefined, limits))).code).toBe('NET_CONNECT_REFUSED')
  const waiting = failure(inbox.next(undefined, limits))
  inbox.fail(refused())
  expect((await waiting).code).toBe('NET_CONNECT_REFUSED')
  inbox.add('a')
  expect(await inbox.next(undefined, limits)).toBe('a')
})

test('a wait ends by its limits and its signal, and takes nothing', async () => {
  using time = useFakeClock()
  const inbox = new Inbox<string>(2, 'drop-newest')
  const idle = failure(inbox.next({ timeout: { idle: 50 } }, limits))
  await time.advance(50)
  expect((await idle).code).toBe('NET_TIMEOUT_IDLE')
  const total = failure(inbox.next({ timeout: 70 }, limits))
  await time.advance(70)
  expect((await total).code).toBe('NET_TIMEOUT_TOTAL')
  const abort = new AbortController()
  const aborted = inbox.next({ signal: abort.signal }, limits).catch((error: unknown) => error)
  abort.abort()
  expect(await aborted).toMatchObject({ name: 'AbortError' })
  const busy = inbox.next(undefined, limits)
  expect((await failure(inbox.next(undefined, limits))).code).toBe('NET_BUSY')
  inbox.add('a')
  expect(await busy).toBe('a')
})
