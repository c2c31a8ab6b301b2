import { Pool, sleep, type PoolOptions } from '@net/async'
import { checkNoLeaks } from '@net/async/testing'
import { GroupError, onEvent } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { failure } from '../failure.ts'

interface Line {
  readonly number: number
  open: boolean
}

/** A pool of lines, which are there at once, with all of them for the test to see. */
function poolOfLines(options?: Partial<PoolOptions<Line>>): {
  readonly pool: Pool<Line>
  readonly lines: Line[]
} {
  const lines: Line[] = []
  const pool = new Pool<Line>({
    create: async () => {
      const line = { number: lines.length, open: true }
      lines.push(line)
      return line
    },
    destroy: async (line) => {
      line.open = false
    },
    ...options,
  })
  return { pool, lines }
}

describe('Pool', () => {
  test('lends a resource to one at a time, and the same again', async () => {
    const { pool, lines } = poolOfLines()
    {
      await using lease = await pool.acquire()
      expect(lease.value).toBe(lines[0])
      expect([pool.size, pool.busy, pool.idle]).toEqual([1, 1, 0])
    }
    expect([pool.size, pool.busy, pool.idle]).toEqual([1, 0, 1])
    const lease = await pool.acquire()
    const other = await pool.acquire()
    expect([lease.value.number, other.value.number]).toEqual([0, 1])
    lease.release()
    other.release()
    expect(() => other.value).toThrow(expect.objectContaining({ code: 'NET_NOT_HELD' }))
    // The one used last is lent first.
    expect(pool.tryAcquire()?.value.number).toBe(1)
    await pool.close()
    expect(lines.map(({ open }) => open)).toEqual([false, false])
  })

  test('makes several at once, up to its limit, and serves waiting calls in order', async () => {
    using clock = useFakeClock()
    let making = 0
    let most = 0
    let made = 0
    await using pool = new Pool({
      max: 2,
      create: async () => {
        most = Math.max(most, ++making)
        await sleep(10)
        making--
        return made++
      },
    })
    const order: number[] = []
    const users = [0, 1, 2, 3].map(async (user) => {
      await using lease = await pool.acquire()
      order.push(user)
      await sleep(10)
      return lease.value
    })
    expect(pool.waiting).toBe(4)
    await clock.advance(100)
    expect(await Promise.all(users)).toEqual([0, 1, 0, 1])
    expect(order).toEqual([0, 1, 2, 3])
    expect(most).toBe(2)
  })

  test('an aborted call leaves the resource that was begun for it to the next', async () => {
    using clock = useFakeClock()
    let made = 0
    await using pool = new Pool({
      max: 1,
      create: async () => {
        await sleep(100)
        return made++
      },
    })
    const controller = new AbortController()
    const limited = failure(pool.acquire({ timeout: 10 }))
    const aborted = pool.acquire({ signal: controller.signal })
    await clock.advance(10)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_POOL',
      limit: 10,
      retry: 'safe',
    })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
    const next = pool.acquire()
    await clock.advance(90)
    const lease = await next
    expect(lease.value).toBe(0)
    lease.release()
    expect(made).toBe(1)
  })

  test('a creation that never settles does not delay the next call, once its own was aborted', async () => {
    using clock = useFakeClock()
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
    let asked = 0
    const pool = new Pool({
      max: 2,
      create: () => (answers[asked++] ?? expect.unreachable()).promise,
    })
    const limited = failure(pool.acquire({ timeout: 10 }))
    await clock.advance(10)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_POOL',
    })
    const next = pool.acquire()
    answers[1]?.resolve('second')
    expect((await next).value).toBe('second')
    answers[0]?.resolve('first')
    await new Promise(setImmediate)
    expect(pool.idle).toBe(1)
    const closing = pool.close({ grace: 0 })
    await clock.advance(2000)
    await closing
  })

  test('a wait has a limit of a minute by default', async () => {
    using clock = useFakeClock()
    const { pool } = poolOfLines({ max: 1 })
    await using _lease = await pool.acquire()
    const limited = failure(pool.acquire())
    await clock.advance(60_000)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_POOL',
      limit: 60_000,
    })
  })

  test('checks an idle resource before lending it, and replaces a bad one', async () => {
    const bad = new Set<number>()
    const { pool, lines } = poolOfLines({
      check: async ({ number }) => {
        if (number === 1) throw new Error('cannot even say')
        return !bad.has(number)
      },
    })
    const first = await pool.acquire()
    first.release()
    const again = await pool.acquire()
    expect(again.value.number).toBe(0)
    again.release()
    bad.add(0)
    const second = await pool.acquire()
    expect(second.value.number).toBe(1)
    expect(lines[0]?.open).toBe(false)
    second.release()
    const third = await pool.acquire()
    expect(third.value.number).toBe(2)
    third.release()
    await pool.close()
  })

  test('a lease that is discarded is destroyed, and its place is taken by another', async () => {
    const { pool, lines } = poolOfLines({ max: 1 })
    const lease = await pool.acquire()
    const next = pool.acquire()
    lease.discard()
    await using held = await next
    expect(held.value.number).toBe(1)
    expect(lines[0]?.open).toBe(false)
  })

  test('destroys what lies idle for too long', async () => {
    using clock = useFakeClock()
    const { pool, lines } = poolOfLines({ idle: 100 })
    const lease = await pool.acquire()
    lease.release()
    await clock.advance(100)
    expect(lines[0]?.open).toBe(false)
    expect(pool.size).toBe(0)
    expect(clock.timers).toBe(0)
  })

  test('does not lend a resource that is too old', async () => {
    using clock = useFakeClock()
    const { pool, lines } = poolOfLines({ maxAge: 100, max: 1 })
    const lease = await pool.acquire()
    const next = pool.acquire()
    await clock.advance(100)
    lease.release()
    await using held = await next
    expect(held.value.number).toBe(1)
    expect(lines[0]?.open).toBe(false)
  })

  test('rejects one waiting call when nothing could be made, and goes on for the others', async () => {
    const failure = new Error('refused')
    let made = 0
    await using pool = new Pool({
      max: 1,
      create: async () => {
        if (made++ === 0) throw failure
        return made
      },
    })
    const first = pool.acquire()
    const second = pool.acquire()
    await expect(first).rejects.toBe(failure)
    const lease = await second
    expect(lease.value).toBe(2)
    lease.release()
  })

  test('an error of a creation that no call waits for any more is reported', async () => {
    using warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const answer = Promise.withResolvers<string>()
    await using pool = new Pool({ create: () => answer.promise })
    const controller = new AbortController()
    const waiting = pool.acquire({ signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED' })
    answer.reject(new Error('too late'))
    await new Promise(setImmediate)
    expect(warnings.mock.calls[0]?.[0]).toContain('too late')
  })

  test('lets only so many wait', async () => {
    const { pool } = poolOfLines({ max: 1, maxWaiting: 1 })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'NET_QUEUE_FULL', retry: 'safe' })
    lease.release()
    await using held = await waiting
    expect(held.held).toBe(true)
  })

  test('drains: serves waiting calls, no new ones, and ends when all resources have come back', async () => {
    const { pool, lines } = poolOfLines({ max: 1 })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    let drained = false
    const draining = pool.drain().then(() => (drained = true))
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'NET_CLOSED' })
    expect(pool.tryAcquire()).toBeUndefined()
    lease.release()
    const last = await waiting
    await new Promise(setImmediate)
    expect(drained).toBe(false)
    last.release()
    await draining
    expect(await pool.closed).toBeUndefined()
    expect(lines.map(({ open }) => open)).toEqual([false])
    await pool.drain()
  })

  test('drain rejects with the errors of destroy; closing never does', async () => {
    const failing = (): Pool<Line> =>
      poolOfLines({ destroy: ({ number }) => Promise.reject(new Error(`stuck ${number}`)) }).pool
    const used = async (pool: Pool<Line>): Promise<Pool<Line>> => {
      const leases = [await pool.acquire(), await pool.acquire()]
      for (const lease of leases) lease.release()
      return pool
    }
    const drained = await used(failing())
    const error: unknown = await drained.drain().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GroupError)
    expect(error).toMatchObject({ errors: [{ message: 'stuck 0' }, { message: 'stuck 1' }] })
    const closed = await used(failing())
    await closed.close()
    expect(await closed.closed).toBeInstanceOf(GroupError)
  })

  test('a drain can be aborted, and leaves the pool draining', async () => {
    using clock = useFakeClock()
    const { pool } = poolOfLines()
    const lease = await pool.acquire()
    const limited = failure(pool.drain({ timeout: 10 }))
    await clock.advance(10)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    await expect(pool.acquire()).rejects.toMatchObject({ code: 'NET_CLOSED' })
    lease.release()
    await pool.drain()
    expect(clock.timers).toBe(0)
  })

  test('closing rejects waiting calls, gives lent resources 2 s to come back, then destroys them', async () => {
    using clock = useFakeClock()
    const { pool, lines } = poolOfLines({ max: 1 })
    const lease = await pool.acquire()
    const refused = failure(pool.acquire())
    const closing = pool[Symbol.asyncDispose]()
    expect(await refused).toMatchObject({ code: 'NET_CLOSED' })
    await clock.advance(1999)
    expect(lease.held).toBe(true)
    await clock.advance(1)
    await closing
    expect(lease.held).toBe(false)
    expect(lines[0]?.open).toBe(false)
    lease.release()
    expect(await pool.closed).toBeUndefined()
    expect(clock.timers).toBe(0)
  })

  test('closing ends creations, and does not wait for those that never settle', async () => {
    using clock = useFakeClock()
    const pool = new Pool({
      create: async ({ signal }) => {
        await sleep(Infinity, { signal })
      },
    })
    const refused = failure(pool.acquire())
    await pool.close()
    expect(await refused).toMatchObject({ code: 'NET_CLOSED' })
    const hanging = new Pool({ create: async () => 1, destroy: () => new Promise(() => {}) })
    const lease = await hanging.acquire()
    lease.release()
    const closing = hanging.close()
    await clock.advance(2000)
    await closing
    expect(clock.timers).toBe(0)
  })

  test('what comes back after the pool was closed is destroyed', async () => {
    const { pool, lines } = poolOfLines()
    const lease = await pool.acquire()
    const closing = pool.close()
    lease.release()
    await closing
    expect(lines[0]?.open).toBe(false)
    expect(pool.size).toBe(0)
  })

  test('publishes its events on net:pool', async () => {
    using captured = captureEvents()
    const { pool } = poolOfLines({ max: 1, protocol: 'ftp', client: { id: 7 } })
    const lease = await pool.acquire()
    const waiting = pool.acquire()
    lease.release()
    const second = await waiting
    second.discard()
    await pool.close()
    const events = captured.of('pool')
    expect(events.map(({ action }) => action)).toEqual([
      'wait',
      'create',
      'acquire',
      'wait',
      'release',
      'acquire',
      'release',
      'destroy',
    ])
    expect(events[3]).toMatchObject({ protocol: 'ftp', client: 7, size: 1, busy: 1, waiting: 1 })
  })

  test('leaves nothing behind', async () => {
    const controller = new AbortController()
    const { signal } = controller
    await checkNoLeaks(
      async () => {
        await using pool = poolOfLines({ max: 2 }).pool
        await Promise.all(
          Array.from({ length: 50 }, async () => {
            await using lease = await pool.acquire({ signal, timeout: 1000 })
            await Promise.resolve()
            return lease.value
          }),
        )
      },
      { listeners: [signal] },
    )
  })
})

test.each(['create', 'release'])('a listener may acquire in the middle: %s', async (action) => {
  let made = 0
  const pool = new Pool({ max: 1, create: async () => ++made })
  const inner: Promise<void>[] = []
  const acquire = async (): Promise<void> => (await pool.acquire()).release()
  using _ = onEvent('pool', (event) => {
    if (event.action === action && inner.length === 0) inner.push(acquire())
  })
  await acquire()
  await Promise.all(inner)
  expect([inner.length, made, pool.size]).toEqual([1, 1, 1])
})
