import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { MessageChannel } from 'node:worker_threads'

import { inThread, Semaphore, type ThreadLimiter, type WaitOptions } from '@net/async'
import { isNetError, StateError } from '@net/core'
import { useFakeClock } from '@net/core/testing'
import { describe, expect, test } from 'vitest'

// A module as a URL, so that each test shows what its thread runs.
function moduleOf(source: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`)
}

const work = moduleOf(`
  import { isMainThread, threadId, workerData } from 'node:worker_threads'
  export const double = (value) => value * 2
  export const later = async ({ list }) => ({ list: list.toReversed(), isMainThread })
  export const nothing = () => {}
  export const constant = 7
  export const spin = (port) => { port?.postMessage('spins'); for (;;); }
  export const hold = (memory) => {
    Atomics.add(memory, 0, 1)
    Atomics.wait(memory, 1, 0)
  }
  export const exit = () => process.exit(5)
  export const talk = async (messages) => {
    const { parentPort } = await import('node:worker_threads')
    for (const message of messages) parentPort.postMessage(message)
    return 'done'
  }
  export const uncloneable = () => () => {}
  export const bytes = (data) => data
  export const late = () => new Promise(() => { setTimeout(() => { throw new Error('late') }, 1) })
`)

describe('inThread', () => {
  test('[ASYNC-41] gives the result of an export that runs in another thread', async () => {
    expect(await inThread<number>(work, 'double', 21)).toBe(42)
    const data = { list: [1, new Date(0), new Map([['a', 1]])] }
    expect(await inThread(work, 'later', data)).toEqual({
      list: data.list.toReversed(),
      isMainThread: false,
    })
    expect(await inThread(work, 'nothing')).toBe(undefined)
  })

  test('[ASYNC-41] the event loop turns while a thread computes, and an abort ends a loop without end', async () => {
    const controller = new AbortController()
    const { port1, port2 } = new MessageChannel()
    const running = inThread(work, 'spin', port2, { signal: controller.signal, transfer: [port2] })
    await once(port1, 'message')
    controller.abort(new Error('enough'))
    await expect(running).rejects.toMatchObject({
      code: 'NET_ABORTED',
      cause: { message: 'enough' },
    })
    port1.close()
  })

  test('messages that the module sends by itself are not its result', async () => {
    const answer = { kind: 'returned', value: 'not this' }
    const messages = ['ready', undefined, null, 0, {}, answer]
    expect(await inThread(work, 'talk', messages)).toBe('done')
  })

  test('a time limit ends it', async () => {
    using clock = useFakeClock()
    const { port1, port2 } = new MessageChannel()
    const running = inThread(work, 'spin', port2, { timeout: 100, transfer: [port2] })
    const settled = running.catch((error: unknown) => error)
    await once(port1, 'message')
    await clock.advance(100)
    expect(await settled).toMatchObject({ code: 'NET_TIMEOUT_TOTAL', limit: 100 })
    port1.close()
  })

  test('transferred objects are moved', async () => {
    const data = new Uint8Array([1, 2, 3])
    const result = await inThread<Uint8Array>(work, 'bytes', data, { transfer: [data.buffer] })
    expect([[...result], data.length]).toEqual([[1, 2, 3], 0])
  })

  test('[ASYNC-41] an error keeps its class, name, code, cause and fields', async () => {
    const module = moduleOf(`export function fail() {
      const cause = Object.assign(new RangeError('inner'), { code: 'E_INNER' })
      throw Object.assign(new TypeError('outer', { cause }), { code: 'E_OUTER', size: 3 })
    }`)
    const error: unknown = await inThread(module, 'fail').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({
      message: 'outer',
      code: 'E_OUTER',
      size: 3,
      cause: { name: 'RangeError', message: 'inner', code: 'E_INNER' },
    })
  })

  test('[ASYNC-41] an error of these packages comes back as one', async () => {
    // The source itself: a thread is not resolved as the tests are.
    const core = new URL('../../../core/src/authoring.ts', import.meta.url).href
    const error: unknown = await inThread(
      moduleOf(`import { netError } from ${JSON.stringify(core)}
        export const fail = () => {
          throw netError('NET_BUSY', { message: 'it is in use', target: 'host', limit: 2 })
        }`),
      'fail',
    ).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StateError)
    expect(error).toMatchObject({ code: 'NET_BUSY', message: 'host: it is in use', limit: 2 })
  })

  test('wrong arguments are errors before a thread begins, or in it', async () => {
    const bad: readonly (readonly [() => Promise<unknown>, unknown])[] = [
      [async () => inThread('./work.ts' as never, 'double'), { code: 'NET_BAD_OPTION' }],
      [
        async () => inThread(work, 'double', () => {}),
        { code: 'NET_BAD_OPTION', message: 'the data cannot be copied' },
      ],
      [async () => inThread(work, 'double', 1, { grace: -1 }), { code: 'NET_BAD_OPTION' }],
      [
        async () => inThread(work, 'double', 1, { signal: AbortSignal.abort() }),
        { code: 'NET_ABORTED' },
      ],
      [
        async () => inThread(work, 'constant'),
        { code: 'NET_BAD_OPTION', message: expect.stringContaining('"constant"') },
      ],
      [
        async () => inThread(new URL('file:///no/such/module.js'), 'x'),
        { code: 'ERR_MODULE_NOT_FOUND' },
      ],
      [
        async () => inThread(work, 'exit'),
        { code: 'NET_CLOSED', message: expect.stringContaining('status 5') },
      ],
      [async () => inThread(work, 'uncloneable'), { name: 'DataCloneError' }],
      [async () => inThread(work, 'late'), { message: 'late' }],
    ]
    for (const [running, expected] of bad)
      await expect(running()).rejects.toMatchObject(expected as object)
  })

  test('[ASYNC-41] a limiter of its own limits how many run at a time; waiting calls can be aborted', async () => {
    const limiter = new Semaphore(1)
    const held = await limiter.acquire()
    const controller = new AbortController()
    const aborted = inThread(work, 'double', 1, { limiter, signal: controller.signal })
    const waits = inThread(work, 'double', 2, { limiter })
    expect(limiter.waiting).toBe(2)
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'NET_ABORTED' })
    held.release()
    expect(await waits).toBe(4)
    expect(limiter.available).toBe(1)
  })

  test('without one there are as many as the machine runs in parallel', async () => {
    using clock = useFakeClock()
    const memory = new Int32Array(new SharedArrayBuffer(8))
    const held = Array.from({ length: availableParallelism() }, async () =>
      inThread(work, 'hold', memory),
    )
    await clock.until(() => Atomics.load(memory, 0) === held.length)
    const oneMore = inThread(work, 'double', 1, { timeout: 100 }).catch((error: unknown) => error)
    await clock.advance(100)
    expect(await oneMore).toMatchObject({ code: 'NET_TIMEOUT_TOTAL' })
    Atomics.store(memory, 1, 1)
    Atomics.notify(memory, 1)
    await Promise.all(held)
  })
})

test('a thread that a system call holds is left behind after the grace, and keeps its place until it ends', async () => {
  using clock = useFakeClock()
  let places = 0
  const limiter: ThreadLimiter = {
    async acquire(options?: WaitOptions) {
      expect(options?.signal?.aborted).toBe(false)
      places++
      return { [Symbol.dispose]: () => void places-- }
    },
  }
  const blocked = moduleOf(`
    import { execFileSync } from 'node:child_process'
    export function block(port) {
      port.postMessage('blocks')
      execFileSync('sleep', ['0.5'])
    }`)
  const controller = new AbortController()
  const { port1, port2 } = new MessageChannel()
  const running = inThread(blocked, 'block', port2, {
    signal: controller.signal,
    transfer: [port2],
    limiter,
    grace: 100,
  }).catch((error: unknown) => error)
  await once(port1, 'message')
  controller.abort()
  await clock.advance(100)
  expect(isNetError(await running)).toBe(true)
  expect(places).toBe(1)
  await clock.until(() => places === 0)
  port1.close()
})
