import {
  asChannel,
  asCompleted,
  CancelScope,
  checkpoint,
  every,
  failAfter,
  inThread,
  moveOnAfter,
  run,
  runProcess,
  signals,
  sleep,
  spawnProcess,
  wait,
  CircuitBreaker,
  CapacityLimiter,
  firstSuccess,
  gather,
  gatherSettled,
  map,
  mapUnordered,
  Memo,
  Mutex,
  Pool,
  Queue,
  race,
  RateLimiter,
  retry,
  retryBudget,
  taskGroup,
} from '@net/async'
import { buffer, cancellable, merge } from '@net/async/iterators'
import { describe, expect, test } from 'vitest'

const job = async (): Promise<number> => 1
const wrong = { timout: 5 } as never

const calls: readonly (readonly [string, () => unknown])[] = [
  ['taskGroup', () => taskGroup(job, wrong)],
  ['gather', () => gather([job], wrong)],
  ['gatherSettled', () => gatherSettled([job], wrong)],
  ['race', () => race([job], wrong)],
  ['firstSuccess', () => firstSuccess([job], wrong)],
  ['asCompleted', () => asCompleted([job], wrong).next()],
  ['map', () => map([1], job, { concurrency: 1, timout: 5 } as never)],
  ['mapUnordered', () => mapUnordered([1], job, { concurrency: 1, timout: 5 } as never).next()],
  ['retry', () => retry(job, wrong)],
  ['wait', () => wait([], wrong)],
  ['failAfter', () => failAfter(5, job, wrong)],
  ['moveOnAfter', () => moveOnAfter(5, job, wrong)],
  ['sleep', () => sleep(5, wrong)],
  ['every', () => every(5, wrong).next()],
  ['checkpoint', () => checkpoint(wrong)],
  ['run', () => run(async () => {}, wrong)],
  ['signals', () => signals(['SIGHUP'], wrong)],
  ['a scope', () => new CancelScope(wrong)],
  ['asChannel', () => asChannel(async function* () {}, wrong).next()],
  ['merge', () => merge([[1]], wrong).next()],
  ['buffer', () => buffer([1], 1, wrong).next()],
  ['cancellable', () => cancellable([1], wrong).next()],
  ['inThread', () => inThread(new URL('node:zlib'), 'deflateSync', '', wrong)],
  ['runProcess', () => runProcess('true', [], wrong)],
  ['spawnProcess', () => spawnProcess('true', [], wrong)],
  ['a mutex', () => new Mutex().acquire(wrong)],
  ['a queue', () => new Queue().get(wrong)],
  ['a loop over a queue', () => new Queue().items(wrong).next()],
  ['a rate limiter', () => new RateLimiter({ limit: 1 }).acquire(wrong)],
  ['a capacity limiter', () => new CapacityLimiter(1).acquire(wrong)],
  ['a memo', () => new Memo(job).get(1, wrong)],
  ['a pool', () => new Pool({ create: job }).acquire(wrong)],
  ['a breaker', () => new CircuitBreaker().run(job, wrong)],
]

describe('a misspelled option', () => {
  test.each(calls)(
    'of %s is refused at the call, with the name that was meant',
    async (_name, call) => {
      await expect(Promise.resolve().then(call)).rejects.toMatchObject({
        code: 'NET_BAD_OPTION',
        protocol: 'async',
        message: expect.stringContaining('the options have no timout; '),
      })
    },
  )
})

describe('a constructor', () => {
  test.each<readonly [string, () => unknown, string]>([
    ['Queue', () => new Queue({ maxx: 1 } as never), 'did you mean max?'],
    ['Memo', () => new Memo(job, { ttll: 1 } as never), 'did you mean ttl?'],
    ['RateLimiter', () => new RateLimiter({} as never), 'limit is missing; it must be a number'],
    ['RateLimiter', () => new RateLimiter({ limit: '5' } as never), 'limit must be a number'],
    ['CircuitBreaker', () => new CircuitBreaker({ failure: 1 } as never), 'did you mean failures?'],
    ['retryBudget', () => retryBudget({ costs: 1 } as never), 'did you mean cost?'],
  ])('%s refuses what it does not know, and what is of another shape', (_name, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        code: 'NET_BAD_OPTION',
        protocol: 'async',
        message: expect.stringContaining(message),
      }),
    )
  })

  test('treats undefined as an option that is left out', () => {
    expect(new Queue({ max: undefined, store: undefined }).max).toBe(Infinity)
    expect(new RateLimiter({ limit: 2, interval: undefined, burst: undefined }).available).toBe(2)
    expect(new CircuitBreaker({ failures: undefined, when: undefined }).state).toBe('closed')
  })
})
