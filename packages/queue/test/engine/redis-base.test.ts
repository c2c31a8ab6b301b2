import { expect, test } from 'vitest'

import { redisBase } from '../../src/engine/redis-base.ts'

test("time is the server's, and every name is local", () => {
  expect(redisBase).toContain("redis.call('TIME')")
  expect(redisBase).not.toMatch(/^function /mu)
})
