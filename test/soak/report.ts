// What a soak prints at its end, and whether it passed.
import type { Complaints } from './ledger.ts'
import type { Books } from './round.ts'

/** The heap after each round, from which its growth is told. */
export class HeapWatch {
  readonly #warmUp: number
  readonly #used: number[] = []

  /** Counts from the first round that ends so many seconds after the beginning. */
  constructor(warmUp: number) {
    this.#warmUp = warmUp
  }

  note(elapsed: number, used: number): void {
    if (elapsed >= this.#warmUp) this.#used.push(used)
    console.log(`  ${Math.round(elapsed)} s: heap ${mebibytes(used)}`)
  }

  get before(): number {
    return this.#used[0] ?? 0
  }

  get after(): number {
    return this.#used.at(-1) ?? 0
  }
}

/** Prints the counts; returns whether nothing happened that must not. */
export function report({ ledger, damage }: Books, heap: HeapWatch): boolean {
  for (const [protocol, { made, right }] of ledger.calls) {
    console.log(`${protocol.padEnd(6)} ${made} calls, ${right} right, ${made - right} errors`)
  }
  const { connections, faulty, struck } = damage
  const share = Math.round((faulty / connections) * 100)
  console.log(
    `faults: ${faulty} of ${connections} connections (${share} %); struck: ${list(struck)}`,
  )
  console.log(`errors: ${list(ledger.errors)}`)
  const settled = ledger.settled.toSorted((a, b) => a - b)
  console.log(
    `aborts: ${settled.length}; settled after ${at(settled, 0.5)} ms (median), ${at(settled, 0.99)} ms (p99)`,
  )
  const growth = heap.after - heap.before
  console.log(`heap: ${mebibytes(heap.before)} → ${mebibytes(heap.after)}`)
  const verdicts = [
    verdict('wrong results', ledger.wrong),
    verdict('unhandled', ledger.unhandled),
    verdict('leaks', ledger.leaks),
    growth < MOST_GROWTH,
  ]
  if (growth >= MOST_GROWTH) console.log(`the heap grew by ${mebibytes(growth)}`)
  return verdicts.every(Boolean)
}

function verdict(name: string, { count, first }: Complaints): boolean {
  console.log(`${name}: ${count}`)
  for (const each of first) console.log(`  ${each}`)
  return count === 0
}

function list(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a)
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ')
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1)
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`
}

const MOST_GROWTH = 5_000_000
