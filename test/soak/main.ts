// `pnpm test:soak [seconds]`: all protocols at once over roads of which 30 % break, in rounds, until the time is up.
// Prints what happened and fails if anything did that must not. NET_SOAK_SEED repeats the lots of another run.
import { setImmediate as turn } from 'node:timers/promises'

import { described, Ledger } from './ledger.ts'
import { Random } from './random.ts'
import { HeapWatch, report } from './report.ts'
import { runRound } from './round.ts'
import { Damage } from './rough-road.ts'

const ROUND = 10
const WARM_UP = 60

const seconds = Number(process.argv[2] ?? process.env['NET_SOAK_SECONDS'] ?? 60)
const seed = Number(process.env['NET_SOAK_SEED'] ?? process.pid)
// A soak that does not come to its end has failed.
process.exitCode = 1
await soak()

async function soak(): Promise<void> {
  if (!(seconds > 0)) throw new Error(`this is no number of seconds: ${seconds}`)
  console.log(`soak of ${seconds} s, seed ${seed}; NET_SOAK_SEED=${seed} repeats its lots`)
  const books = { ledger: new Ledger(), damage: new Damage() }
  const late = (error: unknown): void => books.ledger.unhandled.push(described(error))
  process.on('unhandledRejection', late)
  process.on('uncaughtException', late)
  const random = new Random(seed)
  const heap = new HeapWatch(Math.min(WARM_UP, seconds / 2))
  const begun = performance.now()
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - begun) / 1000) {
    await runRound(Math.min(ROUND, seconds - elapsed) * 1000, random, books)
    heap.note((performance.now() - begun) / 1000, await usedHeap())
  }
  // What was left open is told; it must not keep the process.
  process.exit(report(books, heap) ? 0 : 1)
}

async function usedHeap(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  // What a collection finalizes is let go of only afterwards.
  for (let pass = 0; pass < 3; pass++) {
    await turn()
    globalThis.gc()
  }
  return process.memoryUsage().heapUsed
}
