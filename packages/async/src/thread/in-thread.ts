/*
 * Work that would block the event loop, in a thread of its own. It runs an export of a module: the source of a
 * function could be sent, too, but not what it uses around it.
 */

import { availableParallelism } from 'node:os'
import { Worker, type Transferable } from 'node:worker_threads'

import { clock, GRACE, netError, option } from '@net/core/authoring'

import { cancellationOf, CancelScope } from '../tasks/cancel-scope.ts'
import { doorOf, waitTable } from '../doors.ts'
import type { WaitOptions } from '../tasks/job.ts'
import { Semaphore } from '../locks/semaphore.ts'
import { bootstrap, type ThreadJob, type ThreadMessage } from './bootstrap.ts'
import { revived } from './thrown.ts'

/** Who says how many threads run at a time, such as a Semaphore. */
export interface ThreadLimiter {
  acquire(options?: WaitOptions): Promise<Disposable>
}

/** Options of `inThread`. */
export interface InThreadOptions extends WaitOptions {
  /** The parts of the data that are moved to the thread and not copied. */
  readonly transfer?: readonly Transferable[] | undefined
  /** How many threads run at a time; default as many as the machine runs in parallel, for all calls without one. */
  readonly limiter?: ThreadLimiter | undefined
  /** How many milliseconds a cancelled call waits for its thread to end, before it leaves it behind; default 2,000. */
  readonly grace?: number | undefined
}

/**
 * Calls the function that the module exports under that name, in a thread of its own, and resolves to what it returns or
 * its promise gives: `await inThread(new URL('./digest.ts', import.meta.url), 'digest', bytes)`. Data and result are
 * copied as by `structuredClone`. An error keeps its message, name, code, cause and plain fields, and its class if that is
 * one of JavaScript's or of these packages'.
 *
 * A thread takes some tens of milliseconds to begin, and ends with the call, also if it has begun other work. `signal` and
 * `timeout` end it wherever it is, but for a system call that blocks: such a thread is left behind after `grace`, holds its
 * place in the limiter, and ends after that call. Rejects with `NET_BAD_OPTION` for data that cannot be copied and a function
 * that is not there, and `NET_CLOSED` if the thread ends without a result.
 */
export async function inThread<R>(
  module: URL,
  name: string,
  data?: unknown,
  options?: InThreadOptions,
): Promise<R> {
  if (!(module instanceof URL)) {
    throw netError('NET_BAD_OPTION', {
      message: "module must be a URL: new URL('./work.ts', import.meta.url)",
    })
  }
  const { grace = GRACE, limiter = everyThread, transfer, signal, timeout } = threadDoor(options)
  await using scope = new CancelScope({ signal, timeout })
  if (scope.cancelled) throw cancellationOf(scope)
  const job: ThreadJob = { module: module.href, name, data }
  const place = await placeOf(limiter, scope)
  const thread = begun(job, transfer, place)
  try {
    return (await answerOf(thread, job, scope)) as R
  } finally {
    await ended(thread, grace)
  }
}

async function placeOf(limiter: ThreadLimiter, scope: CancelScope): Promise<Disposable> {
  try {
    return await limiter.acquire({ signal: scope.signal })
  } catch (error) {
    throw scope.cancelled ? cancellationOf(scope) : error
  }
}

function begun(
  job: ThreadJob,
  transfer: readonly Transferable[] | undefined,
  place: Disposable,
): Worker {
  try {
    const worker = new Worker(bootstrap, {
      eval: true,
      name: job.name,
      workerData: job,
      ...(transfer === undefined ? {} : { transferList: [...transfer] }),
    })
    worker.once('exit', () => place[Symbol.dispose]())
    return worker
  } catch (error) {
    place[Symbol.dispose]()
    throw netError('NET_BAD_OPTION', { message: 'the data cannot be copied', cause: error })
  }
}

function answerOf(thread: Worker, job: ThreadJob, scope: CancelScope): Promise<unknown> {
  return new Promise((resolve, reject) => {
    scope.onCancel(() => reject(cancellationOf(scope)))
    thread.on('message', (message: ThreadMessage | undefined) => {
      const answer = message?.netAnswer
      if (answer === undefined) return
      if (answer.kind === 'returned') resolve(answer.value)
      else reject(answer.kind === 'threw' ? revived(answer.thrown) : missing(job))
    })
    thread.once('messageerror', reject)
    thread.on('error', reject)
    thread.once('exit', (code) => {
      const message = `the thread ended with status ${code} before it gave a result`
      reject(netError('NET_CLOSED', { message }))
    })
  })
}

async function ended(thread: Worker, grace: number): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = clock().after(grace, () => over.resolve())
  thread.terminate().then(() => over.resolve(), over.reject)
  await over.promise
  timer.clear()
  // One that a system call holds must not hold the process.
  thread.unref()
}

function missing({ module, name }: ThreadJob): Error {
  return netError('NET_BAD_OPTION', { message: `${module} exports no function "${name}"` })
}

const everyThread = new Semaphore(availableParallelism())
const threadDoor = doorOf<InThreadOptions>('inThread', {
  ...waitTable,
  transfer: option.list(option.anything),
  limiter: option.methods('a limiter, such as new Semaphore(2)', 'acquire'),
  grace: option.milliseconds,
})
