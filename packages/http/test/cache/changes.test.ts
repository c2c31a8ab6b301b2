import { setImmediate as turn } from 'node:timers/promises'

import * as http from '@net/http'
import { startHttpServer, type HttpServer, type Route } from '@net/http/testing'
import { expect, test } from 'vitest'

import { CacheChanges } from '../../src/cache/changes.ts'

const cache = (): http.HttpCache => ({
  seal: (text) => text,
  read: () => undefined,
  write() {},
  delete: async () => 0,
})

test('changes of one URL come in order, also behind one that failed, and others do not wait', async () => {
  const changes = new CacheChanges()
  const seen: string[] = []
  const first = Promise.withResolvers<void>()
  const failed = changes.run('a', async () => {
    await first.promise
    seen.push('first')
    throw new Error('no')
  })
  const second = changes.run('a', () => void seen.push('second'))
  expect(changes.run('b', () => void seen.push('other'))).toBeUndefined()
  expect(seen).toEqual(['other'])
  const under = changes.under('a')
  first.resolve()
  await expect(failed).rejects.toThrow('no')
  await second
  await under
  expect(seen).toEqual(['other', 'first', 'second'])
  expect(changes.under('a')).toBeUndefined()
})

test('what is on its way is made void, for all clients of a cache', async () => {
  const shared = cache()
  const [one, two] = [CacheChanges.of(shared), CacheChanges.of(shared)]
  expect(CacheChanges.of(cache())).not.toBe(one)
  const [a, b, done] = [one.begin('a'), one.begin('b'), one.begin('a')]
  one.end(done)
  two.makeVoid('a')
  expect([a.isVoid, b.isVoid, done.isVoid]).toEqual([true, false, false])
  const write = Promise.withResolvers<void>()
  void one.run('b', () => write.promise)
  let isVoid = false
  const all = two.makeAllVoid().then(() => void (isVoid = true))
  expect([b.isVoid, isVoid]).toEqual([true, false])
  write.resolve()
  await all
})

/** A cache whose reads and writes take a few turns, as those of a disk do. */
function slowCache(): http.HttpCache {
  const records = new Map<string, http.CacheRecord>()
  return {
    seal: (text) => text,
    async read(url) {
      await turn()
      return records.get(url)
    },
    async write(url, record) {
      for (let turns = 0; turns < 50; turns++) await turn()
      if (record === undefined) records.delete(url)
      else records.set(url, record)
    },
    delete: async () => 0,
  }
}

/** A server whose answer has a version, which a POST raises. */
async function versioned(): Promise<HttpServer> {
  let version = 1
  const raise: Route = () => {
    version += 1
    return { status: 204 }
  }
  const read: Route = () => ({
    headers: { 'cache-control': 'max-age=60' },
    body: `version ${version}`,
  })
  return startHttpServer({ routes: { 'GET /items': read, 'POST /items': raise } })
}

test('what the program has changed at the server is not read from a cache that is slow to forget it', async () => {
  await using server = await versioned()
  await using client = http.createClient({ baseUrl: server.url, cache: slowCache() })
  for (const version of [1, 2, 3]) {
    let answer = await client.get('/items')
    expect(await answer.text()).toBe(`version ${version}`)
    while (!answer.cached) answer = await client.get('/items')
    await client.post('/items')
  }
  expect(await client.get('/items').text()).toBe('version 4')
})

test('clients that share a cache make void what is on its way to each other', async () => {
  const rest = Promise.withResolvers<void>()
  let version = 1
  const read: Route = () => ({
    headers: { 'cache-control': 'max-age=60' },
    body: (async function* () {
      yield 'version '
      if (version === 1) await rest.promise
      yield `${version}`
    })(),
  })
  const raise: Route = () => {
    version = 2
    return { status: 204 }
  }
  await using server = await startHttpServer({
    routes: { 'GET /items': read, 'POST /items': raise },
  })
  const cache = http.memoryCache()
  await using reader = http.createClient({ baseUrl: server.url, cache })
  await using writer = http.createClient({ baseUrl: server.url, cache })
  const answer = await reader.get('/items')
  await writer.post('/items')
  rest.resolve()
  await answer.text()
  expect((await reader.get('/items')).cached).toBe(false)
})
