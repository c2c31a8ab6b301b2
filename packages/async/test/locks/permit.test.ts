import { expect, test } from 'vitest'

import { Permit } from '../../src/locks/permit.ts'

test('gives back once, however often it is released and disposed', () => {
  let given = 0
  const permit = new Permit(() => given++)
  {
    using lease = permit
    expect(lease.held).toBe(true)
    lease.release()
    expect(lease.held).toBe(false)
    lease.release()
  }
  expect(given).toBe(1)
})
