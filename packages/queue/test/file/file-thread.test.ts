import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { expect, test } from 'vitest'

import { runFileThread } from '../../src/file/file-thread.ts'
import { threadText } from '../../src/file/thread-text.ts'

test('the thread says when the file is open, serves, and ends by itself', async () => {
  const workerData = { path: ':memory:', synchronous: 'NORMAL', boot: 'b', busy: 0 }
  const worker = new Worker(threadText, { eval: true, workerData })
  expect(await once(worker, 'message')).toEqual([{ opened: true }])
  const requests = [{ n: 7, queue: 'q', verb: 'open', args: [{}] }]
  worker.postMessage({ requests, at: { now: 0, date: 0 }, watch: true }, [])
  expect(await once(worker, 'message')).toEqual([{ answers: [{ n: 7, value: undefined }] }])
  worker.postMessage({ close: true }, [])
  expect(await once(worker, 'exit')).toEqual([0])
})

test('outside of a thread it does nothing', () => {
  expect(runFileThread()).toBeUndefined()
})
