import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test, vi } from 'vitest'

import { PoolGrave, within, type GraveOptions } from '../src/pool-grave.ts'

function graveOf<T>(options: Partial<GraveOptions<T>>): PoolGrave<T> {
  return new PoolGrave<T>({ destroy: undefined, freed: () => {}, asked: () => true, ...options })
}

describe('PoolGrave', () => {
  test('without `destroy` it disposes what can be disposed', async () => {
    const disposed: string[] = []
    const freed = Promise.withResolvers<void>()
    const grave = graveOf({ freed: freed.resolve })
    grave.bury({ [Symbol.asyncDispose]: async () => void disposed.push('resource') })
    expect(grave.size).toBe(1)
    await freed.promise
    expect(disposed).toEqual(['resource'])
    expect(grave.size).toBe(0)
  })

  test('frees the place of what hangs after 2 s', async () => {
    using clock = useFakeClock()
    const grave = graveOf<number>({ destroy: () => new Promise(() => {}) })
    grave.bury(1)
    await clock.advance(1999)
    expect(grave.size).toBe(1)
    await clock.advance(1)
    expect(grave.size).toBe(0)
  })

  test('keeps what failed for who asks, and reports it where nobody will', async () => {
    using warnings = vi.spyOn(process, 'emitWarning').mockReturnValue()
    let asked = true
    const failure = netError('NET_CONN_RESET', { message: 'reset' })
    const destroy = (error: Error): Promise<void> => Promise.reject(error)
    const grave = graveOf<Error>({ destroy, asked: () => asked })
    expect(grave.failure).toBeUndefined()
    grave.bury(failure)
    await new Promise(setImmediate)
    expect(grave.failure).toBe(failure)
    grave.bury(new Error('second'))
    await new Promise(setImmediate)
    expect(grave.failure).toMatchObject({
      code: 'NET_GROUP',
      errors: [failure, { message: 'second' }],
    })
    expect(warnings).not.toHaveBeenCalled()
    asked = false
    grave.bury(new Error('late'))
    await new Promise(setImmediate)
    expect(warnings.mock.calls[0]?.[0]).toContain('late')
  })
})

test('within waits for the work or the limit, and leaves no timer', async () => {
  using clock = useFakeClock()
  await within(10, Promise.resolve())
  expect(clock.timers).toBe(0)
  const limited = within(10, new Promise(() => {}))
  await clock.advance(10)
  await limited
  await within(Infinity, Promise.resolve())
})
