import type { NetError } from '@net/core'
import { defineErrorTable, netError } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { ClientFrame, type ClientIdentity, type FramedSession } from '@net/socket/authoring'
import { expect, test } from 'vitest'

const identity: ClientIdentity = {
  protocol: 'test',
  endpoint: 'localhost:7',
  errors: defineErrorTable([]),
  client: { id: 1 },
}
const verb = { operation: 'look', target: 'here', kind: 'command', idempotent: true } as const

interface Framed {
  readonly frame: ClientFrame
  readonly session: { ended: boolean; usable: boolean }
  readonly cuts: NetError[]
}

function framed(): Framed {
  const cuts: NetError[] = []
  const session: FramedSession & { ended: boolean; usable: boolean } = {
    ended: false,
    usable: true,
    cut: (error) => cuts.push(error),
  }
  return { frame: new ClientFrame(identity, session), session, cuts }
}

test('a call is one operation that says whose it is', async () => {
  using captured = captureEvents()
  const { frame } = framed()
  expect(await frame.call(verb, undefined, async () => 'seen')).toBe('seen')
  expect(captured.of('operation')[0]).toMatchObject({
    protocol: 'test',
    operation: 'look',
    target: 'here',
    endpoint: 'localhost:7',
  })
})

test('a call is repeated while the session can be used', async () => {
  using clock = useFakeClock()
  const { frame, session } = framed()
  let attempts = 0
  const fails = (): Promise<never> => {
    attempts++
    return Promise.reject(netError('NET_CONN_RESET', { message: 'gone' }))
  }
  const failed = frame.call(verb, undefined, fails).catch((error: unknown) => error)
  for (let step = 0; step < 4; step++) await clock.advance(10_000)
  expect(await failed).toMatchObject({ code: 'NET_CONN_RESET', operation: 'look' })
  expect(attempts).toBe(3)
  session.usable = false
  await expect(frame.call(verb, undefined, fails)).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
  expect(attempts).toBe(4)
})

test('closes once, with one goodbye, and refuses calls from then on', async () => {
  const { frame, cuts } = framed()
  let goodbyes = 0
  const goodbye = async (): Promise<void> => void goodbyes++
  const closing = frame.close(undefined, goodbye)
  await expect(frame.call(verb, undefined, async () => {})).rejects.toMatchObject({
    code: 'NET_CLOSED',
    protocol: 'test',
    operation: 'look',
  })
  await closing
  await frame.close(0, goodbye)
  expect(goodbyes).toBe(1)
  expect(cuts).toEqual([])
})

test('a goodbye that takes longer than the grace, 2 s by default, is cut off', async () => {
  using clock = useFakeClock()
  for (const grace of [undefined, 500]) {
    const { frame, cuts } = framed()
    const closing = frame.close(grace, () => new Promise(() => {}))
    await clock.advance((grace ?? 2000) - 1)
    expect(cuts).toEqual([])
    await clock.advance(1)
    await closing
    expect(cuts).toMatchObject([{ code: 'NET_CLOSED' }])
  }
})

test('without grace, or after a goodbye that failed, the session is cut; one that has ended needs neither', async () => {
  for (const grace of [0, 100]) {
    const { frame, cuts } = framed()
    await frame.close(grace, () => Promise.reject(new Error('no')))
    expect(cuts).toMatchObject([{ code: 'NET_CLOSED' }])
  }
  const { frame, session, cuts } = framed()
  session.ended = true
  await frame.close(0, () => Promise.reject(new Error('no')))
  expect(cuts).toEqual([])
})
