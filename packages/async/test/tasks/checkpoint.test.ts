import { checkpoint, CancelScope } from '@net/async'
import { isAbort } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

describe('checkpoint', () => {
  test('[ASYNC-22] lets others have their turn', async () => {
    using _clock = useFakeClock()
    let turns = 0
    let over = false
    const others = (): void => {
      turns++
      if (!over) setImmediate(others)
    }
    setImmediate(others)
    for (let round = 1; round <= 10; round++) {
      await checkpoint()
      expect(turns).toBeGreaterThanOrEqual(round - 1)
    }
    over = true
    expect(turns).toBeGreaterThan(5)
  })

  test('[ASYNC-22] notices a cancellation before its turn and after it; shielded it only takes the turn', async () => {
    const controller = new AbortController()
    const waiting = checkpoint({ signal: controller.signal })
    controller.abort('enough')
    await expect(waiting).rejects.toMatchObject({ code: 'NET_ABORTED', cause: 'enough' })
    let turned = false
    setImmediate(() => (turned = true))
    await expect(checkpoint({ signal: controller.signal })).rejects.toSatisfy(isAbort)
    expect(turned).toBe(false)
    await expect(checkpoint()).resolves.toBeUndefined()
  })

  test('[ASYNC-22] a scope can be asked without taking a turn', async () => {
    await using scope = new CancelScope()
    expect(() => scope.throwIfCancelled()).not.toThrow()
    scope.cancel('enough')
    expect(() => scope.throwIfCancelled()).toThrow(
      expect.objectContaining({ code: 'NET_ABORTED', cause: 'enough' }),
    )
  })
})
