/*
 * What more workers and more jobs do to a queue: trivial jobs done by 1, 10 and 100 workers on one machine, and how much a million
 * that wait take. `node bench/queue-scale.ts`, built; it takes some minutes.
 */

import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempDisposableSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { openQueue } from '@net/queue'

import { startRedis } from './redis.ts'

const JOBS = 20_000
const MILLION = 1_000_000
const AT_ONCE = 1_000
/** More workers than that share processes. */
const PROCESSES = 10

using folder = mkdtempDisposableSync(join(tmpdir(), 'net-bench-queue-scale-'))
await using redis = await startRedis(folder.path)
if (redis === undefined) console.log('redis-server is not installed')
else {
  const port = String(redis.port)
  const bytesOfRedis = (): number => {
    const told = execFileSync('redis-cli', ['-p', port, 'INFO', 'memory'], { encoding: 'utf8' })
    return Number(/^used_memory:(\d+)/m.exec(told)?.[1])
  }
  await bench(`redis://127.0.0.1:${port}`, bytesOfRedis)
  await bench(`file:${join(folder.path, 'jobs.db')}`, () => {
    const files = readdirSync(folder.path).filter((name) => name.startsWith('jobs.db'))
    return files.reduce((sum, name) => sum + statSync(join(folder.path, name)).size, 0)
  })
}

async function bench(url: string, bytes: () => number): Promise<void> {
  console.log(`\n${url.slice(0, url.indexOf(':'))}`)
  for (const workers of [1, 10, 100]) {
    for (const concurrency of [1, 20]) {
      const rate = await rateWith(url, workers, concurrency)
      const what = `  ${workers} workers, ${concurrency} jobs at a time each`
      console.log(what.padEnd(44), `${Math.round(rate).toLocaleString('en')} jobs a second`)
    }
  }
  const before = bytes()
  const took = await fill(url, MILLION)
  console.log('  a million jobs of 100 B'.padEnd(44), `added in ${took.toFixed(0)} s`)
  console.log(''.padEnd(44), `${Math.round((bytes() - before) / 1e6)} MB`)
  const rate = await rateWith(url, 10, 20, MILLION - JOBS)
  const what = '  10 workers, 20 jobs at a time, of the million'
  console.log(what.padEnd(44), `${Math.round(rate).toLocaleString('en')} jobs a second`)
}

async function fill(url: string, jobs: number): Promise<number> {
  await using queue = openQueue<string>('scale', { url })
  const began = performance.now()
  for (let added = 0; added < jobs; added += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => queue.add('x'.repeat(100))))
  }
  return (performance.now() - began) / 1000
}

/** How many are done a second until `left` are left; adds jobs first unless some are to be left. */
async function rateWith(
  url: string,
  workers: number,
  concurrency: number,
  left = 0,
): Promise<number> {
  if (left === 0) await fill(url, JOBS)
  await using queue = openQueue<string>('scale', { url })
  // Nothing is done before all have started.
  await queue.pause()
  const program = fileURLToPath(new URL('queue-scale-worker.ts', import.meta.url))
  const each = Math.ceil(workers / PROCESSES)
  const children = Array.from({ length: workers / each }, () =>
    fork(program, [url, String(each), String(concurrency)]),
  )
  await Promise.all(children.map((child) => once(child, 'message')))
  const began = performance.now()
  await queue.resume()
  for (let open = JOBS + left; open > left; await sleep(10)) {
    const { waiting, active, delayed } = await queue.counts()
    open = waiting + active + delayed
  }
  const seconds = (performance.now() - began) / 1000
  for (const child of children) child.disconnect()
  return JOBS / seconds
}
