import { ResourceGuard } from '@net/async'
import { expect, test } from 'vitest'

test('[ASYNC-31] a second use at the same time is an error that names the use', () => {
  const guard = new ResourceGuard('reading from this socket')
  const inside = guard.enter()
  expect(guard.busy).toBe(true)
  expect(() => guard.enter()).toThrow(
    expect.objectContaining({
      code: 'NET_BUSY',
      message: expect.stringContaining('another call is reading from this socket'),
    }),
  )
  inside[Symbol.dispose]()
  {
    using _second = guard.enter()
    // What left before cannot leave again for who is inside.
    inside[Symbol.dispose]()
    expect(guard.busy).toBe(true)
  }
  expect(guard.busy).toBe(false)
})
