/*
 * Several ways to the same result, tried one after the other or hedged: the next begins when the last one failed or
 * takes too long. The first success wins.
 */

import { clock, groupError, guarded, option, type Taken, type Timer } from '@net/core/authoring'

import { asError, isCancellation } from '../tasks/cancellation.ts'
import { blockTable, doorOf } from '../doors.ts'
import type { Results } from './gather.ts'
import type { BlockOptions, Job, JobContext } from '../tasks/job.ts'
import { nameOf, someJobs } from './job-list.ts'
import { First } from './race.ts'
import { RunningGroup } from './running-group.ts'

/** Options of `firstSuccess`. */
export interface FirstSuccessOptions extends BlockOptions {
  /**
   * How many milliseconds each job has for itself before the next one begins; a failure lets the next begin at once.
   * Default 0: all begin at once; `Infinity`: each only after the failure of the one before.
   */
  readonly stagger?: number | undefined
  /** Called with every failure but the last, and the job's place in the list. */
  readonly onFailure?: ((error: unknown, index: number) => void) | undefined
}

/**
 * Resolves to the result of the first job to succeed, when the jobs that lost have been cancelled and have ended;
 * their results are disposed. Rejects with a GroupError (`NET_GROUP`) of all failures, in the order of the jobs, if
 * none succeeds; with AbortError or NetTimeoutError if `signal` or `timeout` end it first.
 */
export async function firstSuccess<const J extends readonly Job<unknown>[]>(
  jobs: J,
  options?: FirstSuccessOptions,
): Promise<Results<J>[number]> {
  const hedge = new Hedge<unknown>(someJobs(jobs), hedgeDoor(options))
  return hedge.run() as Promise<Results<J>[number]>
}

class Hedge<T> {
  readonly #jobs: readonly Job<T>[]
  readonly #stagger: number
  readonly #onFailure: FirstSuccessOptions['onFailure']
  readonly #first: First<T>
  readonly #errors: Error[] = []
  #begun = 0
  #failed = 0
  #timer: Timer | undefined

  constructor(jobs: readonly Job<T>[], options: Taken<FirstSuccessOptions>) {
    const { stagger = 0, onFailure } = options
    this.#jobs = jobs
    this.#stagger = stagger
    this.#onFailure = onFailure && guarded('onFailure', onFailure)
    this.#first = new First<T>(new RunningGroup(options))
  }

  run(): Promise<T> {
    const { group } = this.#first
    group.scope.onCancel(() => this.#timer?.clear())
    return this.#first.of(() => {
      if (this.#stagger > 0) this.#next()
      else while (this.#begun < this.#jobs.length && !group.ending) this.#begin()
    })
  }

  /** Begins the next job, and sets the time of the one after it. */
  #next(): void {
    this.#timer?.clear()
    if (this.#begun === this.#jobs.length || this.#first.group.ending) return
    if (this.#begun + 1 < this.#jobs.length) {
      this.#timer = clock().after(this.#stagger, () => this.#next())
    }
    this.#begin()
  }

  #begin(): void {
    const index = this.#begun++
    const job = this.#jobs[index] as Job<T>
    this.#first.group.spawn(nameOf(job, index), async (context) => this.#try(job, index, context))
  }

  async #try(job: Job<T>, index: number, context: JobContext): Promise<void> {
    let value: T
    try {
      value = await job(context)
    } catch (error) {
      this.#lost(error, index)
      return
    }
    await this.#first.take(value)
  }

  #lost(error: unknown, index: number): void {
    const { group, won } = this.#first
    if (group.ending && (!won || isCancellation(error, group.scope.reason))) throw error
    this.#onFailure?.(error, index)
    if (won) return
    this.#errors[index] = asError(error)
    if (++this.#failed === this.#jobs.length) throw groupError(this.#errors)
    this.#next()
  }
}

const hedgeDoor = doorOf<FirstSuccessOptions>('firstSuccess', {
  ...blockTable,
  stagger: option.milliseconds,
  onFailure: option.callback(),
})
