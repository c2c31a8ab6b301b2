/*
 * Several jobs for one result: the first to end decides, well or badly. The others are cancelled and waited for.
 */

import { discard } from '../tasks/discard.ts'
import { blockDoor } from '../doors.ts'
import type { Results } from './gather.ts'
import type { BlockOptions, Job } from '../tasks/job.ts'
import { nameOf, someJobs } from './job-list.ts'
import { RunningGroup } from './running-group.ts'

/**
 * Runs the jobs at once; resolves or rejects as the first of them to end, when the others have ended, too. Results
 * that come too late are disposed; a job that fails otherwise than by its cancellation makes it reject.
 */
export async function race<const J extends readonly Job<unknown>[]>(
  jobs: J,
  options?: BlockOptions,
): Promise<Results<J>[number]> {
  someJobs(jobs)
  const first = new First<unknown>(new RunningGroup(raceDoor(options)))
  const winner = await first.of(() => {
    for (const [index, job] of jobs.entries()) first.spawn(nameOf(job, index), job)
  })
  return winner as Results<J>[number]
}

/** A group that ends with the first value that one of its tasks brings. */
export class First<T> {
  readonly group: RunningGroup
  #winner: { readonly value: T } | undefined
  /** Whether it has failed, so that further values are not given on. */
  #isOver = false

  constructor(group: RunningGroup) {
    this.group = group
  }

  /** Whether a value is there. */
  get won(): boolean {
    return this.#winner !== undefined
  }

  /** Runs the block and what it spawns until a value is there; rejects with what the group fails with. */
  async of(block: () => void | Promise<void>): Promise<T> {
    try {
      await this.group.run(async () => block())
    } catch (error) {
      this.#isOver = true
      if (this.#winner !== undefined) await discard(this.#winner.value)
      throw error
    }
    return (this.#winner as { readonly value: T }).value
  }

  /** Runs a job whose value, if it is the first, ends the group. */
  spawn(name: string, job: Job<T>): void {
    this.group.spawn(name, async (context) => this.take(await job(context)))
  }

  /** Offers a value: the first one ends the group, any other is disposed. */
  async take(value: T): Promise<void> {
    if (this.#winner !== undefined || this.#isOver) {
      await discard(value)
      return
    }
    this.#winner = { value }
    this.group.cancel()
  }
}

const raceDoor = blockDoor('race')
