import { expect, test } from 'vitest'

import type { CallOptions, NetError, RetryPolicy } from '@net/core'
import {
  clientContext,
  isOfGoneClient,
  netError,
  operation,
  type Operation,
  type OperationSpec,
} from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'

const spec: OperationSpec = { protocol: 'test', operation: 'GET', target: '/x', kind: 'exchange' }
const never = (op: Operation): Promise<never> =>
  new Promise((_resolve, reject) => void op.onAbort(reject))
const twice: RetryPolicy = { delay: ({ attempt }) => (attempt < 3 ? 100 : undefined) }

test('attempts are repeated by the policy, and the last error has the earlier ones', async () => {
  using clock = useFakeClock()
  const attempts: number[] = []
  const promise = operation(spec, { retry: twice }, (op) =>
    op.attempt(({ number }) => {
      attempts.push(number)
      return Promise.reject(netError('NET_CONNECT_REFUSED', { message: `refused ${number}` }))
    }),
  )
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(200)
  expect(attempts).toEqual([1, 2, 3])
  expect(await failed).toMatchObject({
    code: 'NET_CONNECT_REFUSED',
    attempts: [expect.any(Error), expect.any(Error)],
  })
})

test.each([
  [
    'throws',
    () => {
      throw new Error('mine')
    },
  ],
  ['rejects', () => Promise.reject(new Error('mine')) as never],
])(
  'what is done is not done again, though the policy %s when it hears of it',
  async (_how, succeeded) => {
    let runs = 0
    const policy: RetryPolicy = { delay: () => 0, succeeded }
    const done = operation(spec, { retry: policy }, (op) =>
      op.attempt(async () => {
        runs += 1
        return 'done'
      }),
    )
    expect(await done).toBe('done')
    // An unhandled rejection would be told within this turn, and fail the run.
    await new Promise((turn) => setImmediate(turn))
    expect(runs).toBe(1)
  },
)

test('a wait that outlasts the call is not waited for: the error of the attempt comes at once', async () => {
  using clock = useFakeClock()
  const left: (number | undefined)[] = []
  const patient: RetryPolicy = {
    delay: (failed) => {
      left.push(failed.left)
      return failed.attempt * 600
    },
  }
  const failed = operation(spec, { retry: patient, timeout: 1500 }, (op) =>
    op.attempt(() => Promise.reject(netError('NET_REPLY_TEMPORARY', { message: 'later' }))),
  ).catch((error: unknown) => error)
  await clock.advance(600)
  expect(await failed).toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    attempts: [{ code: 'NET_REPLY_TEMPORARY' }],
  })
  expect(left).toEqual([1500, 900])
  expect(clock.timers).toBe(0)
})

test('[CORE-10] the history of attempts is in the last error', async () => {
  using clock = useFakeClock()
  const failed = operation(spec, { retry: twice }, (op) =>
    op.attempt(({ number }) =>
      Promise.reject(netError('NET_CONN_RESET', { message: `reset ${number}` })),
    ),
  ).catch((error: { attempts: Error[] }) => error.attempts.map(({ message }) => message))
  await clock.advance(200)
  expect(await failed).toEqual([
    expect.stringContaining('reset 1'),
    expect.stringContaining('reset 2'),
  ])
})

test.each([
  [false, 'safe'],
  [true, 'idempotent'],
])('a loss when sent is %s may be repeated: %s', async (sent, retry) => {
  const promise = operation(spec, {}, (op) =>
    op.attempt((attempt) => {
      if (sent) attempt.sent()
      return Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' }))
    }),
  )
  await expect(promise).rejects.toMatchObject({ code: 'NET_CONN_RESET', sent, retry })
})

test.each([
  ['a goodbye', netError('NET_CONN_SHUTDOWN', { message: 'x', reply: { text: 'bye' } })],
  ['a lack of descriptors', netError('NET_LOCAL_LIMIT', { message: 'x' })],
  ['a refused second connection', netError('NET_CONNECT_REFUSED', { message: 'x' })],
  ['a handshake that broke off', netError('NET_CONN_RESET', { message: 'x', retry: 'safe' })],
  [
    'the answer of a proxy',
    netError('NET_PROXY_REFUSED', { message: 'x', retry: 'safe', reply: { text: 'busy' } }),
  ],
])('once something was sent, %s leaves the outcome unknown', async (_what, error) => {
  const promise = operation(spec, {}, (op) =>
    op.attempt(({ sent }) => {
      sent()
      return Promise.reject(error)
    }),
  )
  await expect(promise).rejects.toMatchObject({ sent: true, retry: 'idempotent' })
})

test('a reply that says that nothing was done is believed, whatever was sent', async () => {
  const reply = { status: 429, text: 'later' }
  const promise = operation(spec, {}, (op) =>
    op.attempt(({ sent }) => {
      sent()
      return Promise.reject(netError('NET_REPLY_TEMPORARY', { message: 'x', retry: 'safe', reply }))
    }),
  )
  await expect(promise).rejects.toMatchObject({ sent: true, retry: 'safe' })
})

test('what the peer has refused counts as not sent', async () => {
  const promise = operation(spec, {}, (op) =>
    op.attempt((attempt) => {
      attempt.sent()
      attempt.refused()
      return Promise.reject(netError('NET_CONN_RESET', { message: 'x' }))
    }),
  )
  await expect(promise).rejects.toMatchObject({ sent: false, retry: 'safe' })
})

test('a goodbye before anything was sent may be repeated', async () => {
  const promise = operation(spec, {}, (op) =>
    op.attempt(() => Promise.reject(netError('NET_CONN_SHUTDOWN', { message: 'x' }))),
  )
  await expect(promise).rejects.toMatchObject({ sent: false, retry: 'safe' })
})

test('the error of many attempts has each of them once', async () => {
  using clock = useFakeClock()
  const lengths: number[] = []
  for (const most of [4, 8, 16]) {
    const policy: RetryPolicy = { delay: ({ attempt }) => (attempt < most ? 1 : undefined) }
    const failed = operation(spec, { retry: policy }, (op) =>
      op.attempt(() => Promise.reject(netError('NET_CONN_RESET', { message: 'reset' }))),
    ).catch((error: unknown) => error as NetError)
    await clock.advance(most)
    const error = await failed
    expect(error.attempts).toHaveLength(most - 1)
    expect(error.attempts?.some((each) => 'attempts' in each)).toBe(false)
    lengths.push(JSON.stringify(error).length)
  }
  const [few = 0, twice = 0, most = 0] = lengths
  expect(twice).toBeLessThan(2.5 * few)
  expect(most).toBeLessThan(2.5 * twice)
})

test('an error that each attempt throws again does not hold itself', async () => {
  using clock = useFakeClock()
  const same = netError('NET_CONN_RESET', { message: 'reset' })
  const failed = operation(spec, { retry: twice }, (op) =>
    op.attempt(() => Promise.reject(same)),
  ).catch((error: unknown) => error)
  await clock.advance(200)
  expect(await failed).toBe(same)
  expect(same.attempts ?? []).toEqual([])
})

test('attempts that an inner call made stand beside those of the outer one', async () => {
  using clock = useFakeClock()
  const inner = netError('NET_CONN_RESET', { message: 'inner' })
  const failed = operation(
    spec,
    { retry: { delay: ({ attempt }) => (attempt < 2 ? 1 : undefined) } },
    (op) =>
      op.attempt(({ number }) =>
        Promise.reject(
          netError('NET_CONN_RESET', {
            message: `outer ${number}`,
            attempts: number === 2 ? [inner] : [],
          }),
        ),
      ),
  ).catch((error: unknown) => error as NetError)
  await clock.advance(1)
  const { attempts = [] } = await failed
  expect(attempts.map(({ message }) => message)).toEqual([
    expect.stringContaining('outer 1'),
    expect.stringContaining('inner'),
  ])
})

test('the limit of a phase ends one attempt, not the call', async () => {
  using clock = useFakeClock()
  const promise = operation(spec, { retry: twice, timeout: { connect: 50 } }, (op) =>
    op.attempt(({ number }) =>
      number < 2 ? op.phase('connect', () => never(op)) : Promise.resolve(number),
    ),
  )
  await clock.advance(150)
  expect(await promise).toBe(2)
})

test('an abort between two attempts ends the call', async () => {
  using clock = useFakeClock()
  const controller = new AbortController()
  const promise = operation(spec, { retry: twice, signal: controller.signal }, (op) =>
    op.attempt(() => Promise.reject(netError('NET_CONN_RESET', { message: 'reset' }))),
  )
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(50)
  controller.abort()
  expect(await failed).toMatchObject({ code: 'NET_ABORTED' })
  expect(clock.timers).toBe(0)
})

test('between two attempts the operation can be failed from beside', async () => {
  using clock = useFakeClock()
  const closed = netError('NET_CLOSED', { message: 'the client is closed' })
  let op: Operation | undefined
  const promise = operation(spec, { retry: twice }, (running) => {
    op = running
    return running.attempt(() => Promise.reject(netError('NET_CONN_RESET', { message: 'reset' })))
  })
  const failed = promise.catch((error: unknown) => error)
  await clock.advance(50)
  op?.fail(closed)
  expect(await failed).toBe(closed)
})

function counted(given: Partial<OperationSpec>, options: CallOptions = {}): Promise<number> {
  let attempts = 0
  return operation({ ...spec, ...given }, options, (op) =>
    op.attempt(() => {
      attempts++
      return Promise.reject(netError('NET_CONN_RESET', { message: 'reset', retry: 'idempotent' }))
    }),
  ).catch(() => attempts)
}

test('what is idempotent is tried three times, what is not once, unless call or client say otherwise', async () => {
  using clock = useFakeClock()
  const client = clientContext({ defaults: { retry: false } })
  const running = Promise.all([
    counted({ idempotent: true }),
    counted({}),
    counted({ idempotent: true }, { retry: false }),
    counted({ idempotent: true, client }),
    counted({ idempotent: true, client }, { retry: 2 }),
    counted({ idempotent: true }, { retry: { attempts: 5, delay: 1 } }),
  ])
  await clock.advance(1000)
  expect(await running).toEqual([3, 1, 1, 1, 2, 5])
})

test('nothing is repeated on a session that is gone', async () => {
  expect(await counted({ idempotent: true, usable: () => false }, { retry: 5 })).toBe(1)
})

test('a policy that throws, or gives a promise, is told as the mistake that it is', async () => {
  const failing = (op: Operation): Promise<never> =>
    op.attempt(() => Promise.reject(netError('NET_CONNECT_REFUSED', { message: 'refused' })))
  const mine = new TypeError('my own mistake')
  const throwing: RetryPolicy = {
    delay() {
      throw mine
    },
  }
  await expect(operation(spec, { retry: throwing }, failing)).rejects.toBe(mine)
  const late = { delay: () => Promise.reject(mine) } as unknown as RetryPolicy
  await expect(operation(spec, { retry: late }, failing)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('not a promise'),
  })
})

test('a call that is repeated for ever keeps its latest failures, and nothing of the attempts before them', async () => {
  const attempts = 300
  let heard = 0
  const policy: RetryPolicy = { delay: ({ attempt }) => (attempt < attempts ? 0 : undefined) }
  const failed = operation(spec, { retry: policy }, (op) =>
    op.attempt(({ number }) => {
      op.onAbort(() => (heard += 1))
      if (number === attempts) op.fail(netError('NET_CLOSED', { message: 'stopped' }))
      return Promise.reject(netError('NET_CONNECT_REFUSED', { message: `refused ${number}` }))
    }),
  ).catch((error: NetError) => error)
  const kept = (await failed).attempts?.map(({ message }) => message)
  expect([kept?.length, heard]).toEqual([100, 1])
  expect(kept?.at(-1)).toContain('refused 299')
})

test('an error of a client that has lost its connection for good is known for that, and no other one', async () => {
  const failing = async (code: 'NET_CONN_RESET' | 'NET_TIMEOUT_POOL', usable: boolean) => {
    const gone = { ...spec, usable: () => usable }
    const call = operation(gone, { retry: false }, (op) =>
      op.attempt(() => Promise.reject(netError(code, { message: 'no' }))),
    )
    return isOfGoneClient((await call.catch((error: unknown) => error)) as NetError)
  }
  expect(await failing('NET_CONN_RESET', false)).toBe(true)
  expect(await failing('NET_CONN_RESET', true)).toBe(false)
  expect(await failing('NET_TIMEOUT_POOL', false)).toBe(false)
})
