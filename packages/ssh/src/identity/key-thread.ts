/*
 * Decrypting a key takes as long as its file says, up to many seconds: it is done off the thread that serves the
 * connections, and ended when no call waits for it.
 */

import { createHash, createPrivateKey } from 'node:crypto'
import { Worker } from 'node:worker_threads'

import { keyScript, keyWork, type KeyJob } from './key-work.ts'

/** Does the job in a thread of its own. Rejects with the signal's reason, and with what OpenSSL says. */
export async function inKeyThread(job: KeyJob, signal?: AbortSignal): Promise<Uint8Array | string> {
  signal?.throwIfAborted()
  const answer = await answerOf(job, signal)
  if (answer.value !== undefined) return answer.value
  if (answer.message === undefined) return keyWork(job, { createHash, createPrivateKey })
  throw Object.assign(new Error(answer.message), { code: answer.code })
}

function answerOf(job: KeyJob, signal: AbortSignal | undefined): Promise<ThreadAnswer> {
  const thread = startThread(job)
  // Where no thread can be had, or a bundler took the functions apart, it is done here.
  if (thread === undefined) return Promise.resolve({})
  return new Promise((resolve, reject) => {
    const settled = (answer: ThreadAnswer): void => {
      signal?.removeEventListener('abort', aborted)
      void thread.terminate()
      resolve(answer)
    }
    const aborted = (): void => {
      void thread.terminate()
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', aborted, { once: true })
    thread.on('message', settled)
    thread.on('error', () => settled({}))
    thread.on('exit', () => settled({}))
  })
}

function startThread(job: KeyJob): Worker | undefined {
  try {
    return new Worker(keyScript(), { eval: true, workerData: job, execArgv: [], env: {} })
  } catch {
    return undefined
  }
}

interface ThreadAnswer {
  readonly value?: Uint8Array | string
  readonly message?: string
  readonly code?: unknown
}
