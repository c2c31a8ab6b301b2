import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openQueue, type JobQueue } from '@net/queue'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'
import { lacking, requireDaemon } from './daemon.ts'
import { withKills } from './queue-kills.ts'
import { RedisServer } from './redis.ts'
import { testFolder } from './test-folder.ts'

const run = promisify(execFile)

test('queues on Redis do what every queue must', async ({ skip }) => {
  await checkConformance(requireDaemon({ skip }, 'redis-server'))
})

test('queues on Valkey do what every queue must', async ({ skip }) => {
  const folder = process.env['NET_VALKEY'] ?? '/opt/net-valkey'
  const valkey = join(folder, 'valkey-server')
  if (!existsSync(valkey))
    lacking({ skip }, 'Valkey is not there; test/interop/valkey.sh unpacks it')
  await checkConformance(valkey)
})
test('workers on one Redis do every job, however often they and the server are killed', async ({
  skip,
}) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  const folder = testFolder()
  await using server = await RedisServer.start(redis, folder)
  const report = await withKills({
    url: server.url,
    notes: join(folder, 'notes'),
    jobs: 300,
    workers: 2,
    concurrency: 5,
    killEvery: 400,
    kills: 2,
    async killed(kills) {
      if (kills > 1) return
      await server.kill()
      await server.begin()
    },
  })
  expect(report).toMatchObject({ done: 300, left: 0, failed: 0 })
  expect(report.repeats).toBeLessThanOrEqual(report.kills * 5)
})

test('a server that throws keys away when it is full is refused', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  const policy = ['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru']
  await using server = await RedisServer.start(redis, testFolder(), ...policy)
  await using queue = openQueue('evicted', { url: server.url })
  await expect(queue.add(1)).rejects.toMatchObject({ code: 'NET_BAD_CONFIG' })
})

test('a server that is full says so, and the job is not added', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using server = await RedisServer.start(redis, testFolder(), '--maxmemory', '3mb')
  await using queue = openQueue('full', { url: server.url })
  let error: unknown
  for (let n = 0; error === undefined && n < 20; n++) {
    error = await queue.add('x'.repeat(500_000)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
  }
  expect(error).toMatchObject({ code: 'NET_NO_SPACE', retry: 'safe' })
})

async function checkConformance(program: string): Promise<void> {
  await using server = await RedisServer.start(program, testFolder(), '--appendfsync', 'no')
  const { url } = server
  let places = 0
  const count = await checkQueue(
    async () => {
      const name = `check-${++places}`
      return {
        step: 500,
        open: (options) => openQueue(name, { ...options, url }),
        async [Symbol.asyncDispose]() {},
      }
    },
    { together: 16 },
  )
  expect(count).toBeGreaterThan(70)
}

test('what is no event ends no process that listens', async ({ skip }) => {
  const redis = requireDaemon({ skip }, 'redis-server')
  await using server = await RedisServer.start(redis, testFolder())
  await using queue = openQueue<number>('noise', { url: server.url })
  await using events = queue.events()
  const next = events.next()
  await queue.counts()
  const { port } = new URL(server.url)
  const said = async (text: string): Promise<string> => {
    const { stdout } = await run('redis-cli', ['-p', port, 'PUBLISH', 'net:{noise}:events', text])
    return stdout
  }
  await expect.poll(() => said('{,}')).toMatch(/[1-9]/)
  await said('5')
  await queue.add(1, { id: 'a' })
  expect((await next).value).toMatchObject({ type: 'added', id: 'a' })
})

test('jobs that fail again and again leave no more behind than a list twice as long, and the oldest goes first', async ({
  skip,
}) => {
  await using server = await RedisServer.alone({ skip }, '--appendfsync', 'no')
  const open = (): JobQueue<string> =>
    openQueue<string>('repeated', { url: server.url, keep: { failed: { count: JOBS } } })
  const ends = async (): Promise<number> => {
    const lengths = ['f', 'o'].map((list) => server.ask('LLEN', `net:{repeated}:${list}:failed`))
    return (await Promise.all(lengths)).reduce((sum, length) => sum + Number(length), 0)
  }
  await using queue = open()
  const fails = { concurrency: 50, retry: false } as const
  queue.process(() => {
    throw new Error('again')
  }, fails)
  const ids = Array.from({ length: JOBS - 1 }, (_, n) => `job-${n}`)
  await queue.add('x', { id: 'oldest' })
  await queue.ended('oldest')
  await Promise.all(ids.map((id) => queue.add('x', { id })))
  for (let round = 0; round < 12; round++) {
    await expect.poll(() => queue.counts(), POLL).toMatchObject({ failed: JOBS })
    expect(await ends()).toBeLessThanOrEqual(2 * JOBS + 1000 + fails.concurrency)
    await Promise.all(ids.map((id) => queue.retry(id)))
  }
  await expect.poll(() => queue.counts(), POLL).toMatchObject({ failed: JOBS })
  await queue.add('x', { id: 'one more' })
  await queue.ended('one more')
  expect(await queue.get('oldest')).toBeUndefined()
  expect(await queue.counts()).toMatchObject({ failed: JOBS })
})

const JOBS = 200
const POLL = { timeout: 20_000, interval: 20 }
