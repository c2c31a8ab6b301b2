import { setTimeout as pause } from 'node:timers/promises'

import { CircuitBreaker, type CircuitBreakerOptions, type CircuitChange } from '@net/async'
import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

const refused = netError('NET_CONNECT_REFUSED', { message: 'refused' })
const open = { code: 'NET_CIRCUIT_OPEN' }

async function fail(breaker: CircuitBreaker, error: Error = refused): Promise<void> {
  await expect(breaker.run(() => Promise.reject(error))).rejects.toBe(error)
}

describe('CircuitBreaker', () => {
  test('a promise is no answer of when: it would pass for a yes', async () => {
    const when = (): never => Promise.reject(new Error('unseen')) as never
    const breaker = new CircuitBreaker({ failures: 1, when })
    const call = breaker.run(() => Promise.reject(refused))
    await expect(call).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
    expect(breaker.state).toBe('closed')
    // An unhandled rejection would be told within this turn, and fail the run.
    await new Promise((turn) => setImmediate(turn))
  })

  test('[ASYNC-47] opens after so many failures in a row, and refuses calls without making them', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 2, openFor: 1000 })
    await fail(breaker)
    await breaker.run(async () => 'well')
    await fail(breaker)
    expect(breaker.state).toBe('closed')
    await fail(breaker)
    expect(breaker.state).toBe('open')
    await clock.advance(400)
    let made = false
    const call = breaker.run(async () => (made = true))
    await expect(call).rejects.toMatchObject({ ...open, retry: 'safe', retryAfter: 600 })
    expect(made).toBe(false)
    expect(breaker.retryAfter).toBe(600)
  })

  test('[ASYNC-47] lets one call through after a while; its success closes it', async () => {
    using clock = useFakeClock()
    const changes: CircuitChange[] = []
    const onChange = (change: CircuitChange): void => void changes.push(change)
    const breaker = new CircuitBreaker({ failures: 1, openFor: 1000, onChange })
    await fail(breaker)
    await clock.advance(1000)
    expect(breaker.state).toBe('half-open')
    const answer = Promise.withResolvers<string>()
    const probe = breaker.run(() => answer.promise)
    await expect(breaker.run(async () => 1)).rejects.toMatchObject(open)
    answer.resolve('well')
    expect(await probe).toBe('well')
    expect(breaker.state).toBe('closed')
    expect(changes).toEqual([
      { from: 'closed', to: 'open', error: refused },
      { from: 'open', to: 'half-open' },
      { from: 'half-open', to: 'closed' },
    ])
  })

  test('[ASYNC-47] a call that fails while it is half open opens it again, for as long', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 3, openFor: 1000 })
    for (let count = 0; count < 3; count++) await fail(breaker)
    await clock.advance(1500)
    await fail(breaker)
    expect(breaker.state).toBe('open')
    expect(breaker.retryAfter).toBe(1000)
  })

  test('can require several successes', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 1, openFor: 10, probes: 2 })
    await fail(breaker)
    await clock.advance(10)
    await breaker.run(async () => 1)
    expect(breaker.state).toBe('half-open')
    await breaker.run(async () => 2)
    expect(breaker.state).toBe('closed')
  })

  test('an aborted call does not count for or against the peer, and frees its place', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 1, openFor: 10 })
    const abort = netError('NET_ABORTED', { message: 'enough' })
    await fail(breaker, abort)
    expect(breaker.state).toBe('closed')
    await fail(breaker)
    await clock.advance(10)
    await fail(breaker, abort)
    expect(breaker.state).toBe('half-open')
    await breaker.run(async () => 1)
    expect(breaker.state).toBe('closed')
  })

  test('a waitRefusal by a healthy peer does not count as its failure, unless `when` says so', async () => {
    const denied = netError('NET_ACCESS_DENIED', { message: 'denied' })
    const lenient = new CircuitBreaker({ failures: 2 })
    await fail(lenient)
    await fail(lenient, denied)
    await fail(lenient)
    expect(lenient.state).toBe('closed')
    await fail(lenient, new Error('foreign'))
    expect(lenient.state).toBe('open')
    const strict = new CircuitBreaker({ failures: 1, when: (error) => error === denied })
    await fail(strict)
    expect(strict.state).toBe('closed')
    await fail(strict, denied)
    expect(strict.state).toBe('open')
  })

  test('a call that ends after a change of state does not count for the new state', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 1, openFor: 10 })
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    const slow = answers.map((answer) => breaker.run(() => answer.promise).catch(() => {}))
    await fail(breaker)
    await clock.advance(10)
    const probe = Promise.withResolvers<void>()
    const probing = breaker.run(() => probe.promise)
    answers[0].resolve()
    answers[1].reject(refused)
    await Promise.all(slow)
    expect(breaker.state).toBe('half-open')
    await expect(breaker.run(async () => 1)).rejects.toMatchObject(open)
    probe.resolve()
    await probing
    expect(breaker.state).toBe('closed')
  })

  test('is opened and closed by hand', async () => {
    const breaker = new CircuitBreaker()
    breaker.open()
    await expect(breaker.run(async () => 1)).rejects.toMatchObject(open)
    breaker.close()
    expect(await breaker.run(async () => 1)).toBe(1)
  })

  test('a time limit that Node reports as an abort is a failure', async () => {
    const breaker = new CircuitBreaker({ failures: 2 })
    for (let call = 1; call <= 2; call++) {
      const running = breaker.run(({ signal }) => pause(60_000, 0, { signal }), { timeout: 1 })
      await expect(running).rejects.toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
    }
    expect(breaker.state).toBe('open')
  })

  test('limits its call', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 1 })
    const call = failure(
      breaker.run(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error))
          }),
        { timeout: 50 },
      ),
    )
    await clock.advance(50)
    expect(await call).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
    expect(breaker.state).toBe('open')
  })

  test.each<CircuitBreakerOptions>([{ failures: 0 }, { openFor: -1 }, { probes: 0 }])(
    'refuses %o',
    (options) => {
      expect(() => new CircuitBreaker(options)).toThrow(
        expect.objectContaining({ code: 'NET_BAD_OPTION' }),
      )
    },
  )

  test('a probe that hangs makes room for another after as long as the breaker was open', async () => {
    using clock = useFakeClock()
    const breaker = new CircuitBreaker({ failures: 1, openFor: 1000 })
    await breaker.run(async () => Promise.reject(new Error('down'))).catch(() => {})
    await clock.advance(1000)
    const hanging = Promise.withResolvers<string>()
    const probe = breaker.run(() => hanging.promise)
    await expect(breaker.run(async () => 'well')).rejects.toMatchObject({
      code: 'NET_CIRCUIT_OPEN',
    })
    await clock.advance(1001)
    expect(await breaker.run(async () => 'well')).toBe('well')
    expect(breaker.state).toBe('closed')
    hanging.resolve('late')
    expect(await probe).toBe('late')
    expect(breaker.state).toBe('closed')
  })
})
