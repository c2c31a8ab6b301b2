import { useFakeClock } from '@net/core/testing'
import { cachingResolver, connect, tcpDialer, type ResolvedAddress } from '@net/socket'
import { startEchoServer } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure } from './support.ts'

const one: ResolvedAddress = { address: '127.0.0.1', family: 4 }
const { signal } = new AbortController()

function counting(answer: (host: string) => Promise<readonly ResolvedAddress[]>) {
  const asked: string[] = []
  const resolver = (host: string) => {
    asked.push(host)
    return answer(host)
  }
  return { asked, resolver }
}

test('[SOCK-37] an answer holds as long as it says, or else for ttl', async () => {
  using clock = useFakeClock()
  const { asked, resolver } = counting(async (host) =>
    host === 'own' ? [{ ...one, ttl: 5000 }] : [one],
  )
  const cache = cachingResolver({ resolver, ttl: 1000 })
  for (const host of ['own', 'other', 'own', 'other']) await cache(host, { signal })
  expect(asked).toEqual(['own', 'other'])
  await clock.advance(1000)
  expect(await cache('other', { signal })).toEqual([one])
  await cache('own', { signal })
  expect(asked).toEqual(['own', 'other', 'other'])
  await clock.advance(4000)
  await cache('own', { signal })
  expect(asked).toEqual(['own', 'other', 'other', 'own'])
})

test('[SOCK-37] the name that was not asked for the longest is forgotten first', async () => {
  const { asked, resolver } = counting(async () => [one])
  const cache = cachingResolver({ resolver, max: 2 })
  for (const host of ['a', 'b', 'a', 'c', 'a', 'b']) await cache(host, { signal })
  expect(asked).toEqual(['a', 'b', 'c', 'b'])
})

test('an answer never holds for longer than maxTtl, and one of no time is not kept', async () => {
  using clock = useFakeClock()
  const { asked, resolver } = counting(async (host) => [
    { ...one, ttl: host === 'long' ? 9_000_000 : 0 },
  ])
  const cache = cachingResolver({ resolver, maxTtl: 2000 })
  await cache('long', { signal })
  await clock.advance(2000)
  await cache('long', { signal })
  await cache('none', { signal })
  await cache('none', { signal })
  expect(asked).toEqual(['long', 'long', 'none', 'none'])
})

test('calls at the same time ask once, and one that leaves takes nothing from the others', async () => {
  const answer = Promise.withResolvers<readonly ResolvedAddress[]>()
  const { asked, resolver } = counting(() => answer.promise)
  const cache = cachingResolver({ resolver })
  const controller = new AbortController()
  const left = failure(cache('host', { signal: controller.signal }))
  const stays = cache('host', { signal })
  controller.abort()
  expect((await left).code).toBe('NET_ABORTED')
  answer.resolve([one])
  expect(await stays).toEqual([one])
  expect(asked).toEqual(['host'])
})

test('when the last call has left, the resolver is stopped, and the next call asks anew', async () => {
  const stopped: boolean[] = []
  const cache = cachingResolver({
    resolver: (_host, options) => {
      const at = stopped.push(false) - 1
      options.signal.addEventListener('abort', () => (stopped[at] = true))
      return at === 0 ? new Promise(() => {}) : Promise.resolve([one])
    },
  })
  const controller = new AbortController()
  const call = failure(cache('host', { signal: controller.signal }))
  controller.abort()
  await call
  expect(stopped).toEqual([true])
  expect(await cache('host', { signal })).toEqual([one])
})

test('a failure is not kept, and forget makes it ask again', async () => {
  let fails = true
  const { asked, resolver } = counting(async () => {
    if (fails) throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
    return [one]
  })
  const cache = cachingResolver({ resolver })
  expect((await failure(cache('host', { signal }))).code).toBe('ENOTFOUND')
  fails = false
  await cache('host', { signal })
  await cache('host', { signal })
  cache.forget('host')
  await cache('host', { signal })
  cache.forget()
  await cache('host', { signal })
  expect(asked).toHaveLength(4)
})

test('[SOCK-37] connections to one name share an answer', async () => {
  await using server = await startEchoServer()
  const { asked, resolver } = counting(async () => [one])
  const dialer = tcpDialer({ resolver: cachingResolver({ resolver }) })
  for (let times = 0; times < 3; times++) {
    await using connection = await connect(`tcp://echo.test:${server.address.port}`, { dialer })
    expect(connection.info.remote?.host).toBe('127.0.0.1')
  }
  expect(asked).toEqual(['echo.test'])
})
