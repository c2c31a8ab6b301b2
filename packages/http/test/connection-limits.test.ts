import { createClient } from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test } from 'vitest'

import {
  connectionsShape,
  limitsOf,
  SharedLimits,
  type LimitedPool,
} from '../src/connection-limits.ts'

test('a number is how many to one origin', () => {
  expect(limitsOf(5)).toEqual({ perOrigin: 5 })
  expect(limitsOf({ total: 3 })).toEqual({ total: 3 })
  expect(limitsOf(undefined)).toEqual({})
  for (const wrong of [0, -1, 'many', { perHost: 1 }, { total: 0 }])
    expect(() => connectionsShape.take(wrong, 'connections')).toThrow('connections')
})

/** A pool of connections of which some are unused, with calls that wait. */
function poolOf(parts: { used: number; unused: number; waiting: number[] }): LimitedPool {
  return {
    get atWork() {
      return parts.used + parts.unused
    },
    get unused() {
      return parts.unused
    },
    get waitingSince() {
      return parts.waiting[0] ?? Infinity
    },
    closeUnused() {
      if (parts.unused === 0) return false
      parts.unused -= 1
      return true
    },
    serve() {
      parts.waiting.shift()
      parts.used += 1
    },
  }
}

test('unused connections to one origin make room for calls to another, in the order in which they came', () => {
  const a = { used: 1, unused: 2, waiting: [] as number[] }
  const b = { used: 0, unused: 0, waiting: [7] }
  const c = { used: 0, unused: 0, waiting: [5, 8] }
  const pools = [a, b, c].map(poolOf)
  const limits = new SharedLimits({ total: 3 }, () => pools)
  expect(limits.isReached).toBe(true)
  expect(limits.isOwed(pools[0]!)).toBe(true)
  expect(limits.isOwed(pools[2]!)).toBe(false)
  limits.freed()
  expect([a, b, c]).toEqual([
    { used: 1, unused: 0, waiting: [] },
    { used: 1, unused: 0, waiting: [] },
    { used: 1, unused: 0, waiting: [8] },
  ])
})

test('what is unused beyond the limit is closed', () => {
  const a = { used: 0, unused: 2, waiting: [] }
  const b = { used: 0, unused: 1, waiting: [] }
  const pools = [a, b].map(poolOf)
  new SharedLimits({ idle: 2 }, () => pools).trim(pools[1]!)
  expect([a.unused, b.unused]).toEqual([2, 0])
  new SharedLimits({}, () => pools).trim(pools[0]!)
  expect(a.unused).toBe(2)
})

test('[HTTP-49] a limit for all origins: the rest wait, and fail once timeout.pool has passed', async () => {
  const hold = Promise.withResolvers<void>()
  const route = async () => {
    await hold.promise
    return { body: 'done' }
  }
  await using first = await startHttpServer({ routes: { '/held': route } })
  await using second = await startHttpServer()
  await using client = createClient({ connections: { perOrigin: 2, total: 2 } })
  const held = [1, 2].map(() => client.get(`${first.url}/held`).text())
  await expect.poll(() => first.received.length).toBe(2)
  const late = client.get(`${second.url}/json`, { timeout: { pool: 1 } })
  await expect(late).rejects.toMatchObject({ code: 'NET_TIMEOUT_POOL' })
  const waiting = client.get(`${second.url}/json`)
  hold.resolve()
  expect(await Promise.all(held)).toEqual(['done', 'done'])
  expect((await waiting).status).toBe(200)
  // An unused connection made room.
  expect((await client.get(`${second.url}/json`)).timings.reused).toBe(true)
  expect((await client.get(`${first.url}/json`)).status).toBe(200)
  await expect.poll(() => first.connections + second.connections).toBeLessThanOrEqual(2)
})

test('[HTTP-49] how many unused connections are kept, and for how long', async () => {
  await using server = await startHttpServer()
  const url = `${server.url}/json`
  await using none = createClient({ connections: { idle: 0 } })
  expect((await none.get(url)).status).toBe(200)
  await expect.poll(() => server.connections).toBe(0)
  expect((await none.get(url)).timings.reused).toBe(false)
  await using short = createClient({ connections: { idleTime: 5 } })
  expect((await short.get(url)).status).toBe(200)
  await expect.poll(() => server.connections).toBe(0)
  await using one = createClient({ connections: { idle: 1 } })
  await Promise.all([1, 2, 3].map(() => one.get(url).json()))
  await expect.poll(() => server.connections).toBe(1)
  expect((await one.get(url)).timings.reused).toBe(true)
})
