// Jobs for workers that are killed while they work: what was done, and how often. Knows nothing of where the jobs are.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openQueue } from '@net/queue'

/** How it is done. */
export interface KillPlan {
  readonly url: string
  /** Where workers note what they have done. */
  readonly notes: string
  readonly jobs: number
  readonly workers: number
  readonly concurrency: number
  /** A worker dies so often, in milliseconds, and no more than so many times. */
  readonly killEvery: number
  readonly kills: number
  /** Of the workers, in milliseconds. Default 2,000. */
  readonly lease?: number
  /** Called after each kill, with how many there were. */
  readonly killed?: (kills: number) => Promise<void>
}

/** What came of it. */
export interface KillReport {
  readonly kills: number
  /** Jobs that were done, each counted once. */
  readonly done: number
  /** How often a job was done again. */
  readonly repeats: number
  readonly left: number
  readonly failed: number
  readonly seconds: number
}

/** Adds the jobs, has them done by workers that die, and resolves when none is left. */
export async function withKills(plan: KillPlan): Promise<KillReport> {
  await using queue = openQueue<number>('kills', { url: plan.url })
  const began = performance.now()
  await Promise.all(
    Array.from({ length: plan.jobs }, (_, n) => queue.add(n, { id: `job-${n}`, attempts: 1000 })),
  )
  const workers = Array.from({ length: plan.workers }, () => startWorker(plan))
  let kills = 0
  let left = plan.jobs
  let failed = 0
  let next = performance.now() + plan.killEvery
  while (left > 0) {
    await sleep(Math.min(plan.killEvery, 50))
    if (kills < plan.kills && performance.now() >= next) {
      await replace(workers, kills % workers.length, plan)
      kills++
      await plan.killed?.(kills)
      next = performance.now() + plan.killEvery
    }
    // The server may be away.
    const counts = await queue.counts().catch(() => undefined)
    if (counts === undefined) continue
    left = counts.waiting + counts.delayed + counts.active
    failed = counts.failed + counts.unknown
  }
  const seconds = (performance.now() - began) / 1000
  for (const worker of workers) await end(worker)
  const lines = existsSync(plan.notes) ? readFileSync(plan.notes, 'utf8').trim().split('\n') : []
  const done = new Set(lines).size
  return { kills, done, repeats: lines.length - done, left, failed, seconds }
}

async function replace(workers: ChildProcess[], at: number, plan: KillPlan): Promise<void> {
  const [dying] = workers.splice(at, 1)
  if (dying !== undefined) await end(dying)
  workers.push(startWorker(plan))
}

function startWorker({ url, notes, concurrency, lease = 2000 }: KillPlan): ChildProcess {
  const program = join(import.meta.dirname, 'queue-worker.ts')
  const args = ['--conditions=@net/source', program, url, notes, String(concurrency), String(lease)]
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const exit = once(worker, 'exit')
  worker.kill('SIGKILL')
  await exit
}
