import { pause } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { openQueue } from '@net/queue'
import { cutOff } from '@net/queue/testing'
import { expect, test } from 'vitest'

import { MemoryStore } from '../../src/memory/memory-store.ts'
import { queuePlan } from '../../src/queue-options.ts'
import type { Claimed } from '../../src/store.ts'
import { RunningWorker } from '../../src/work/worker.ts'

const plan = queuePlan<number>(undefined)

function worker(store: MemoryStore): RunningWorker<number> {
  const payload = (text: string): number => Number(text)
  const handler = (): void => {}
  const { client, maxResult } = plan
  const options = { concurrency: 2 }
  return new RunningWorker({
    queue: 'q',
    store,
    client,
    handler,
    options,
    maxResult,
    payload,
    deadlineGrace: 0,
  })
}

class Failing extends MemoryStore {
  isAway = true

  override claim(...request: Parameters<MemoryStore['claim']>): Promise<Claimed> {
    return this.isAway ? Promise.reject(new Error('away')) : super.claim(...request)
  }
}

test('a store that is away is asked again, and the worker says what it does', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const store = new Failing(plan.keep, () => {})
  await store.add([{ id: 'a', payload: '1', priority: 0, attempts: 1, delay: 0 }])
  await using working = worker(store)
  await expect.poll(() => working.state).toBe('reconnecting')
  store.isAway = false
  await expect.poll(() => store.counts()).toMatchObject({ done: 1 })
  expect(working.state).toBe('working')
})

class Silent extends MemoryStore {
  readonly back = Promise.withResolvers<void>()
  readonly ready = (): Promise<void> => this.back.promise
}

test('a worker whose store is silent says so, and that it works again', async () => {
  using clock = useFakeClock()
  using events = captureEvents()
  const store = new Silent(plan.keep, () => {})
  await store.add([{ id: 'a', payload: '1', priority: 0, attempts: 1, delay: 0 }])
  await using working = worker(store)
  const told = (): readonly unknown[] =>
    events
      .of('operation')
      .filter(({ state }) => state === 'warning')
      .map(({ target, message }) => [target, message])
  await clock.advance(4999)
  expect([working.state, told()]).toEqual(['working', []])
  await clock.advance(1)
  const away = ['q', 'the worker takes no jobs: its store has not answered for 5000 ms']
  expect([working.state, told()]).toEqual(['reconnecting', [away]])
  await clock.advance(20_000)
  store.back.resolve()
  await clock.until(() => working.state === 'working')
  expect(told()).toEqual([away, ['q', 'the worker works again, after 20000 ms']])
})

class Unsettling extends MemoryStore {
  override readonly atOnce = undefined
  failures = 2

  override settle(...items: Parameters<MemoryStore['settle']>): Promise<readonly boolean[]> {
    return this.failures-- > 0 ? Promise.reject(new Error('away')) : super.settle(...items)
  }
}

test('that a job is done is told again until the store has it', async () => {
  using _clock = useFakeClock({ autoJump: true })
  const store = new Unsettling(plan.keep, () => {})
  await store.add([{ id: 'a', payload: '1', priority: 0, attempts: 1, delay: 0 }])
  await using _working = worker(store)
  await expect.poll(() => store.counts()).toMatchObject({ done: 1, active: 0 })
})

test('a worker whose store does not answer closes within its grace', async () => {
  using clock = useFakeClock()
  await using keeper = openQueue('unanswered')
  const queue = openQueue('unanswered')
  const started = Promise.withResolvers<void>()
  const never = Promise.withResolvers<void>()
  const working = queue.process(() => {
    started.resolve()
    return never.promise
  })
  await keeper.add(1)
  await started.promise
  cutOff(queue)
  const closing = queue.close({ grace: 500 })
  await clock.advance(2500)
  await closing
  expect([working.state, working.active]).toEqual(['closed', 0])
  never.resolve()
})

class Slow extends MemoryStore {
  readonly asked = Promise.withResolvers<void>()
  readonly go = Promise.withResolvers<void>()
  claims = 0

  override async claim(...request: Parameters<MemoryStore['claim']>): Promise<Claimed> {
    if (++this.claims > 1) {
      this.asked.resolve()
      await this.go.promise
    }
    return super.claim(...request)
  }
}

test('a claim that is answered while a worker closes does not keep it from closing', async () => {
  const store = new Slow(plan.keep, () => {})
  await store.add([{ id: 'a', payload: '1', priority: 0, attempts: 1, delay: 0 }])
  const { client, maxResult } = plan
  const done = Promise.withResolvers<void>()
  const payload = (text: string): number => Number(text)
  const options = { concurrency: 2 }
  const working = new RunningWorker({
    queue: 'q',
    store,
    client,
    handler: () => done.promise,
    options,
    maxResult,
    payload,
    deadlineGrace: 0,
  })
  await store.asked.promise
  const closing = working.close({ grace: 1_000_000 })
  store.go.resolve()
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  done.resolve()
  await closing
  expect(working.state).toBe('closed')
})

class Answering extends MemoryStore {
  readonly asked = Promise.withResolvers<void>()
  readonly answer = Promise.withResolvers<void>()

  override async claim(...request: Parameters<MemoryStore['claim']>): Promise<Claimed> {
    const claimed = await super.claim(...request)
    this.asked.resolve()
    await this.answer.promise
    return claimed
  }
}

test('what a claim gives that was under way when the worker was closed goes back before that is closed', async () => {
  const store = new Answering(plan.keep, () => {})
  await store.add([{ id: 'a', payload: '1', priority: 0, attempts: 1, delay: 0 }])
  const working = worker(store)
  await store.asked.promise
  const closing = working.close()
  store.answer.resolve()
  await closing
  expect(await store.counts()).toMatchObject({ waiting: 1, active: 0 })
  expect(await store.get('a')).toMatchObject({ starts: 0 })
})

test.each([
  ['without a text', Object.create(null)],
  ['whose message is a number', Object.assign(new Error('x'), { message: 5 })],
  [
    'that throws when it is read',
    new Proxy(new Error('x'), {
      get() {
        throw new Error('not to be read')
      },
    }),
  ],
])('an error %s fails its job, and the next one is done', async (_, thrown: unknown) => {
  using _events = captureEvents()
  await using queue = openQueue<number>('unreadable')
  await queue.add(1, { id: 'a', attempts: 1 })
  await queue.add(2, { id: 'b', attempts: 1 })
  await queue.add(3, { id: 'c', attempts: 2 })
  const when = (): boolean => {
    throw thrown
  }
  queue.process(
    ({ payload }) => {
      if (payload !== 2) throw thrown
    },
    { concurrency: 2, retry: { when } },
  )
  const ended = await Promise.all(['a', 'b', 'c'].map((id) => queue.ended(id)))
  expect(ended.map(({ state }) => state)).toEqual(['failed', 'done', 'failed'])
})

test('a repeat that can no longer begin before the deadline, after the time that the handler took, is not waited for', async () => {
  using time = useFakeClock()
  await using queue = openQueue<number>('slow')
  await queue.add(1, { id: 'a', deadline: 1000 })
  queue.process(
    async () => {
      await pause(700)
      throw new Error('as it was')
    },
    { retry: { delay: 400, jitter: 'none' } },
  )
  await time.advance(700)
  const { state, error, attempt } = await queue.ended('a')
  expect([state, error?.message, attempt]).toEqual(['failed', 'as it was', 1])
})
