// What happened in a soak, counted: calls, their errors, and everything that must not happen. Knows no protocol.
import { AssertionError } from 'node:assert'

import { isAbort, isNetError, type CallOptions, type NetError } from '@net/core'

import type { Random } from './random.ts'

/** The counts of a whole soak. */
export class Ledger {
  /** Calls by protocol: how many, and how many of them were right. */
  readonly calls = new Map<string, { made: number; right: number }>()
  /** Errors by code. */
  readonly errors = new Map<string, number>()
  /** What must not happen, each told in a sentence. */
  readonly wrong = new Complaints()
  readonly unhandled = new Complaints()
  readonly leaks = new Complaints()
  /** Milliseconds from an abort until the call had settled. */
  readonly settled: number[] = []

  /**
   * Makes one call and counts it. A NetError is an answer, and given back; a wrong result, a foreign error or one
   * that no table knows is noted.
   */
  async attempt(
    what: string,
    random: Random,
    call: (options: CallOptions) => Promise<void>,
  ): Promise<NetError | undefined> {
    const [protocol = what] = what.split(' ')
    const count = this.calls.get(protocol) ?? { made: 0, right: 0 }
    this.calls.set(protocol, count)
    count.made++
    const abort = random.chance(ABORTED) ? new Abort(random.below(LATEST_ABORT)) : undefined
    try {
      const signal = abort === undefined ? {} : { signal: abort.signal }
      await within(PATIENCE, call({ timeout: TIMEOUT, ...signal }))
      count.right++
      return undefined
    } catch (error) {
      if (isAbort(error) && abort !== undefined) this.settled.push(abort.since)
      return this.#note(what, error)
    } finally {
      abort?.clear()
    }
  }

  #note(what: string, error: unknown): NetError | undefined {
    if (error instanceof AssertionError) {
      this.wrong.push(`${what}: ${error.message}`)
      return undefined
    }
    if (!isNetError(error) || error.code === 'NET_INTERNAL') {
      this.wrong.push(`${what}: no table knows ${described(error)}`)
      return undefined
    }
    this.errors.set(error.code, (this.errors.get(error.code) ?? 0) + 1)
    return error
  }
}

/** Sentences about what must not happen: all are counted, the first ones kept. */
export class Complaints {
  readonly first: string[] = []
  count = 0

  push(complaint: string): void {
    this.count++
    if (this.first.length < MOST_KEPT) this.first.push(complaint)
  }
}

/** Rejects for a call that does not settle long after all its limits have passed. */
async function within(limit: number, call: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new AssertionError({ message: 'never settled' })), limit)
  await Promise.race([call, promise]).finally(() => clearTimeout(timer))
}

/** An error with its stack and causes. */
export function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${described(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/** A signal that is aborted after so many milliseconds, and when that was. */
class Abort {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout
  #at = Number.NaN

  constructor(delay: number) {
    this.#timer = setTimeout(() => {
      this.#at = performance.now()
      this.#controller.abort()
    }, delay)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get since(): number {
    return performance.now() - this.#at
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

const MOST_KEPT = 20
const ABORTED = 0.05
const LATEST_ABORT = 50
const PATIENCE = 15_000
// Short, so that stalls do not eat the time of the soak.
const TIMEOUT = {
  greeting: 600,
  auth: 600,
  tls: 600,
  reply: 600,
  idle: 600,
  write: 600,
  total: 1500,
}
