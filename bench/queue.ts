/*
 * Trivial jobs added and processed by one process: ours in memory, in a file and on Redis, beside BullMQ on the same Redis and
 * plainjob in a file of its own, with the same durability. Says so and ends where redis-server is not installed.
 */

import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openQueue } from '@net/queue'
import Database from 'better-sqlite3'
import { Queue, Worker } from 'bullmq'
import { better, defineQueue, defineWorker } from 'plainjob'

import { compare, type Contender } from './pairs.ts'
import { startRedis } from './redis.ts'

const JOBS = 5000
const CONCURRENCY = 50
let opened = 0
const silent = { error() {}, warn() {}, info() {}, debug() {} }

using folder = mkdtempDisposableSync(join(tmpdir(), 'net-bench-queue-'))
await using redis = await startRedis(folder.path)
if (redis === undefined) console.log('redis-server is not installed')
else await bench(redis.port)

async function bench(port: number): Promise<void> {
  const peers = [bullmq(port)]
  const title = (place: string): string => `${JOBS} jobs added and processed, ${place}`
  await compare(title('on Redis'), 'a second', ours(`redis://127.0.0.1:${port}`), peers)
  const inFiles = [...peers, plainjob(folder.path)]
  await compare(title('in a file'), 'a second', ours('file:', folder.path), inFiles)
  await compare(title('in memory'), 'a second', ours('memory:'), peers)
}

function ours(url: string, folder?: string): Contender {
  return {
    name: `net, ${url.split(':')[0]}`,
    async run() {
      const name = `ours-${++opened}`
      const place = folder === undefined ? url : `file:${join(folder, `${name}.db`)}`
      await using queue = openQueue(name, { url: place })
      await Promise.all(Array.from({ length: JOBS }, (_, id) => queue.add({ id })))
      const all = counted()
      await using _worker = queue.process(all.one, { concurrency: CONCURRENCY })
      await all.done
      return JOBS
    },
  }
}

function bullmq(port: number): Contender {
  return {
    name: 'BullMQ',
    async run() {
      const connection = { port, maxRetriesPerRequest: null }
      const name = `bull-${++opened}`
      const queue = new Queue(name, { connection, defaultJobOptions: { removeOnComplete: 1000 } })
      await Promise.all(Array.from({ length: JOBS }, (_, id) => queue.add('job', { id })))
      const all = counted()
      const worker = new Worker(name, async () => {}, { connection, concurrency: CONCURRENCY })
      worker.on('completed', all.one)
      await all.done
      await worker.close()
      await queue.close()
      return JOBS
    },
  }
}

function plainjob(folder: string): Contender {
  return {
    name: 'plainjob',
    async run() {
      const connection = better(new Database(join(folder, `plainjob-${++opened}.db`)))
      const queue = defineQueue({ connection, logger: silent })
      for (let id = 0; id < JOBS; id++) queue.add('job', { id })
      const all = counted()
      const how = { queue, pollIntervall: 1, logger: silent }
      const worker = defineWorker('job', async () => all.one(), how)
      void worker.start()
      await all.done
      await worker.stop()
      queue.close()
      return JOBS
    },
  }
}

function counted(): { one(): void; readonly done: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let count = 0
  return {
    one: () => {
      if (++count === JOBS) resolve()
    },
    done: promise,
  }
}
