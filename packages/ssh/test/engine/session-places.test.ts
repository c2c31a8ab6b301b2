import { expect, test } from 'vitest'

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

import { PendingWaits } from '../../src/engine/pending-waits.ts'
import { SessionPlaces } from '../../src/engine/session-places.ts'
import { failureOf } from '../embedded.ts'

const lost = new Error('lost')

function seeker(pool = 60_000) {
  const listeners = new Set<(reason: NetError) => void>()
  return {
    limits: { pool },
    onAbort(listener: (reason: NetError) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: (reason: NetError) => listeners.forEach((listener) => listener(reason)),
  }
}

test('sessions are not limited until a limit is known', async () => {
  const places = new SessionPlaces(new PendingWaits(() => lost))
  const backs = [await places.take(seeker()), await places.take(seeker())]
  expect(places.single).toBe(false)
  places.atMost(1)
  expect(places.single).toBe(true)
  const order: string[] = []
  const third = Promise.resolve(places.take(seeker())).then((back) => (order.push('third'), back))
  const fourth = Promise.resolve(places.take(seeker())).then((back) => (order.push('fourth'), back))
  backs[0]?.()
  // Given back twice is given back once.
  backs[0]?.()
  await Promise.resolve()
  expect(order).toEqual([])
  backs[1]?.()
  const back = await third
  expect(order).toEqual(['third'])
  back()
  await fourth
  expect(order).toEqual(['third', 'fourth'])
})

test('a place to spare is given back for a call that waits, and none is given where the server bears few', async () => {
  const places = new SessionPlaces(new PendingWaits(() => lost))
  const own = await places.take(seeker())
  const wanted: string[] = []
  const [first, second, third] = ['first', 'second', 'third'].map((name) =>
    places.spare(() => wanted.push(name)),
  )
  third?.()
  // The server has refused a fourth session.
  places.atMost(3)
  expect(places.spare(() => {})).toBeUndefined()
  expect(wanted).toEqual([])
  const waiting = Promise.resolve(places.take(seeker()))
  expect(wanted).toEqual(['first', 'second'])
  first?.()
  ;(await waiting)()
  // Each is told once.
  const [back, next] = [await places.take(seeker()), places.take(seeker())]
  expect(wanted).toEqual(['first', 'second'])
  second?.()
  ;(await next)()
  back()
  own()
  const other = new SessionPlaces(new PendingWaits(() => lost))
  other.spare(() => {})?.()
  other.full()
  expect(other.spare(() => {})).toBeUndefined()
  ;(await other.take(seeker()))()
})

test('a call that is aborted, times out or loses the connection leaves the line', async () => {
  using clock = useFakeClock()
  const waits = new PendingWaits(() => lost)
  const places = new SessionPlaces(waits)
  places.atMost(1)
  const back = await places.take(seeker())
  const stopped = seeker()
  const reason = netError('NET_ABORTED', { message: 'enough' })
  const gaveUp = places.take(stopped)
  stopped.stop(reason)
  await expect(gaveUp).rejects.toBe(reason)
  const late = failureOf(Promise.resolve(places.take(seeker(500))))
  await clock.advance(500)
  expect(await late).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 500 })
  back()
  const next = await places.take(seeker())
  const waiting = places.take(seeker(Infinity))
  expect(clock.timers).toBe(0)
  waits.fail()
  await expect(waiting).rejects.toBe(lost)
  next()
})
