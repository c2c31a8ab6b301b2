import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test, vi } from 'vitest'

import { FileThread } from '../../src/file/file-thread-host.ts'
import { queuePlan } from '../../src/queue-options.ts'
import { job } from './open-file.ts'

const threads = vi.hoisted(() => ({ none: false }))
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof import('node:worker_threads')>()
  class Worker extends real.Worker {
    constructor(...args: ConstructorParameters<typeof real.Worker>) {
      if (threads.none) throw new Error('Worker initialization failure: EAGAIN')
      super(...args)
    }
  }
  return { ...real, Worker }
})

const folder = mkdtempSync(join(tmpdir(), 'queue-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rules = {
  keep: queuePlan(undefined).keep,
  deadlineError: '',
  diedError: '',
  unknownError: '',
}

test('listeners hear what another process does', async () => {
  const place = { path: join(folder, 'a.db'), durability: 'process' } as const
  const [here, there] = [new FileThread(place), new FileThread(place)]
  await here.request('q', 'open', [rules])
  await there.request('q', 'open', [rules])
  const rung = Promise.withResolvers<void>()
  here.listeners('q').onWork(() => rung.resolve())
  here.watch()
  expect(await there.request('q', 'add', [[job('a')]])).toEqual([undefined])
  await rung.promise
  here.unwatch()
  await here.close()
  await there.close()
})

test('after the close every request is refused', async () => {
  const thread = new FileThread({ path: join(folder, 'b.db'), durability: 'power' })
  const asked = thread.request('q', 'open', [rules])
  await asked
  await thread.close()
  await expect(thread.request('q', 'counts', [])).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('the close of a thread that has ended by itself comes to its end', async () => {
  const place = { path: join(folder, 'nowhere', 'd.db'), durability: 'process' } as const
  const thread = new FileThread(place)
  await expect(thread.request('q', 'open', [rules])).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  await thread.close()
  // Now it has ended for certain.
  await thread.close()
})

test('a file that could not be opened is tried again by the next request, and watched as before', async () => {
  const path = join(folder, 'later', 'e.db')
  const thread = new FileThread({ path, durability: 'process' })
  const told: string[] = []
  thread.listeners('q').onEvent(({ type }) => told.push(type))
  thread.watch()
  await expect(thread.request('q', 'open', [rules])).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  await expect(thread.request('q', 'counts', [])).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  mkdirSync(join(folder, 'later'))
  expect(await thread.request('q', 'add', [[job('a')]])).toEqual([undefined])
  expect(await thread.request('q', 'counts', [])).toMatchObject({ waiting: 1 })
  await expect.poll(() => told).toEqual(['missed', 'missed', 'added'])
  thread.unwatch()
  await thread.close()
  await expect(thread.request('q', 'counts', [])).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

test('where the system has no thread left each request fails, and the first after it has one again does not', async () => {
  const path = join(folder, 'threads', 't.db')
  const thread = new FileThread({ path, durability: 'process' })
  const opened = (): Promise<unknown> => thread.request('q', 'open', [rules])
  await expect(opened()).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  threads.none = true
  await expect(opened()).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  await expect(opened()).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  threads.none = false
  mkdirSync(join(folder, 'threads'))
  await opened()
  await thread.close()
})
