// Files of jobs that many processes use, that nearly fill their disk, and what finished jobs take everywhere.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openQueue } from '@net/queue'
import { expect, test, type TestContext } from 'vitest'
import { requireDaemon } from './daemon.ts'
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
  const report = await withKills({ url, notes, jobs: 10_000, ...shared })
  over.abort()
  await reading
  expect(report).toMatchObject({ done: 10_000, repeats: 0, left: 0, failed: 0 })
  expect(read).toBeGreaterThan(0)
  expect(longest).toBeLessThan(20 * MIB)
})

test('a disk that is full fails the call, and no job that was kept is lost', async ({ skip }) => {
  const unshare = requireDaemon({ skip }, 'unshare')
  const program = fileURLToPath(new URL('./queue-full-disk.ts', import.meta.url))
  const mounted = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"'
  const node = [process.execPath, '--conditions=@net/source', program]
  const folder = testFolder()
  const args = ['-Urm', 'sh', '-c', mounted, folder, ...node, folder]
  const { stdout, stderr, status } = await runProgram(unshare, args)
  expect([status, stderr]).toEqual([0, ''])
  const { code, added, waiting, done } = JSON.parse(stdout) as Readonly<Record<string, unknown>>
  expect(code).toBe('NET_LOCAL_IO')
  expect(added).toBeGreaterThan(5)
  expect([waiting, done]).toEqual([added, true])
})

test.concurrent.for(['memory', 'file', 'redis'] as const)(
  '20,000 finished jobs with results of 10 kB take less than 40 MB: %s',
  async (where, context) => {
    await using place = await placeOf(where, context)
    await using queue = openQueue<number>('kept', { url: place.url })
    const empty = await place.size()
    let most = 0
    let ran = 0
    const over = Promise.withResolvers<void>()
    const result = 'r'.repeat(10_000)
    queue.process(
      () => {
        if (++ran === 20_000) over.resolve()
        return result
      },
      { concurrency: 100 },
    )
    for (let part = 0; part < 20; part++) {
      await Promise.all(Array.from({ length: 1000 }, (_, n) => queue.add(n)))
      const { bytes } = await queue.counts()
      most = Math.max(most, (await place.size()) - empty, bytes)
    }
    await over.promise
    await expect.poll(async () => (await queue.counts()).done, { timeout: 60_000 }).toBe(1000)
    const { bytes } = await queue.counts()
    most = Math.max(most, (await place.size()) - empty, bytes)
    expect(most).toBeLessThan(40_000_000)
  },
)

type Place = AsyncDisposable & { readonly url: string; size(): Promise<number> }

async function placeOf(
  where: 'memory' | 'file' | 'redis',
  context: Pick<TestContext, 'skip'>,
): Promise<Place> {
  if (where === 'redis') {
    const program = requireDaemon(context, 'redis-server')
    const server = await RedisServer.start(program, testFolder(), '--appendonly', 'no')
    return {
      url: server.url,
      size: async () => Number(/used_memory:(\d+)/u.exec(await server.ask('INFO', 'memory'))?.[1]),
      [Symbol.asyncDispose]: () => server.kill(),
    }
  }
  const path = join(testFolder(), 'jobs.db')
  return {
    url: where === 'file' ? `file:${path}` : 'memory:',
    size: async () => sizeOf(path) + sizeOf(`${path}-wal`),
    async [Symbol.asyncDispose]() {},
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}

const MIB = 1_048_576
