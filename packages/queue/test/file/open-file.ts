/* A file of jobs for a test, without its thread. */

import { DatabaseSync } from 'node:sqlite'

import { FileJobs } from '../../src/file/file-jobs.ts'
import type { Moment } from '../../src/file/file-row.ts'
import { prepareFile } from '../../src/file/file-schema.ts'
import { queuePlan } from '../../src/queue-options.ts'
import type { QueueEvent } from '../../src/queue-event.ts'
import { deadlineError, diedTemplate, unknownError } from '../../src/stored-error.ts'
import type { ClaimRequest, NewJob } from '../../src/store.ts'

/** The jobs of one queue in a database in memory, and what they tell. */
export function openFile(boot = 'boot'): { db: DatabaseSync; jobs: FileJobs; told: QueueEvent[] } {
  const db = new DatabaseSync(':memory:')
  prepareFile(db, 'NORMAL', boot)
  const told: QueueEvent[] = []
  const { keep } = queuePlan(undefined)
  const rules = { keep, deadlineError, diedError: diedTemplate, unknownError }
  return { db, jobs: new FileJobs(db, 'q', rules, (_, event) => told.push(event)), told }
}

/** Runs one call as the thread would. */
export function at<T>(jobs: FileJobs, moment: number | Moment, call: (jobs: FileJobs) => T): T {
  jobs.begin(typeof moment === 'number' ? { now: moment, date: moment } : moment, 0)
  jobs.listened()
  const result = call(jobs)
  jobs.end()
  return result
}

export const request: ClaimRequest = { holder: 'w', max: 10, idle: true, single: true, lease: 1000 }

export function job(id: string, more: Partial<NewJob> = {}): NewJob {
  return { id, payload: '1', priority: 0, attempts: 3, delay: 0, ...more }
}
