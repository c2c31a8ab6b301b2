import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { disk } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import * as http from '@net/http'
import { startHttpServer } from '@net/http/testing'
import { expect, test, vi } from 'vitest'

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'net-cache-'))
  try {
    await use(join(folder, 'cache'))
  } finally {
    // A client that is closed may still write its last answer there.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  }
}

const entry = (body: string, more: Partial<http.CacheEntry> = {}): http.CacheEntry => ({
  status: 200,
  statusText: 'OK',
  headers: ['etag', '"a"'],
  body: Buffer.from(body),
  vary: [['accept', null]],
  authorization: undefined,
  cookie: null,
  requested: 1,
  received: 2,
  ...more,
})

test('what was written is read by another program, byte by byte', async () => {
  await inFolder(async (folder) => {
    const cache = http.folderCache(folder)
    await cache.ready!()
    const record = {
      url: 'https://a.example/',
      entries: [entry('first\n\u0000'), entry('', { cookie: 'c', authorization: 'x' })],
    }
    await cache.write('https://a.example/', record)
    const other = http.folderCache(folder)
    await other.ready!()
    expect(other.seal('token')).toBe(cache.seal('token'))
    expect(await other.read('https://a.example/')).toEqual(record)
    expect(await other.read('https://a.example/2')).toBeUndefined()
    for (const name of await readdir(folder))
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
  })
})

test('marks of changes are looked at now and then, and not with each change', async () => {
  await inFolder(async (folder) => {
    const marks = async (): Promise<readonly string[]> =>
      (await readdir(folder)).filter((name) => name.endsWith('.change'))
    using clock = useFakeClock()
    const cache = http.folderCache(folder, { maxBytes: 1000 })
    await cache.ready?.()
    await cache.write('http://a/old', undefined)
    for (const old of await marks()) await utimes(join(folder, old), new Date(0), new Date(0))
    await cache.write('http://a/next', undefined)
    expect(await marks()).toHaveLength(2)
    await clock.advance(600_001)
    await cache.write('http://a/last', undefined)
    expect(await marks()).toHaveLength(2)
  })
})

test('what another program asked for before a change and keeps after it is not read', async () => {
  await inFolder(async (folder) => {
    using clock = useFakeClock()
    let value = 0
    const asked = Promise.withResolvers<void>()
    const changed = Promise.withResolvers<void>()
    await using server = await startHttpServer({
      routes: {
        'GET /x': async ({ headers }) => {
          const body = String(value)
          if (headers['x-slow'] !== undefined) {
            asked.resolve()
            await changed.promise
          }
          return { body, headers: { 'cache-control': 'max-age=60' } }
        },
        'POST /x': () => {
          value += 1
          return { body: 'changed' }
        },
      },
    })
    const client = (cache: http.HttpCache): http.HttpClient =>
      http.createClient({ baseUrl: server.url, cache })
    const kept = Promise.withResolvers<void>()
    const cache = http.folderCache(folder)
    await using other = client({
      ready: () => cache.ready!(),
      seal: (text) => cache.seal(text),
      read: (url) => cache.read(url),
      delete: (prefix) => cache.delete(prefix),
      async write(url, record) {
        await cache.write(url, record)
        kept.resolve()
      },
    })
    await using ours = client(http.folderCache(folder))
    const slow = other.get('/x', { headers: { 'x-slow': 'yes' } }).text()
    await asked.promise
    await clock.advance(1)
    await ours.post('/x', { json: 1 })
    changed.resolve()
    expect(await slow).toBe('0')
    await kept.promise
    expect(await ours.get('/x').text()).toBe('1')
    expect((await ours.get('/x')).cached).toBe(true)
  })
})

test('a file that is cut or foreign counts as none', async () => {
  await inFolder(async (folder) => {
    const cache = http.folderCache(folder)
    await cache.ready!()
    await cache.write('a', { url: 'a', entries: [entry('whole body')] })
    const [name = ''] = (await readdir(folder)).filter((each) => each.endsWith('.entry'))
    const whole = await readFile(join(folder, name))
    for (const bytes of [whole.subarray(0, -1), Buffer.from('{}'), Buffer.from('no JSON\n')]) {
      await writeFile(join(folder, name), bytes)
      expect(await cache.read('a')).toBeUndefined()
    }
  })
})

test('a file whose entries are those of another program counts as none', async () => {
  await inFolder(async (folder) => {
    const cache = http.folderCache(folder)
    await cache.ready!()
    await cache.write('a', { url: 'a', entries: [entry('')] })
    const [name = ''] = (await readdir(folder)).filter((each) => each.endsWith('.entry'))
    const head = { size: 0, status: 200, headers: [], vary: [], requested: 1, received: 1 }
    const foreign = [{ size: 0 }, { ...head, vary: [1] }, { ...head, headers: {} }]
    const unfit = [
      { ...head, size: -1 },
      { ...head, requested: 'today' },
    ]
    for (const each of [...foreign, ...unfit]) {
      const text = JSON.stringify({ version: 1, url: 'a', entries: [each] })
      await writeFile(join(folder, name), `${text}\n`)
      expect([each, await cache.read('a')]).toEqual([each, undefined])
    }
  })
})

test.each(['', 'half a key'])('a folder whose key is %j gets a whole one', async (left) => {
  await inFolder(async (folder) => {
    await mkdir(folder)
    await writeFile(join(folder, 'key'), left)
    const caches = Array.from({ length: 4 }, () => http.folderCache(folder))
    await Promise.all(caches.map((cache) => cache.ready!()))
    const later = http.folderCache(folder)
    await later.ready!()
    expect(await readFile(join(folder, 'key'))).toHaveLength(32)
    expect(await readdir(folder)).toEqual(['key'])
  })
})

test('the oldest files go when all are too large, and names begin alike', async () => {
  await inFolder(async (folder) => {
    const cache = http.folderCache(folder, { maxBytes: 10_000 })
    await cache.ready!()
    for (let at = 0; at < 20; at++)
      await cache.write(`u${at}`, { url: `u${at}`, entries: [entry('x'.repeat(1500))] })
    const names = (await readdir(folder)).filter((each) => each.endsWith('.entry'))
    expect(names.length).toBeLessThanOrEqual(6)
    await cache.write('v', { url: 'v', entries: [entry('')] })
    await cache.write('w', undefined)
    expect(await cache.delete('v')).toBe(1)
    expect(await cache.delete()).toBeGreaterThan(0)
  })
})

test('[HTTP-60] a program that starts again has the answers of the one before', async () => {
  await inFolder(async (folder) => {
    await using server = await startHttpServer({
      routes: { '/a': { headers: { 'cache-control': 'max-age=60' }, json: { id: 1 } } },
    })
    const options = (): http.ClientOptions => ({
      baseUrl: server.url,
      cache: http.folderCache(folder),
      auth: http.bearer('token-of-mine'),
    })
    await using first = http.createClient(options())
    expect(await first.get('/a').json()).toEqual({ id: 1 })
    await expect
      .poll(async () => (await readdir(folder)).filter((each) => each.endsWith('.entry')).length)
      .toBe(1)
    await using second = http.createClient(options())
    const again = await second.get('/a')
    expect([again.cached, await again.json()]).toEqual([true, { id: 1 }])
    expect(server.received).toHaveLength(1)
    for (const name of await readdir(folder))
      expect((await readFile(join(folder, name))).includes('token-of-mine')).toBe(false)
  })
})

test('a folder that cannot be made is told before anything is sent', async () => {
  await inFolder(async (folder) => {
    await using server = await startHttpServer()
    await using client = http.createClient({
      baseUrl: server.url,
      cache: http.folderCache(`/dev/null/${folder}`),
    })
    await expect(client.get('/json')).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
    expect(server.received).toHaveLength(0)
  })
})

test('what is on its way into the folder when the program drops all does not come back', () =>
  inFolder(async (folder) => {
    await using server = await startHttpServer({
      routes: { '/a': { headers: { 'cache-control': 'max-age=60' }, body: 'text' } },
    })
    const cache = http.folderCache(folder)
    await using client = http.createClient({ baseUrl: server.url, cache })
    for (let count = 1; count <= 5; count++) {
      await client.get('/a').text()
      await cache.delete()
      expect((await readdir(folder)).filter((name) => name.endsWith('.entry'))).toEqual([])
    }
    await client.get('/a').text()
    expect(server.received).toHaveLength(6)
  }))

test('parts that ended programs have left go, and those that are being written stay', () =>
  inFolder(async (folder) => {
    await http.folderCache(folder).ready?.()
    const [old, now] = [join(folder, 'a.entry.1.part'), join(folder, 'b.entry.2.part')]
    for (const file of [old, now]) await writeFile(file, 'half')
    const before = Date.now() / 1000 - 7200
    await utimes(old, before, before)
    await http.folderCache(folder).ready?.()
    expect((await readdir(folder)).toSorted()).toEqual(['b.entry.2.part', 'key'])
  }))

test('a folder below one that takes none fails the call at once', async () => {
  const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  using mkdir = vi.spyOn(disk(), 'mkdir').mockRejectedValue(missing)
  await using server = await startHttpServer()
  await using client = http.createClient({
    baseUrl: server.url,
    cache: http.folderCache(join(tmpdir(), 'none', 'deep')),
  })
  await expect(client.get('/json')).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  expect(server.received).toHaveLength(0)
  // Each folder by a call of its own: the system's way of making all at once need not end.
  for (const [, options] of mkdir.mock.calls) expect(options).not.toMatchObject({ recursive: true })
})
