/*
 * The jobs of a queue as the dashboard shows them, made of the queue's events: to ask the queue each second would be calls of
 * its own in the list of operations.
 */

import type { LabJob, LabJobs } from '@net/dashboard'
import type { JobQueue, QueueEvent } from '@net/queue'

/** What is needed of a queue, whatever its payloads are. */
type Jobs = Pick<JobQueue<unknown>, 'events' | 'get' | 'retry' | 'remove'>

/** The jobs of that queue from now on, and what an operator does to them. */
export function labJobs(queue: Jobs): LabJobs {
  const jobs = new Map<string, LabJob>()
  void follow(queue, jobs)
  return {
    async counts() {
      const counts: Record<string, number> = Object.fromEntries(SHOWN.map((state) => [state, 0]))
      for (const { state } of jobs.values()) counts[state] = (counts[state] ?? 0) + 1
      return counts
    },
    list: async () => [...jobs.values()].toReversed(),
    async read(id) {
      const job = await queue.get(id)
      return job === undefined ? undefined : JSON.stringify(job, undefined, 2)
    },
    actions: {
      'put back': async (id) =>
        (await queue.retry(id)) ? `${id} is put back` : `${id} has not failed`,
      remove: async (id) => ((await queue.remove(id)) ? `${id} is removed` : `${id} is gone`),
    },
  }
}

/** Ends with the queue. */
async function follow(queue: Jobs, jobs: Map<string, LabJob>): Promise<void> {
  for await (const event of queue.events()) take(event, jobs)
}

function take({ type, id, attempt, reason }: QueueEvent, jobs: Map<string, LabJob>): void {
  if (id === undefined) return
  const state = STATES[type]
  if (type === 'removed') jobs.delete(id)
  if (state === undefined) return
  const before = jobs.get(id)
  const isOver = state === 'done' || state === 'active'
  const error = isOver ? undefined : (reason ?? before?.error)
  jobs.set(id, { id, state, attempt: attempt ?? before?.attempt ?? 0, error })
}

/** Where a job stands after an event. */
const STATES: Readonly<Partial<Record<QueueEvent['type'], string>>> = {
  added: 'waiting',
  started: 'active',
  retrying: 'delayed',
  returned: 'waiting',
  stalled: 'waiting',
  done: 'done',
  failed: 'failed',
  unknown: 'unknown',
}
const SHOWN = ['waiting', 'delayed', 'active', 'done', 'failed', 'unknown']
