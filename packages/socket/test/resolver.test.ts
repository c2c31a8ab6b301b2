import { systemResolver, tcpDialer, type Resolver } from '@net/socket'
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

test('the system refuses a name that cannot exist', async () => {
  expect((await failure(systemResolver('a'.repeat(70)))).code).toMatch(/^E/)
  expect((await failure(systemResolver('a'.repeat(300)))).code).toBe('NET_DNS_NOT_FOUND')
})

const dialed = (resolver: () => unknown) => {
  const dialer = tcpDialer({ resolver: resolver as Resolver })
  return dialer.dial({ scheme: 'tcp', host: 'a.test', port: 1 })
}

test.each([
  ['a number', 5],
  ['nothing', undefined],
  ['addresses as text', ['127.0.0.1']],
  ['a name', [{ address: 'localhost', family: 4 }]],
  ['another family', [{ address: '127.0.0.1', family: 6 }]],
])('a resolver that gives %s leads nowhere', async (_, found) => {
  const error = await failure(dialed(async () => found))
  expect([error.code, error.phase]).toEqual(['NET_BAD_OPTION', 'resolve'])
  expect(error.message).toContain('a list of { address, family }')
})

test('what a resolver throws is the caller’s own, unless it is a failure of resolvers', async () => {
  const mine = new Error('my own mistake')
  await expect(dialed(() => Promise.reject(mine))).rejects.toBe(mine)
  const throws = (): never => {
    throw mine
  }
  await expect(dialed(throws)).rejects.toBe(mine)
  const unknown = Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' })
  expect((await failure(dialed(() => Promise.reject(unknown)))).code).toBe('NET_DNS_NOT_FOUND')
})
