import { memoryCache, type CacheRecord } from '@net/http'
import { expect, test } from 'vitest'

const record = (url: string, size: number): CacheRecord => ({
  url,
  entries: [
    {
      status: 200,
      statusText: 'OK',
      headers: [],
      body: new Uint8Array(size),
      vary: [],
      authorization: undefined,
      cookie: undefined,
      requested: 0,
      received: 0,
    },
  ],
})

test('keeps records by URL, and forgets the one that was used longest ago', async () => {
  const cache = memoryCache({ maxBytes: 10_000 })
  for (const name of ['a', 'b', 'c']) void cache.write(name, record(name, 2000))
  expect(await cache.read('a')).toMatchObject({ url: 'a' })
  void cache.write('d', record('d', 2000))
  expect(['a', 'b', 'c', 'd'].map((name) => cache.read(name))).toEqual([
    expect.anything(),
    undefined,
    expect.anything(),
    expect.anything(),
  ])
})

test('what is larger than the whole cache is not kept', async () => {
  const cache = memoryCache({ maxBytes: 10_000 })
  void cache.write('a', record('a', 100))
  void cache.write('b', record('b', 10_000))
  expect([await cache.read('a'), await cache.read('b')]).toEqual([expect.anything(), undefined])
})

test('removes one, those that begin alike, and all', async () => {
  const cache = memoryCache()
  for (const name of ['a/1', 'a/2', 'b', 'c']) void cache.write(name, record(name, 1))
  void cache.write('b', undefined)
  expect(await cache.read('b')).toBeUndefined()
  expect(await cache.delete('a/')).toBe(2)
  expect(await cache.delete()).toBe(1)
})

test('seals with a key of its own', () => {
  const [one, other] = [memoryCache(), memoryCache()]
  expect(one.seal('token')).toBe(one.seal('token'))
  expect(one.seal('token')).not.toBe(other.seal('token'))
})

test('a wrong option is refused', () => {
  expect(() => memoryCache({ size: 1 } as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
