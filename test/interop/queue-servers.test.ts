// Redis servers that hand over, fall silent, are set up in ways that lose jobs, fill up, or speak TLS.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '@net/async/testing'
import { captureEvents } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { createCertificates } from '@net/socket/testing'
import { test, type TestContext } from 'vitest'
import { temporaryFolder } from './child.ts'
import { Relay } from './queue-relay.ts'
import { RedisServer } from './redis.ts'

test.concurrent('work goes on at the new master when the old one becomes a replica', async ({
  skip,
  expect,
}) => {
  const soon = ['--repl-diskless-sync-delay', '0']
  await using first = await RedisServer.alone({ skip }, ...soon)
  const replica = ['--replicaof', '127.0.0.1', String(first.port)]
  await using second = await RedisServer.alone({ skip }, ...replica)
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
  await handOver(first, second, expect)
  go.resolve()
  for (const id of ids) expect((await queue.ended(id)).state).toBe('done')
  expect(new Set(done).size).toBe(200)
  expect(worker.state).toBe('working')
})

test.concurrent('a connection that falls silent is left, and work goes on over another one', async ({
  skip,
  expect,
}) => {
  using events = captureEvents()
  await using server = await RedisServer.alone({ skip })
  await using relay = await Relay.start(server.port)
  await using adder = openQueue<number>('silent', { url: server.url })
  await using queue = openQueue<number>('silent', { url: relay.url })
  const worker = queue.process(() => {})
  await adder.add(1, { id: 'before' })
  await adder.ended('before')
  relay.swallow()
  // It may be asked twice, and is: the first time nobody answers.
  expect((await queue.counts()).done).toBe(1)
  const [retry] = events.of('retry').filter(({ operation }) => operation === 'counts')
  expect(retry).toMatchObject({ error: { code: 'NET_CONN_CLOSED' } })
  await adder.add(1, { id: 'after' })
  expect((await adder.ended('after')).state).toBe('done')
  expect(worker.state).toBe('working')
})

test.concurrent('a job whose key is deleted while it runs is told as unknown', async ({
  skip,
  expect,
}) => {
  await using server = await RedisServer.alone({ skip })
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

test.concurrent('a server that speaks TLS is verified, and may ask for our certificate', async ({
  skip,
  expect,
}) => {
  const authority = createCertificates()
  using folder = temporaryFolder('tls')
  const { cert, key } = authority.issue()
  const files = { 'ca-cert': authority.ca, cert, key }
  const tlsPort = String(await freePort())
  const settings = ['--tls-port', tlsPort, '--tls-auth-clients', 'yes']
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder.path, name)
    writeFileSync(path, text)
    settings.push(`--tls-${name}-file`, path)
  }
  await using server = await RedisServer.alone({ skip }, ...settings)
  const url = `rediss://localhost:${tlsPort}`
  const ours = authority.issue()
  const tls = { ca: authority.ca, ...ours }
  await using queue = openQueue<number>('secret', { url, tls })
  queue.process(({ payload }) => payload + 1)
  await queue.add(1, { id: 'a' })
  expect((await queue.ended('a')).result).toBe(2)
  expect(await server.ask('HGET', 'net:{secret}:j:a', 'st')).toBe('done\n')
  await using distrusting = openQueue('secret', { url, tls: ours })
  await expect(distrusting.counts()).rejects.toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED' })
  await using mistaken = openQueue('secret', { url, tls: { ...tls, servername: 'example.com' } })
  await expect(mistaken.counts()).rejects.toMatchObject({ code: 'NET_TLS_CERT_HOST' })
})

test.for(['allkeys-lru', 'volatile-lru', 'allkeys-random', 'volatile-ttl'])(
  'a server with maxmemory-policy %s is refused by each call',
  async (policy, { skip, expect }) => {
    const settings = ['--maxmemory-policy', policy]
    await using server = await RedisServer.alone({ skip }, ...settings)
    await using queue = openQueue('evicted', { url: server.url })
    for (const call of [queue.add(1), queue.counts(), queue.get('x')]) {
      await expect(call).rejects.toMatchObject({ code: 'NET_BAD_CONFIG' })
    }
    const options = { url: server.url, dangerouslyAllowEviction: true }
    await using daring = openQueue('evicted', options)
    expect((await daring.add(1)).added).toBe(true)
  },
)

test('a server that does not let us ask, or keeps no log, is warned of once', async ({
  skip,
  expect,
}) => {
  await using server = await RedisServer.alone({ skip }, '--appendonly', 'no')
  using events = captureEvents()
  await using open = openQueue('open', { url: server.url })
  await open.add(1)
  await open.add(2)
  await server.ask('ACL', 'SETUSER', 'limited', 'on', '>pw', '~*', '&*', '+@all', '-config')
  const url = `redis://limited:pw@127.0.0.1:${server.port}`
  await using limited = openQueue('limited', { url })
  await limited.add(1)
  await limited.add(2)
  const ours = events
    .of('operation')
    .filter(({ target }) => /^(?:open|limited)$/u.test(target ?? ''))
  const warnings = ours.filter(({ state }) => state === 'warning')
  expect(warnings.map(({ target, message }) => [target, message])).toEqual([
    ['open', expect.stringContaining('appendonly no')],
    ['limited', expect.stringContaining('maxmemory-policy')],
  ])
})

test('jobs whose ends a full server does not take are done once it has room', async ({
  skip,
  expect,
}) => {
  await using server = await RedisServer.alone({ skip }, '--maxmemory', '8mb')
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

test('a claim costs the server no more where 3,000 groups wait for their turn', async ({
  skip,
  expect,
}) => {
  await using server = await RedisServer.alone({ skip }, '--appendonly', 'no')
  await using queue = openQueue<number>('groups', { url: server.url })
  const perGroup = { rate: { limit: 1, interval: 1_000_000 } }
  let starts = 0
  queue.process(() => void starts++, { concurrency: 100, perGroup })
  const groups = Array.from({ length: 3000 }, (_, n) => `group ${n}`)
  await Promise.all(groups.flatMap((group) => [1, 2].map((n) => queue.add(n, { group }))))
  await expect.poll(() => starts, { timeout: 60_000 }).toBe(3000)
  await expect.poll(async () => (await queue.counts()).active).toBe(0)
  await server.ask('CONFIG', 'RESETSTAT')
  await queue.add(1, { id: 'free' })
  expect((await queue.ended('free')).attempt).toBe(1)
  expect((await queue.counts()).waiting).toBe(3000)
  // What the script calls counts, too.
  expect(commandsIn(await server.ask('INFO', 'commandstats'))).toBeLessThan(1000)
})

test('however many jobs are late, or too many to be kept, the server is held up by 1,000 at a time', async ({
  skip,
  expect,
}) => {
  await using server = await RedisServer.alone({ skip }, '--appendonly', 'no')
  const { url } = server
  const names = Array.from({ length: 3000 }, (_, n) => n)
  await using large = openQueue<number>('many', { url, keep: { failed: { count: 3000 } } })
  await Promise.all(names.map((n) => large.add(n, { deadline: 1 })))
  await large.add(1, { id: 'in time' })
  const worker = large.process(() => {})
  await large.ended('in time')
  await worker.close()
  // Within one run of the script time stands still.
  const runs = new Map<unknown, number>()
  for await (const { finished } of large.list('failed')) {
    runs.set(finished, (runs.get(finished) ?? 0) + 1)
  }
  expect([...runs.values()]).toEqual([1000, 1000, 1000])
  await using small = openQueue<number>('many', { url, keep: { failed: { count: 1 } } })
  small.process(
    () => {
      throw new TypeError('no')
    },
    { retry: false },
  )
  const left: number[] = []
  for (const id of ['first', 'second', 'third']) {
    await small.add(1, { id })
    await small.ended(id)
    left.push((await small.counts()).failed)
  }
  expect(left).toEqual([2001, 1002, 3])
})

function commandsIn(stats: string): number {
  let sum = 0
  for (const [, calls] of stats.matchAll(/:calls=(\d+)/gu)) sum += Number(calls)
  return sum
}

/** The second becomes the master when it has all that the first has, and the first its replica. */
async function handOver(
  first: RedisServer,
  second: RedisServer,
  expect: TestContext['expect'],
): Promise<void> {
  const next = (): Promise<string> => second.ask('INFO', 'replication')
  await expect.poll(next, { timeout: 30_000 }).toContain('master_link_status:up')
  await first.ask('FAILOVER', 'TO', '127.0.0.1', String(second.port))
  await expect.poll(next, { timeout: 30_000 }).toContain('role:master')
}
