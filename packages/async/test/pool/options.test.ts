import { Pool } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { failure } from '../failure.ts'

describe('what a pool calls may hang', () => {
  test('a check that never ends costs the call that waits for it, and no other', async () => {
    using clock = useFakeClock()
    const destroyed: number[] = []
    let made = 0
    await using pool = new Pool({
      max: 1,
      create: async () => ++made,
      check: (_, { signal }) =>
        new Promise<boolean>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('told to end')))
        }),
      destroy: async (resource) => void destroyed.push(resource),
    })
    ;(await pool.acquire()).release()
    const first = failure(pool.acquire({ timeout: 200 }))
    await clock.advance(200)
    expect(await first).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 200 })
    expect(destroyed).toEqual([1])
    const lease = await pool.acquire({ timeout: 200 })
    expect(lease.value).toBe(2)
    lease.release()
  })

  test('a resource whose check takes longer than 2 s is destroyed, and the call gets another', async () => {
    using clock = useFakeClock()
    let made = 0
    await using pool = new Pool({
      max: 1,
      create: async () => ++made,
      check: (resource) => (resource === 1 ? new Promise<boolean>(() => {}) : true),
    })
    ;(await pool.acquire()).release()
    const waiting = pool.acquire()
    await clock.advance(1999)
    expect(made).toBe(1)
    await clock.advance(1)
    const lease = await waiting
    expect(lease.value).toBe(2)
    lease.release()
  })

  test('a check outlives the abort of its call: the next one has the resource', async () => {
    const answer = Promise.withResolvers<boolean>()
    await using pool = new Pool({ max: 1, create: async () => 'one', check: () => answer.promise })
    ;(await pool.acquire()).release()
    const controller = new AbortController()
    const aborted = failure(pool.acquire({ signal: controller.signal }))
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'NET_ABORTED' })
    const next = pool.acquire()
    answer.resolve(true)
    const lease = await next
    expect(lease.value).toBe('one')
    lease.release()
  })

  test('a creation that never ends frees its place after its limit; what it gives later is destroyed', async () => {
    using clock = useFakeClock()
    const first = Promise.withResolvers<string>()
    const destroyed: string[] = []
    let asked = 0
    await using pool = new Pool({
      max: 1,
      timeout: { create: 500 },
      create: async () => (asked++ === 0 ? first.promise : 'second'),
      destroy: async (resource) => void destroyed.push(resource),
    })
    const limited = failure(pool.acquire({ timeout: 200 }))
    const patient = failure(pool.acquire())
    const next = pool.acquire()
    await clock.advance(500)
    expect(await limited).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 200 })
    expect(await patient).toMatchObject({
      code: 'NET_TIMEOUT_POOL',
      message: expect.stringContaining('a resource of the pool was not made within 500 ms'),
    })
    const lease = await next
    expect(lease.value).toBe('second')
    first.resolve('first')
    await clock.advance(0)
    expect(destroyed).toEqual(['first'])
    expect(pool.size).toBe(1)
    lease.release()
  })

  test('an error of an abandoned creation is reported, unless it is the abort itself', async () => {
    using clock = useFakeClock()
    using warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
    const late = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
    let asked = 0
    await using pool = new Pool({
      timeout: { create: 10 },
      create: async () => (late[asked++] ?? expect.unreachable()).promise,
    })
    const failed = [failure(pool.acquire()), failure(pool.acquire())]
    await clock.advance(10)
    for (const each of failed) expect(await each).toMatchObject({ code: 'NET_TIMEOUT_POOL' })
    late[0]?.reject(new DOMException('told to end', 'AbortError'))
    late[1]?.reject(new Error('the disk is full'))
    await clock.advance(0)
    expect(warnings).toHaveBeenCalledOnce()
    expect(warnings.mock.calls[0]?.[0]).toContain('the disk is full')
  })
})

test('a pool refuses bad options', async () => {
  const bad = { code: 'NET_BAD_OPTION' }
  const create = async (): Promise<number> => 1
  for (const options of [{ max: 0 }, { idle: -1 }, { maxAge: 0 }, { maxWaiting: -1 }]) {
    expect(() => new Pool({ create, ...options })).toThrow(expect.objectContaining(bad))
  }
  expect(() => new Pool({} as never)).toThrow(
    expect.objectContaining({
      ...bad,
      protocol: 'async',
      message: expect.stringContaining('create is missing; it must be a function'),
    }),
  )
  expect(() => new Pool({ create, maxIdle: 3 } as never)).toThrow(expect.objectContaining(bad))
  expect(() => new Pool({ create, timeout: { create: 0 } })).toThrow(expect.objectContaining(bad))
  expect(() => new Pool({ create, check: undefined, max: undefined })).not.toThrow()
  await using pool = new Pool({ create })
  await expect(pool.acquire({ timeout: 0 })).rejects.toMatchObject(bad)
  await expect(pool.close({ grace: -1 })).rejects.toMatchObject(bad)
})

test('a resource that is not made for a reason without a text fails the call that waits, and takes no place', async () => {
  let made = 0
  const pool = new Pool({
    create: async () => {
      if (made++ === 0) throw Object.create(null)
      return made
    },
    max: 1,
  })
  const first = pool.acquire()
  const second = pool.acquire()
  await expect(first).rejects.toThrow('what was thrown cannot be read')
  expect((await second).value).toBe(2)
  ;(await second).release()
  await pool.close()
})
