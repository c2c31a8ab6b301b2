import { captureEvents, useFakeClock } from '@net/core/testing'
import { resolve, reverse, type ResolvedAddress } from '@net/socket'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

const both: readonly ResolvedAddress[] = [
  { address: '2001:db8::1', family: 6 },
  { address: '192.0.2.1', family: 4 },
]

test('[SOCK-35] a name is resolved, to all its addresses or to those of one family', async () => {
  const resolver = async () => both
  expect(await resolve('db.example', { resolver })).toEqual(both)
  expect(await resolve('db.example', { resolver, family: 4 })).toEqual([both[1]])
  expect(await resolve('db.example', { resolver, family: 6 })).toEqual([both[0]])
  const none = failure(resolve('db.example', { resolver: async () => [both[0]!], family: 4 }))
  expect(await none).toMatchObject({ code: 'NET_DNS_NOT_FOUND', protocol: 'dns' })
})

test('[SOCK-35] the operating system knows this machine, in both directions', async () => {
  const addresses = await resolve('localhost')
  expect(addresses.map(({ address }) => address)).toContain('127.0.0.1')
  expect(await reverse('127.0.0.1')).toBe('localhost')
})

test('an address is its own, and no resolver is asked', async () => {
  const resolver = async (): Promise<never> => {
    throw new Error('asked')
  }
  expect(await resolve('192.0.2.7', { resolver })).toEqual([{ address: '192.0.2.7', family: 4 }])
  expect(await resolve('::1', { resolver })).toEqual([{ address: '::1', family: 6 }])
})

test('a name is brought into its ASCII form before it is asked for', async () => {
  const asked: string[] = []
  await resolve('BÜCHER.example', {
    resolver: async (host) => {
      asked.push(host)
      return both
    },
  })
  expect(asked).toEqual(['xn--bcher-kva.example'])
})

test.each(['', 'https://example.com', 'host:80', 'user@host', 'two words', '[::1]'])(
  '%j is no name of a host',
  async (name) => {
    expect((await failure(resolve(name))).code).toBe('NET_BAD_OPTION')
  },
)

test('reverse wants an address', async () => {
  expect((await failure(reverse('localhost'))).code).toBe('NET_BAD_OPTION')
})

test('[H-SOCK-04] a resolver that is silent ends with the limit of its phase', async () => {
  using clock = useFakeClock()
  let aborted = false
  const call = resolve('db.example', {
    resolver: (_host, { signal }) => {
      signal.addEventListener('abort', () => (aborted = true))
      return new Promise(() => {})
    },
  })
  const ended = failure(call)
  await clock.advance(10_000)
  expect(await ended).toMatchObject({ code: 'NET_TIMEOUT_RESOLVE', phase: 'resolve' })
  expect(aborted).toBe(true)
})

test('a lookup is an operation with its phase', async () => {
  using events = captureEvents()
  await resolve('db.example', { resolver: async () => both })
  expect(events.of('operation').map(({ operation, state }) => [operation, state])).toEqual([
    ['resolve', 'start'],
    ['resolve', 'end'],
  ])
})
