import type { NetError } from '@net/core'
import { limitsFor } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { overTransport, type Connection } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { ReadSide } from '../src/read-side.ts'
import { exactBytes, lineOf, someBytes, type ReadRule } from '../src/reads.ts'
import { bytes, failure, latin1 } from './support.ts'

test('[SOCK-24] a read that times out or is aborted consumes nothing', async () => {
  using clock = useFakeClock()
  const { reads, theirs } = side()
  await theirs.write([bytes('half a li')])
  const late = failure(reads.run('readLine', line, { timeout: 1000 }))
  await clock.advance(1000)
  expect(await late).toMatchObject({
    code: 'NET_TIMEOUT_TOTAL',
    operation: 'readLine',
    phase: 'receive',
  })
  const controller = new AbortController()
  const aborted = failure(reads.run('readLine', line, { signal: controller.signal }))
  controller.abort('not now')
  expect(await aborted).toMatchObject({ code: 'NET_ABORTED', cause: 'not now' })
  await theirs.write([bytes('ne\n')])
  expect(await reads.run('readLine', line, undefined)).toBe('half a line')
  expect(clock.timers).toBe(0)
})

test('[H-SOCK-11] a peer that drips is silent, one that sends is not', async () => {
  using clock = useFakeClock()
  const { reads, theirs } = side({ idle: 1000 })
  const dripping = failure(reads.run('readExactly', exactBytes(5000), undefined))
  for (let sent = 0; sent < 9; sent++) {
    await theirs.write([bytes('x')])
    await clock.advance(100)
  }
  await clock.advance(100)
  expect(await dripping).toMatchObject({ code: 'NET_TIMEOUT_IDLE', limit: 1000 })
  const flowing = reads.run('readExactly', exactBytes(5000), undefined)
  for (let sent = 9; sent < 5000; sent += 1000) {
    await clock.advance(900)
    await theirs.write([new Uint8Array(1100)])
  }
  expect((await flowing).length).toBe(5000)
})

test('a call may have a limit on silence of its own', async () => {
  using clock = useFakeClock()
  const { reads } = side({ idle: 1000 })
  const call = failure(reads.run('read', someBytes(1), { timeout: { idle: 10 } }))
  await clock.advance(10)
  expect(await call).toMatchObject({ code: 'NET_TIMEOUT_IDLE', limit: 10 })
  expect(clock.timers).toBe(0)
})

test('[SOCK-30] two reads at once are refused, and the first one goes on', async () => {
  const { reads, theirs } = side()
  const first = reads.run('read', someBytes(10), undefined)
  expect((await failure(reads.run('read', someBytes(10), undefined))).code).toBe('NET_BUSY')
  expect(() => reads.unread(bytes('x'))).toThrow(/a read is waiting/)
  await theirs.write([bytes('mine')])
  expect(latin1(await first)).toBe('mine')
})

test('bytes that were put back are read first', async () => {
  const { reads, theirs } = side()
  await theirs.write([bytes('world')])
  reads.unread(bytes('hello '))
  expect(latin1(await reads.run('readExactly', exactBytes(11), undefined))).toBe('hello world')
})

test('what came before a loss can be read, then every read says the loss', async () => {
  const { reads, theirs, lost } = side()
  await theirs.write([bytes('one')])
  await new Promise((resolve) => setImmediate(resolve))
  theirs.abort()
  expect(latin1(await reads.run('read', someBytes(9), undefined))).toBe('one')
  for (const _ of [1, 2]) {
    expect((await failure(reads.run('read', someBytes(9), undefined))).code).toBe('NET_CONN_RESET')
  }
  expect(lost.map(({ code }) => code)).toEqual(['NET_CONN_RESET'])
})

test('a transport that fails with an error of its own is a defect', async () => {
  const [ours] = memoryPair()
  const broken = { ...ours, info: ours.info, read: () => Promise.reject(new Error('own words')) }
  const spec = { limits: limitsFor('session', undefined), context: {}, lost: () => {} }
  const reads = new ReadSide(Object.assign(broken, { read: broken.read }) as typeof ours, spec)
  const error = await failure(reads.run('read', someBytes(1), undefined))
  expect([error.code, (error.cause as Error).message]).toEqual(['NET_INTERNAL', 'own words'])
})

test('shut, it ends the waiting read and refuses the next ones, also for what is there', async () => {
  const { reads, theirs } = side()
  const waiting = failure(reads.run('readLine', line, undefined))
  await theirs.write([bytes('half')])
  reads.shut(closed('now'), () => closed('later'))
  expect((await waiting).message).toContain('now')
  expect((await failure(reads.run('read', someBytes(9), undefined))).message).toContain('later')
  expect(() => reads.unread(bytes('x'))).toThrow(/later/)
})

test('released, it gives what it has and what it was waiting for', async () => {
  const { reads, theirs, ours } = side()
  await theirs.write([bytes('unread')])
  await new Promise((resolve) => setImmediate(resolve))
  expect([reads.busy, reads.buffered]).toEqual([false, 6])
  const leftover = reads.release()
  expect([latin1(leftover.bytes), leftover.ended, leftover.pulling]).toEqual([
    'unread',
    false,
    undefined,
  ])
  reads.attach(ours)
  const { pulling } = reads.release()
  await theirs.write([bytes('late')])
  expect(latin1((await pulling) ?? null)).toBe('late')
})

const line: ReadRule<string | null> = (queue, ended) => lineOf(100, 'utf8')(queue, ended)

function closed(message: string): NetError {
  return Object.assign(new Error(message), { code: 'NET_CLOSED' }) as NetError
}

function side(timeout?: { readonly idle: number }) {
  const [ours, theirs] = memoryPair()
  const lost: NetError[] = []
  const reads = new ReadSide(ours, {
    limits: limitsFor('session', timeout),
    context: { protocol: 'memory' },
    lost: (error) => void lost.push(error),
  })
  return { reads, ours, theirs, lost }
}

/** The stack of the error with which the call fails. */
async function theCaller(call: () => Promise<unknown>): Promise<readonly string[]> {
  const error = await failure(call)
  return error.stack?.split('\n').slice(1) ?? []
}

const calls: readonly (readonly [string, (connection: Connection) => Promise<unknown>])[] = [
  ['read', (connection) => connection.read()],
  ['readExactly', (connection) => connection.readExactly(9)],
  ['readLine', (connection) => connection.readLine()],
  ['readText', (connection) => connection.readText()],
  ['lines', (connection) => Array.fromAsync(connection.lines())],
  ['chunks', (connection) => Array.fromAsync(connection)],
  ['write', (connection) => connection.write(new Uint8Array(1 << 20))],
  [
    'flush',
    (connection) => {
      void connection.write(new Uint8Array(1 << 20))
      return connection.flush()
    },
  ],
]

test.each(calls)(
  'the stack of an error of %s names the line that waited for it',
  async (_name, call) => {
    const [one, other] = memoryPair({ capacity: 1024 })
    const connection = overTransport(one)
    const waiting = theCaller(() => call(connection))
    setImmediate(() => connection.abort())
    const [first] = await waiting
    expect(first).toContain('/socket/test/')
    const [refused] = await theCaller(() => call(connection))
    expect(refused).toContain('/socket/test/')
    other.abort()
  },
)

test('in a loop over lines or chunks any byte begins the limit on silence anew, in a single read 1 KiB', async () => {
  using clock = useFakeClock()
  const [ours, theirs] = memoryPair()
  const connection = overTransport(ours, { defaults: { timeout: { idle: 1000 } } })
  const drip = async (last: string): Promise<void> => {
    for (const byte of ['.', '.', '.', last]) {
      await clock.advance(900)
      await theirs.write([bytes(byte)])
    }
  }
  const lines = connection.lines()[Symbol.asyncIterator]()
  const line = lines.next()
  await drip('\n')
  expect((await line).value).toBe('...')
  const silent = failure(lines.next())
  await clock.advance(1000)
  expect((await silent).message).toContain('nothing arrived within 1000 ms (timeout.idle)')
  const single = failure(connection.readLine())
  await drip('\n')
  expect((await single).message).toContain('less than 1 KiB arrived within 1000 ms')
  const seen: number[] = []
  const chunks = (async () => {
    for await (const chunk of connection) seen.push(chunk.length)
  })()
  await drip('.')
  await theirs.end()
  await chunks
  expect(seen.reduce((all, size) => all + size)).toBe(8)
})
