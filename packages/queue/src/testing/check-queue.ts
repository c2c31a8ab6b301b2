/*
 * What every place for jobs must do: a plain function on node:assert that needs no test runner.
 */

import assert from 'node:assert/strict'

import { isError } from '@net/core/authoring'

import type { JobQueue } from '../job-queue.ts'
import type { QueueOptions } from '../queue-options.ts'
import { addingCases } from './adding-cases.ts'
import { endingCases } from './ending-cases.ts'
import { keepingCases } from './keeping-cases.ts'
import { limitCases } from './limit-cases.ts'
import { lossCases } from './loss-cases.ts'
import type { QueueCases, QueueUnderTest } from './queue-case.ts'

/** Which cases are run, and how many at a time. */
export interface CheckQueueOptions {
  /** One case alone, by its name. */
  readonly only?: string | undefined
  /** How many run at a time, for places whose time is real. Default 1. */
  readonly together?: number | undefined
}

/** Runs every case, each on a fresh place; rejects with the first AssertionError, whose message names the case. Resolves to how many there are. */
export async function checkQueue(
  make: () => Promise<QueueUnderTest>,
  options: CheckQueueOptions = {},
): Promise<number> {
  const { only, together = 1 } = options
  const chosen = Object.entries(cases).filter(([name]) => only === undefined || name === only)
  assert.ok(chosen.length > 0, `there is no case "${only}"`)
  const left = chosen.values()
  const lane = async (): Promise<void> => {
    for (const [name, check] of left) await checkOne(name, check, make)
  }
  await Promise.all(Array.from({ length: together }, lane))
  return chosen.length
}

async function checkOne(
  name: string,
  check: QueueCases[string],
  make: () => Promise<QueueUnderTest>,
): Promise<void> {
  await using made = await make()
  const opened: JobQueue<never>[] = []
  const open = <P>(options?: QueueOptions<P>): JobQueue<P> => {
    const queue = made.open(options)
    opened.push(queue as JobQueue<never>)
    return queue
  }
  try {
    await check({ open, step: made.step ?? 1000 })
  } catch (error) {
    const message = `${name}: ${isError(error) ? error.message : String(error)}`
    throw new assert.AssertionError({ message, actual: error })
  } finally {
    await Promise.all(opened.map((queue) => queue.close({ grace: 0 })))
  }
}

const cases: QueueCases = {
  ...addingCases,
  ...endingCases,
  ...lossCases,
  ...limitCases,
  ...keepingCases,
}
