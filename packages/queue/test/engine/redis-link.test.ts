import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'

import { RedisLink } from '../../src/engine/redis-link.ts'
import { respServer } from './resp-server.ts'

const silent = { work: () => {}, event: () => {}, missed: () => {}, warn: () => {} }

test('a job is surely not added while no server answers', async () => {
  await using queue = openQueue('away', { url: 'redis://127.0.0.1:1' })
  const error: unknown = await queue
    .add(1, { timeout: { connect: 30 } })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_TIMEOUT_CONNECT', retry: 'safe', operation: 'add' })
})

test('what was given up while the server was away is not added when it is back', async () => {
  const before = await respServer(() => undefined)
  const port = Number(new URL(before.url).port)
  await before[Symbol.asyncDispose]()
  await using queue = openQueue('back', { url: `redis://127.0.0.1:${port}` })
  const given = [1, 2, 3].map((n) => queue.add(n, { timeout: { connect: 30 } }))
  for (const each of await Promise.allSettled(given)) {
    expect(each).toMatchObject({ reason: { code: 'NET_TIMEOUT_CONNECT', retry: 'safe' } })
  }
  const seen: string[] = []
  await using server = await respServer(
    (args) => {
      seen.push(args.slice(2).join(' '))
      return '*1\r\n$0\r\n\r\n'
    },
    'noeviction',
    undefined,
    port,
  )
  expect(await queue.add(4, { id: 'later' })).toMatchObject({ added: true })
  expect(server.asked).toEqual(['add'])
  expect(seen).toEqual([expect.stringMatching(/^later 4 /)])
})

test('a queue whose server is away closes at once', async () => {
  const queue = openQueue('left', { url: 'redis://127.0.0.1:1' })
  queue.process(() => {})
  const added = queue.add(1, { timeout: { connect: 30 } }).catch(() => {})
  await added
  await queue.close()
  expect(await queue.closed).toBeUndefined()
})

test('a server that may throw jobs away is refused, unless that is said', async () => {
  await using server = await respServer(() => '*1\r\n$0\r\n\r\n', 'allkeys-lru')
  await using queue = openQueue('evicted', { url: server.url })
  const refused: unknown = await queue.add(1).catch((thrown: unknown) => thrown)
  expect(refused).toMatchObject({ code: 'NET_BAD_CONFIG', retry: 'never' })
  expect(String(refused)).toContain('maxmemory-policy is allkeys-lru; set it to noeviction')
  expect(server.asked).toEqual([])
  const url = server.url
  await using daring = openQueue('evicted', { url, dangerouslyAllowEviction: true })
  expect(await daring.add(1)).toMatchObject({ added: true })
})

test('a server that does not tell its policy is taken', async () => {
  await using server = await respServer(() => '*1\r\n$0\r\n\r\n', undefined)
  await using queue = openQueue('untold', { url: server.url })
  expect(await queue.add(1)).toMatchObject({ added: true })
})

test('a connection that is lost after a job was sent leaves it unknown, and nothing is sent again', async () => {
  await using server = await respServer((_, socket) => {
    socket.destroy()
    return undefined
  })
  await using queue = openQueue('cut', { url: server.url })
  const error: unknown = await queue.add(1).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NET_CONN_CLOSED', retry: 'idempotent' })
  expect(server.asked).toEqual(['add'])
})

test('a link that is closed takes no requests', async () => {
  const url = new URL('redis://127.0.0.1:1')
  const link = new RedisLink({ url, prefix: 'p', allowEviction: false }, silent)
  link.close()
  await expect(link.ready()).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('a link that was connected and is closed takes no requests either', async () => {
  await using server = await respServer(() => '*1\r\n$0\r\n\r\n')
  const url = new URL(server.url)
  const link = new RedisLink({ url, prefix: 'p', allowEviction: false }, silent)
  await link.ready()
  link.close()
  await expect(link.ready()).rejects.toMatchObject({ code: 'NET_CLOSED' })
  await expect(link.run('counts', [])).rejects.toMatchObject({ code: 'NET_CLOSED' })
  await expect(link.listen()).rejects.toMatchObject({ code: 'NET_CLOSED' })
})
