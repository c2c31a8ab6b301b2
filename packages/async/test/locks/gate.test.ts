import { Gate } from '@net/async'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

import { failure } from '../failure.ts'

describe('Gate', () => {
  test('[ASYNC-26] holds every waiter until it opens, and none while it is open', async () => {
    const gate = new Gate()
    const through: string[] = []
    const waits = ['a', 'b'].map(async (name) => {
      await gate.wait()
      through.push(name)
    })
    expect(gate.isOpen).toBe(false)
    expect(gate.waiting).toBe(2)
    expect(through).toEqual([])
    gate.open()
    await Promise.all(waits)
    expect(through).toEqual(['a', 'b'])
    await gate.wait()
  })

  test('[ASYNC-26] can be closed again, which does not affect waiters that have passed', async () => {
    const gate = new Gate({ open: true })
    await gate.wait()
    gate.close()
    const waiting = gate.wait()
    gate.open()
    gate.close()
    await waiting
    expect(gate.isOpen).toBe(false)
  })

  test('a wait ends by signal and limit', async () => {
    using clock = useFakeClock()
    const gate = new Gate()
    const controller = new AbortController()
    const limited = failure(gate.wait({ timeout: 5 }))
    const aborted = gate.wait({ signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
    await clock.advance(5)
    expect(await limited).toMatchObject({
      code: 'NET_TIMEOUT_TOTAL',
    })
    expect(gate.waiting).toBe(0)
    gate.open()
    const { signal } = controller
    await expect(gate.wait({ signal })).rejects.toMatchObject({ code: 'NET_ABORTED' })
  })
})
