/*
 * Several different jobs at once, their results in the order of the jobs.
 */

import { discard } from '../tasks/discard.ts'
import { blockDoor } from '../doors.ts'
import type { BlockOptions, Job } from '../tasks/job.ts'
import { checkJobs, nameOf, settled } from './job-list.ts'
import { taskGroup } from './task-group.ts'
import type { Task } from '../tasks/task.ts'

/** The results of jobs, in their order. */
export type Results<J extends readonly Job<unknown>[]> = {
  -readonly [K in keyof J]: J[K] extends Job<infer T> ? T : never
}

/** How jobs ended, in their order. */
export type SettledResults<J extends readonly Job<unknown>[]> = {
  -readonly [K in keyof J]: J[K] extends Job<infer T> ? PromiseSettledResult<T> : never
}

/**
 * Runs the jobs at once and resolves to their results. The first failure aborts the rest; the errors are those of
 * `taskGroup`. Results that come to nothing because another job failed are disposed, if they can be.
 */
export async function gather<const J extends readonly Job<unknown>[]>(
  jobs: J,
  options?: BlockOptions,
): Promise<Results<J>> {
  checkJobs(jobs)
  const taken = gatherDoor(options)
  const tasks: Task<unknown>[] = []
  try {
    return await taskGroup(async (group) => {
      for (const [index, job] of jobs.entries()) tasks.push(group.spawn(nameOf(job, index), job))
      return (await Promise.all(tasks.map((task) => task.result))) as Results<J>
    }, taken)
  } catch (error) {
    for (const task of tasks) if (task.state === 'done') await discard(await task.result)
    throw error
  }
}

/**
 * Runs the jobs at once to their end, and resolves to the result or error of each; no failure touches another job.
 * Rejects only when `signal` or `timeout` end it, or with `NET_TASK_LEAKED`; the results that were there, and those that
 * come later, are disposed then, if they can be.
 */
export async function gatherSettled<const J extends readonly Job<unknown>[]>(
  jobs: J,
  options?: BlockOptions,
): Promise<SettledResults<J>> {
  checkJobs(jobs)
  const taken = settledDoor(options)
  const ended: PromiseSettledResult<unknown>[] = []
  let isOver = false
  try {
    return await taskGroup(async (group) => {
      const tasks = jobs.map((job, index) =>
        group.spawn(nameOf(job, index), async (context) => {
          const result = await settled(job, context, group)
          if (isOver) await drop(result)
          else ended.push(result)
          return result
        }),
      )
      return (await Promise.all(tasks.map((task) => task.result))) as SettledResults<J>
    }, taken)
  } catch (error) {
    isOver = true
    for (const result of ended) await drop(result)
    throw error
  }
}

async function drop(result: PromiseSettledResult<unknown>): Promise<void> {
  if (result.status === 'fulfilled') await discard(result.value)
}

const gatherDoor = blockDoor('gather')
const settledDoor = blockDoor('gatherSettled')
