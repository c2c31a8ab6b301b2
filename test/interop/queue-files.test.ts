// Files of jobs that many processes use, whose disk is full, and what finished jobs take.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openQueue, type JobCounts } from '@net/queue'
import { expect, test, type TestContext } from 'vitest'
import { lacking, requireDaemon } from './daemon.ts'
import { withKills } from './queue-kills.ts'
import { RedisServer } from './redis.ts'
import { runProgram } from './run-program.ts'
import { testFolder } from './test-folder.ts'

test('four processes share a file while somebody reads it slowly: each job is claimed once, the log stays small', async () => {
  const folder = testFolder()
  const path = join(folder, 'jobs.db')
  const url = `file:${path}`
  await using queue = openQueue<number>('kills', { url })
  const over = new AbortController()
  let longest = 0
  let read = 0
  const reading = (async () => {
    while (!over.signal.aborted) {
      for await (const { id } of queue.list('waiting')) {
        if (over.signal.aborted) break
        read += id.length
        await new Promise((resolve) => {
          setTimeout(resolve, 1)
        })
        longest = Math.max(longest, sizeOf(`${path}-wal`))
      }
    }
  })()
  const notes = join(folder, 'notes')
  const shared = { workers: 4, concurrency: 10, killEvery: 1000, kills: 0, lease: 600_000 }
  const report = await withKills({ url, notes, jobs: 2000, ...shared })
  over.abort()
  await reading
  longest = Math.max(longest, sizeOf(`${path}-wal`))
  expect(report).toMatchObject({ done: 2000, repeats: 0, left: 0, failed: 0 })
  expect(read).toBeGreaterThan(0)
  expect(longest).toBeLessThan(20 * MIB)
})

test('a disk that is full fails the call, and what was added is done once there is room', async ({
  skip,
}) => {
  const unshare = requireDaemon({ skip }, 'unshare')
  const folder = testFolder()
  const mounted = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
  const inside = ['-Urm', 'sh', '-c', mounted, folder]
  const { status: refused } = await runProgram(unshare, [...inside, 'true'])
  if (refused !== 0) lacking({ skip }, 'this user may not mount anything, even in a namespace')
  const program = fileURLToPath(new URL('./queue-full-disk.ts', import.meta.url))
  const node = [process.execPath, '--conditions=@net/source', program, folder]
  const { stdout, stderr, status } = await runProgram(unshare, [...inside, ...node])
  expect([status, stderr]).toEqual([0, ''])
  const { added, ...report } = JSON.parse(stdout) as Readonly<Record<string, unknown>>
  expect(added).toBeGreaterThan(5)
  expect(report).toEqual({ code: 'NET_LOCAL_IO', waiting: added, starts: added, states: ['done'] })
})

test.for(['file', 'redis'] as const)(
  '50 MB of results take less than 40 MB at all times: %s',
  async (where, context) => {
    await using place = await placeOf(where, context)
    await using queue = openQueue<number>('kept', { url: place.url })
    await queue.counts()
    const empty = await place.size()
    let most = 0
    const result = 'r'.repeat(25_000)
    queue.process(() => result, { concurrency: 100 })
    for (let part = 0; part < 10; part++) {
      const ids = Array.from({ length: 200 }, (_, n) => `${part} ${n}`)
      await Promise.all(ids.map((id) => queue.add(part, { id })))
      await expect.poll(async () => left(await queue.counts())).toBe(0)
      most = Math.max(most, (await place.size()) - empty)
    }
    // The bound of bytes holds before that of 1,000 jobs.
    expect((await queue.counts()).done).toBe(Math.floor((16 * MIB) / (result.length + 3)))
    expect(most).toBeLessThan(40_000_000)
  },
)

type Place = AsyncDisposable & { readonly url: string; size(): Promise<number> }

async function placeOf(
  where: 'file' | 'redis',
  context: Pick<TestContext, 'skip'>,
): Promise<Place> {
  if (where === 'redis') {
    const server = await RedisServer.alone(context, '--appendonly', 'no')
    return {
      url: server.url,
      size: async () => Number(/used_memory:(\d+)/u.exec(await server.ask('INFO', 'memory'))?.[1]),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  const path = join(testFolder(), 'jobs.db')
  return {
    url: `file:${path}`,
    size: async () => sizeOf(path) + sizeOf(`${path}-wal`),
    async [Symbol.asyncDispose]() {},
  }
}

function left({ waiting, delayed, active }: JobCounts): number {
  return waiting + delayed + active
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}

const MIB = 1_048_576
