import { systemResolver } from '@net/socket'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

test('the system knows localhost', async () => {
  const found = await systemResolver('localhost')
  expect(found.length).toBeGreaterThan(0)
  for (const { address, family } of found) {
    expect([4, 6]).toContain(family)
    expect(['127.0.0.1', '::1']).toContain(address)
  }
})

test('a name that cannot exist is told by the system', async () => {
  const error = await failure(systemResolver('a'.repeat(300)))
  expect(error.code).toMatch(/^E/)
})
