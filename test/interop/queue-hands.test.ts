// What workers of several processes do to each other's jobs: processes that are frozen, deaf, killed by a job, or live in another time.
import { once } from 'node:events'
import { join } from 'node:path'
import { openQueue, type JobQueue } from '@net/queue'
import { expect, test, type TestContext } from 'vitest'
import { temporaryFolder } from './child.ts'
import { EffectServer, type Effect } from './queue-effects.ts'
import { RedisServer } from './redis.ts'

type Place = AsyncDisposable & { readonly url: string }

const places: readonly (readonly [
  string,
  (context: Pick<TestContext, 'skip'>) => Promise<Place>,
])[] = [
  [
    'in a file',
    async () => {
      const folder = temporaryFolder('test')
      return {
        url: `file:${join(folder.path, 'jobs.db')}`,
        [Symbol.asyncDispose]: async () => folder[Symbol.dispose](),
      }
    },
  ],
  ['on Redis', (context) => RedisServer.alone(context)],
]

test.concurrent.for(places)(
  'a process that was frozen past its lease sees its signal before its next line, %s',
  async ([, start], context) => {
    await using place = await start(context)
    await using effects = await EffectServer.start()
    await using queue = openQueue('hands', { url: place.url })
    effects.hold('begin')
    const frozen = effects.hand({ url: place.url, work: 'plain', lease: 2000 })
    await queue.add('x', { id: 'a' })
    await effects.until(() => effects.of('begin').length === 1)
    frozen.kill('SIGSTOP')
    effects.hand({ url: place.url, work: 'plain', lease: 2000 })
    await effects.until(() => effects.of('begin').length === 2)
    effects.release('begin')
    const { result } = await queue.ended('a')
    frozen.kill('SIGCONT')
    const ofFirst = (): readonly Effect[] =>
      effects.seen.filter(({ what, attempt }) => attempt === 1 && what !== 'begin')
    await effects.until(() => ofFirst().length === 1)
    expect(ofFirst().map(({ what }) => what)).toEqual(['aborted'])
    expect(effects.of('effect')).toHaveLength(1)
    expect((await queue.ended('a')).result).toBe(result)
  },
)

test.concurrent.for(places)(
  'a job that was marked before its process was frozen is started by nobody else, %s',
  async ([, start], context) => {
    await using place = await start(context)
    await using effects = await EffectServer.start()
    await using queue = openQueue('hands', { url: place.url })
    effects.hold('begin')
    const frozen = effects.hand({ url: place.url, work: 'marked', lease: 2000 })
    await queue.add('x', { id: 'a' })
    await effects.until(() => effects.of('begin').length === 1)
    frozen.kill('SIGSTOP')
    effects.hand({ url: place.url, work: 'marked', lease: 2000 })
    expect(await queue.ended('a')).toMatchObject({ state: 'unknown', mark: 'sent' })
    effects.release('begin')
    frozen.kill('SIGCONT')
    await effects.until(() => effects.seen.length === 2)
    expect(effects.seen.map(({ what }) => what)).toEqual(['begin', 'aborted'])
    expect((await queue.ended('a')).state).toBe('unknown')
  },
)

test.concurrent.for(places)(
  'a handler that does not heed its deadline keeps its job, and nobody else gets it, %s',
  async ([, start], context) => {
    await using place = await start(context)
    await using effects = await EffectServer.start()
    await using queue = openQueue('hands', { url: place.url })
    effects.hold('work')
    const plan = { url: place.url, work: 'deaf', lease: 3000 } as const
    for (let n = 0; n < 2; n++) effects.hand(plan)
    await effects.until(() => effects.of('ready').length === 2)
    await queue.add('x', { id: 'slow', deadline: 4000 })
    await effects.until(() => effects.of('signalled').length === 1)
    // A third process has looked, and found nothing to take.
    effects.hand(plan)
    await queue.add('x', { id: 'other' })
    await effects.until(() => effects.of('work').length === 2)
    effects.release('work')
    expect((await queue.ended('slow')).state).toBe('done')
    expect(effects.of('begin').filter(({ id }) => id === 'slow')).toHaveLength(1)
  },
)

test.concurrent.for(places)(
  'a handler that goes on for ever is given up after the grace, and its process ends by itself, %s',
  async ([, start], context) => {
    await using place = await start(context)
    await using effects = await EffectServer.start()
    await using queue = openQueue('hands', { url: place.url })
    const plan = { url: place.url, work: 'deaf', lease: 3000, deadlineGrace: 100 } as const
    const hands = [effects.hand(plan), effects.hand(plan)]
    await effects.until(() => effects.of('ready').length === 2)
    await queue.add('x', { id: 'for ever', deadline: 4000 })
    const { state, error } = await queue.ended('for ever')
    expect([state, Reflect.get(error ?? {}, 'code')]).toEqual(['failed', 'NET_TASK_LEAKED'])
    await queue.add('x', { id: 'after' })
    expect((await queue.ended('after')).state).toBe('done')
    expect(effects.of('begin').filter(({ id }) => id === 'for ever')).toHaveLength(1)
    for (const hand of hands) {
      const exit = once(hand, 'exit')
      hand.kill('SIGTERM')
      expect(await exit).toEqual([0, null])
    }
  },
)

test.concurrent.for(places)(
  'a job that ends its process is parked, and its neighbours are done, %s',
  async ([, start], context) => {
    await using place = await start(context)
    await using effects = await EffectServer.start()
    await using queue = openQueue('hands', { url: place.url })
    const ids = Array.from({ length: 9 }, (_, n) => `innocent ${n}`)
    await Promise.all([...ids, 'poison'].map((id) => queue.add('x', { id, attempts: 2 })))
    const plan = { url: place.url, work: 'poison', lease: 1500, concurrency: 10 } as const
    const over = new AbortController()
    let deaths = 0
    const supervised = (async () => {
      while (!over.signal.aborted) {
        const hand = effects.hand(plan)
        await once(hand, 'exit')
        if (hand.exitCode === 3) deaths++
      }
    })()
    const poison = await queue.ended('poison')
    for (const id of ids) expect((await queue.ended(id)).state).toBe('done')
    over.abort()
    await effects.stopHands()
    await supervised
    expect(poison.state).toBe('failed')
    expect(poison.error?.message).toContain('ended 2 times while it ran')
    expect(deaths).toBeLessThanOrEqual(3)
    for (const id of ids) {
      const ends = effects.of('end').filter((effect) => effect.id === id)
      expect([1, 2]).toContain(ends.length)
    }
    expect(await queue.retryFailed()).toBe(1)
  },
)

test.concurrent('workers whose wall clocks differ by minutes agree on leases and delays, on Redis', async ({
  skip,
}) => {
  await using server = await RedisServer.alone({ skip })
  await using effects = await EffectServer.start()
  await using queue: JobQueue<string> = openQueue('hands', { url: server.url })
  effects.hold('begin')
  const shifted = `--import=${join(import.meta.dirname, 'queue-shifted-clock.ts')}`
  for (const minutes of [0, 10, -10]) {
    process.env['NET_TEST_SHIFT'] = String(minutes * 60_000)
    effects.hand({ url: server.url, work: 'plain', lease: 4000, concurrency: 4 }, shifted)
  }
  delete process.env['NET_TEST_SHIFT']
  const added = performance.now()
  const ids = Array.from({ length: 6 }, (_, n) => `now ${n}`)
  const late = Array.from({ length: 6 }, (_, n) => `late ${n}`)
  await Promise.all(ids.map((id) => queue.add('x', { id })))
  await Promise.all(late.map((id) => queue.add('x', { id, delay: 5000 })))
  // Those of now are held for longer than a lease.
  await effects.until(() => effects.of('begin').length === 12)
  for (const { id, at } of effects.of('begin')) {
    if (id.startsWith('late')) expect(at - added).toBeGreaterThanOrEqual(4990)
  }
  effects.release('begin')
  for (const id of [...ids, ...late]) expect((await queue.ended(id)).attempt).toBe(1)
  expect(effects.of('effect')).toHaveLength(12)
})
