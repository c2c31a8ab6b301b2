import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { useFakeClock } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { checkQueue } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { fileStore } from '../../src/file/file-stores.ts'
import { QueueOverStore } from '../../src/job-queue.ts'
import { queuePlan } from '../../src/queue-options.ts'
import { living } from './living-store.ts'

test('queues in a file do what every queue must', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const folder = await mkdtemp(join(tmpdir(), 'queue-'))
  const url = `file:${join(folder, 'jobs.db')}`
  let places = 0
  // One queue that stays keeps the file open from case to case.
  const keeper = fileStore('keeper', { ...queuePlan(undefined), url })
  const count = await checkQueue(async () => {
    const name = `check-${++places}`
    return {
      open: (options) => {
        const plan = queuePlan(options)
        return new QueueOverStore(name, living(fileStore(name, { ...plan, url })), plan)
      },
      async [Symbol.asyncDispose]() {},
    }
  })
  await keeper.close()
  await rm(folder, { recursive: true })
  expect(count).toBeGreaterThan(70)
})

test('of two queues of one name in one process, each hears until it stops by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'queue-'))
  const url = `file:${join(folder, 'jobs.db')}`
  await using first = openQueue('twice', { url })
  await using second = openQueue('twice', { url })
  const heard = first.events()
  const next = heard.next()
  const left = second.events()
  void left.next()
  await second.add(1, { id: 'a' })
  expect((await next).value).toMatchObject({ type: 'added', id: 'a' })
  await left.return(undefined)
  const after = heard.next()
  await second.add(1, { id: 'b' })
  expect((await after).value).toMatchObject({ type: 'added', id: 'b' })
  await first.close()
  await second.close()
  await rm(folder, { recursive: true })
})
