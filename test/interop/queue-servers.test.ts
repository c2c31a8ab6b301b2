// Redis servers that hand over, fall silent, are set up in ways that lose jobs, or fill up.
import { captureEvents } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { expect, test } from 'vitest'
import { requireDaemon } from './daemon.ts'
import { Relay } from './queue-relay.ts'
import { RedisServer } from './redis.ts'
import { testFolder } from './test-folder.ts'

test('work goes on at the new master when the old one becomes a replica', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using first = await RedisServer.start(redis, testFolder())
  const replica = ['--replicaof', '127.0.0.1', String(first.port)]
  await using second = await RedisServer.start(redis, testFolder(), ...replica)
  await using relay = await Relay.start(first.port)
  await using queue = openQueue<number>('failover', { url: relay.url })
  const ids = Array.from({ length: 200 }, (_, n) => `job ${n}`)
  await Promise.all(ids.map((id, n) => queue.add(n, { id, attempts: 20 })))
  const done: string[] = []
  const half = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const worker = queue.process(
    async ({ id }) => {
      if (done.length >= 100) {
        half.resolve()
        await go.promise
      }
      done.push(id)
    },
    { concurrency: 10 },
  )
  await half.promise
  relay.target = second.port
  // The connections stay: the old master answers on them, and only its answers tell that it is one no more.
  await handOver(first, second)
  go.resolve()
  for (const id of ids) expect((await queue.ended(id)).state).toBe('done')
  expect(new Set(done).size).toBe(200)
  expect(worker.state).toBe('working')
})

test('a connection that falls silent is left, and work goes on over another one', async ({
  skip,
}) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  using events = captureEvents()
  await using server = await RedisServer.start(redis, testFolder())
  await using relay = await Relay.start(server.port)
  await using adder = openQueue<number>('silent', { url: server.url })
  await using queue = openQueue<number>('silent', { url: relay.url })
  const worker = queue.process(() => {})
  await adder.add(1, { id: 'before' })
  await adder.ended('before')
  relay.swallow()
  const retried = events.waitFor(({ type }) => type === 'retry')
  // It may be asked twice, and is: the first time nobody answers.
  expect((await queue.counts()).done).toBe(1)
  expect(await retried).toMatchObject({ error: { code: 'NET_CONN_CLOSED' } })
  await adder.add(1, { id: 'after' })
  expect((await adder.ended('after')).state).toBe('done')
  expect(worker.state).toBe('working')
})

test.for(['allkeys-lru', 'volatile-lru', 'allkeys-random', 'volatile-ttl'])(
  'a server with maxmemory-policy %s is refused by each call',
  async (policy, { skip }) => {
    const redis = requireDaemon({ skip }, 'redis-server')
    const settings = ['--maxmemory-policy', policy]
    await using server = await RedisServer.start(redis, testFolder(), ...settings)
    await using queue = openQueue('evicted', { url: server.url })
    for (const call of [queue.add(1), queue.counts(), queue.get('x')]) {
      await expect(call).rejects.toMatchObject({ code: 'NET_BAD_CONFIG' })
    }
    const options = { url: server.url, dangerouslyAllowEviction: true }
    await using daring = openQueue('evicted', options)
    expect((await daring.add(1)).added).toBe(true)
  },
)

test('a server that does not let us ask, or keeps no log, is warned of once', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using server = await RedisServer.start(redis, testFolder(), '--appendonly', 'no')
  using events = captureEvents()
  await using open = openQueue('open', { url: server.url })
  await open.add(1)
  await open.add(2)
  await server.ask('ACL', 'SETUSER', 'limited', 'on', '>pw', '~*', '&*', '+@all', '-config')
  const url = `redis://limited:pw@127.0.0.1:${server.port}`
  await using limited = openQueue('limited', { url })
  await limited.add(1)
  await limited.add(2)
  const warnings = events.of('operation').filter(({ state }) => state === 'warning')
  expect(warnings.map(({ target, message }) => [target, message])).toEqual([
    ['open', expect.stringContaining('appendonly no')],
    ['limited', expect.stringContaining('maxmemory-policy')],
  ])
})

test('a job whose key is deleted while it runs is told as unknown', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using server = await RedisServer.start(redis, testFolder())
  await using queue = openQueue('gone', { url: server.url })
  const events = queue.events()
  await queue.counts()
  queue.process(
    async ({ id }) => {
      await server.ask('DEL', `net:{gone}:j:${id}`)
    },
    { lease: 300 },
  )
  await queue.add(1, { id: 'lost' })
  for await (const { type, id, reason } of events) {
    expect(type).not.toBe('done')
    if (type !== 'unknown') continue
    expect([id, reason]).toEqual(['lost', 'the store has lost the job'])
    break
  }
  expect(await queue.counts()).toMatchObject({ active: 0, done: 0 })
})

test('jobs whose ends a full server does not take are done once it has room', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using server = await RedisServer.start(redis, testFolder(), '--maxmemory', '8mb')
  await using queue = openQueue<number>('filling', { url: server.url })
  const ids = Array.from({ length: 200 }, (_, n) => `job ${n}`)
  await Promise.all(ids.map((id, n) => queue.add(n, { id })))
  const runs: string[] = []
  queue.process(
    ({ id }) => {
      runs.push(id)
      return 'r'.repeat(60_000)
    },
    { concurrency: 5 },
  )
  let error: unknown
  while (error === undefined) {
    error = await queue.add(1, { delay: 1_000_000 }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  }
  expect(error).toMatchObject({ code: 'NET_NO_SPACE', retry: 'safe' })
  await server.ask('CONFIG', 'SET', 'maxmemory', '0')
  for (const id of ids) expect((await queue.ended(id)).state).toBe('done')
  expect(runs).toHaveLength(200)
})

test('a claim costs the server no more where 10,000 groups wait for their turn', async ({
  skip,
}) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using server = await RedisServer.start(redis, testFolder(), '--appendonly', 'no')
  await using queue = openQueue<number>('groups', { url: server.url })
  const perGroup = { rate: { limit: 1, interval: 1_000_000 } }
  let starts = 0
  queue.process(() => void starts++, { concurrency: 100, perGroup })
  const groups = Array.from({ length: 10_000 }, (_, n) => `group ${n}`)
  await Promise.all(groups.flatMap((group) => [1, 2].map((n) => queue.add(n, { group }))))
  await expect.poll(() => starts, { timeout: 60_000 }).toBe(10_000)
  await expect.poll(async () => (await queue.counts()).active).toBe(0)
  await server.ask('CONFIG', 'RESETSTAT')
  await queue.add(1, { id: 'free' })
  expect((await queue.ended('free')).attempt).toBe(1)
  expect((await queue.counts()).waiting).toBe(10_000)
  // What the script calls counts, too.
  expect(commandsIn(await server.ask('INFO', 'commandstats'))).toBeLessThan(1000)
})

function commandsIn(stats: string): number {
  let sum = 0
  for (const [, calls] of stats.matchAll(/:calls=(\d+)/gu)) sum += Number(calls)
  return sum
}

/** The second becomes the master when it has all that the first has, and the first its replica. */
async function handOver(first: RedisServer, second: RedisServer): Promise<void> {
  const next = (): Promise<string> => second.ask('INFO', 'replication')
  await expect.poll(next, { timeout: 30_000 }).toContain('master_link_status:up')
  await first.ask('FAILOVER', 'TO', '127.0.0.1', String(second.port))
  await expect.poll(next, { timeout: 30_000 }).toContain('role:master')
}
