import { Deferred } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('Deferred', () => {
  test('[ASYNC-30] is completed from outside, once', async () => {
    const deferred = new Deferred<number>()
    expect(deferred.state).toBe('pending')
    const waiting = deferred.wait({ timeout: 1000 })
    expect(deferred.resolve(1)).toBe(true)
    expect(deferred.resolve(2)).toBe(false)
    expect(deferred.reject(new Error('late'))).toBe(false)
    expect(deferred.state).toBe('resolved')
    expect(await waiting).toBe(1)
    expect(await deferred.promise).toBe(1)
    expect(await deferred.wait({ timeout: 1000 })).toBe(1)
  })

  test('[ASYNC-30] can be rejected from outside; waiting calls get the error', async () => {
    const deferred = new Deferred<number>()
    const error = new Error('x')
    const waiting = failure(deferred.wait({ timeout: 1000 }))
    expect(deferred.reject(error)).toBe(true)
    expect(deferred.state).toBe('rejected')
    expect(await waiting).toBe(error)
    await expect(deferred.wait()).rejects.toBe(error)
    expect(deferred.reject(error)).toBe(false)
  })

  test('a wait that ends by signal or limit leaves the result to the others', async () => {
    using clock = useFakeClock()
    const deferred = new Deferred<string>()
    const controller = new AbortController()
    const limited = failure(deferred.wait({ timeout: 5 }))
    const aborted = deferred.wait({ signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
    await clock.advance(5)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    deferred.resolve('done')
    expect(await deferred.wait()).toBe('done')
    const { signal } = controller
    await expect(deferred.wait({ signal })).rejects.toMatchObject({ code: 'NET_ABORTED' })
  })
})
