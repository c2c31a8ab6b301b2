/*
 * A program of its own, since only a process that does nothing else can tell what a million waits leave behind. Prints
 * how many bytes the heap has grown by, and how many listeners are left on the signal.
 */

import { getEventListeners } from 'node:events'

import {
  Barrier,
  Channel,
  Condition,
  Deferred,
  Gate,
  Memo,
  Mutex,
  Pool,
  Queue,
  Semaphore,
  type WaitOptions,
} from '@net/async'

type Wait = (options: WaitOptions) => Promise<unknown>

const queue = new Queue<object>()
const channel = new Channel<object>(0)
const mutex = new Mutex()
const semaphore = new Semaphore(1)
const gate = new Gate()
const condition = new Condition()
const barrier = new Barrier(2)
const pool = new Pool({ create: async () => ({}), max: 1 })
const memo = new Memo(async (key: object) => key)

// Each really waits: what it waits for happens after it has begun to.
const waits: readonly Wait[] = [
  async (options) => {
    const item = queue.get(options)
    await queue.put({}, options)
    return item
  },
  async (options) => {
    const item = channel.receiver.receive(options)
    await channel.sender.send({}, options)
    return item
  },
  async (options) => {
    const lease = await mutex.acquire(options)
    const next = mutex.acquire(options)
    lease.release()
    using _lease = await next
  },
  async (options) => {
    const lease = await semaphore.acquire(options)
    const next = semaphore.acquire(options)
    lease.release()
    using _lease = await next
  },
  async (options) => {
    gate.close()
    const through = gate.wait(options)
    gate.open()
    await through
  },
  async (options) => {
    using lease = await condition.mutex.acquire(options)
    const notified = condition.wait(lease, options)
    condition.notify()
    await notified
  },
  async (options) => Promise.all([barrier.wait(options), barrier.wait(options)]),
  async (options) => {
    const deferred = new Deferred<number>()
    const result = deferred.wait(options)
    deferred.resolve(1)
    return result
  },
  async (options) => {
    const lease = await pool.acquire(options)
    const next = pool.acquire(options)
    lease.release()
    await using _lease = await next
  },
  async (options) => memo.get({}, options),
]

async function repeat(wait: Wait, times: number, options: WaitOptions): Promise<void> {
  for (let time = 0; time < times; time++) await wait(options)
}

function settledHeap(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

const MILLION = 1_000_000

const { signal } = new AbortController()
const options = { signal }
for (const wait of waits) await repeat(wait, 1000, options)
const before = settledHeap()
for (const wait of waits) await repeat(wait, MILLION / waits.length, options)
const grown = settledHeap() - before
await new Promise(setImmediate)
const listeners = getEventListeners(signal, 'abort').length
console.log(JSON.stringify({ waits: MILLION, grown, listeners }))
await pool.close()
