import { netError } from '@net/core/authoring'
import { useFakeClock } from '@net/core/testing'
import { expect, test } from 'vitest'

import { ReceivedBody, wholeBody } from '../src/body.ts'

function receiving(patience = Infinity): { body: ReceivedBody; flow: string[] } {
  const flow: string[] = []
  const body = new ReceivedBody(
    {
      pause: () => flow.push('pause'),
      resume: () => flow.push('resume'),
      abandon: () => flow.push('abandon'),
    },
    undefined,
    patience,
  )
  return { body, flow }
}

const bytes = (text: string): Uint8Array => Buffer.from(text)

test('chunks come out in order, before and after a read waits', async () => {
  const { body } = receiving()
  body.push(bytes('a'))
  const chunks = body[Symbol.asyncIterator]()
  expect(await chunks.next()).toEqual({ done: false, value: bytes('a') })
  const next = chunks.next()
  body.push(bytes('b'))
  expect(await next).toEqual({ done: false, value: bytes('b') })
  const last = chunks.next()
  body.end()
  expect(await last).toEqual({ done: true, value: undefined })
  expect(await body.closed).toBeUndefined()
})

test('the peer waits while 64 KiB are unread', async () => {
  const { body, flow } = receiving()
  body.push(new Uint8Array(65_535))
  expect(flow).toEqual([])
  body.push(new Uint8Array(1))
  expect(flow).toEqual(['pause'])
  const chunks = body[Symbol.asyncIterator]()
  await chunks.next()
  expect(flow).toEqual(['pause', 'resume'])
})

test('a body that is discarded while it is read does not pass for the whole', async () => {
  const waiting = receiving()
  const next = waiting.body[Symbol.asyncIterator]().next()
  waiting.body.cancel()
  await expect(next).rejects.toMatchObject({ code: 'NET_CLOSED', phase: 'receive' })
  const between = receiving()
  const chunks = between.body[Symbol.asyncIterator]()
  between.body.push(bytes('a'))
  await chunks.next()
  between.body.push(bytes('b'))
  between.body.end()
  between.body.cancel()
  await expect(chunks.next()).rejects.toMatchObject({ code: 'NET_CLOSED' })
  expect([await waiting.body.closed, await between.body.closed]).toEqual([undefined, undefined])
})

test('a body that is discarded when all of it was read, or by its reader, has just ended', async () => {
  const whole = receiving()
  const chunks = whole.body[Symbol.asyncIterator]()
  whole.body.push(bytes('a'))
  await chunks.next()
  whole.body.end()
  whole.body.cancel()
  expect(await chunks.next()).toEqual({ done: true, value: undefined })
  const left = receiving()
  const reader = left.body[Symbol.asyncIterator]()
  const next = reader.next()
  await reader.return?.()
  expect([await next, await reader.next()]).toEqual([
    { done: true, value: undefined },
    { done: true, value: undefined },
  ])
})

test('what came in before a failure can be read, then it throws', async () => {
  const { body } = receiving()
  const error = netError('NET_CONN_RESET', { message: 'gone' })
  body.push(bytes('a'))
  body.fail(error)
  const chunks = body[Symbol.asyncIterator]()
  expect((await chunks.next()).value).toEqual(bytes('a'))
  await expect(chunks.next()).rejects.toBe(error)
  expect(await body.closed).toBe(error)
  body.push(bytes('b'))
  body.end()
  expect(body.ended).toBe(true)
})

test('a body can be read once', () => {
  const body = wholeBody(bytes('a'))
  expect(body.takeWhole()).toEqual(bytes('a'))
  expect(() => body[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining({ code: 'NET_BODY_CONSUMED' }),
  )
  expect(() => body.takeWhole()).toThrow(expect.objectContaining({ code: 'NET_BODY_CONSUMED' }))
})

test('discarding a body frees the connection, without an error', async () => {
  const { body, flow } = receiving()
  body.push(bytes('a'))
  body.cancel()
  body.cancel()
  expect(flow).toEqual(['abandon'])
  expect(await body.closed).toBeUndefined()
})

test('leaving a loop gives the rest up', async () => {
  const { body, flow } = receiving()
  body.push(bytes('a'))
  body.push(bytes('b'))
  for await (const chunk of body) {
    expect(chunk).toEqual(bytes('a'))
    break
  }
  expect(flow).toEqual(['abandon'])
})

test('a body that is not read is discarded in time, one that is read is not', async () => {
  using clock = useFakeClock()
  const forgotten = receiving(1000)
  const read = receiving(1000)
  for (const { body } of [forgotten, read]) body.push(new Uint8Array(70_000))
  const chunks = read.body[Symbol.asyncIterator]()
  await clock.advance(1000)
  expect(await forgotten.body.closed).toMatchObject({ code: 'NET_TIMEOUT_IDLE', limit: 1000 })
  expect(forgotten.flow).toEqual(['pause', 'abandon'])
  expect(read.flow).toEqual(['pause'])
  expect((await chunks.next()).value).toHaveLength(70_000)
})

test('a body that comes byte by byte is held in few chunks', async () => {
  const { body } = receiving()
  for (let count = 0; count < 60_000; count++) body.push(Uint8Array.of(count & 0xff))
  body.end()
  const chunks = await Array.fromAsync(body)
  expect(chunks.length).toBeLessThan(10)
  expect(Buffer.concat(chunks).every((byte, at) => byte === (at & 0xff))).toBe(true)
})

test('each of several reads at once gets the next chunk, in order, and then the end', async () => {
  const { body } = receiving()
  const chunks = body[Symbol.asyncIterator]()
  const all = Promise.all([chunks.next(), chunks.next(), chunks.next(), chunks.next()])
  body.push(bytes('a'))
  body.push(bytes('b'))
  body.end()
  const values = (await all).map(({ value }) => value && Buffer.from(value).toString())
  expect(values).toEqual(['a', 'b', undefined, undefined])
})

test('all reads that wait throw what the body fails with', async () => {
  const { body } = receiving()
  const error = netError('NET_CONN_RESET', { message: 'gone' })
  const chunks = body[Symbol.asyncIterator]()
  const all = Promise.allSettled([chunks.next(), chunks.next()])
  body.fail(error)
  expect(await all).toEqual([
    { status: 'rejected', reason: error },
    { status: 'rejected', reason: error },
  ])
})

test('who asks late whether a body has closed is told', async () => {
  const { body } = receiving()
  const error = netError('NET_CONN_RESET', { message: 'gone' })
  body.fail(error)
  expect(await body.closed).toBe(error)
  expect(await wholeBody(bytes('a')).closed).toBeUndefined()
})

class Target {
  readonly taken: string[] = []
  room = true
  readonly own: Uint8Array = new Uint8Array(10)

  add(chunk: Uint8Array): boolean {
    this.taken.push(Buffer.from(chunk).toString())
    return this.room
  }

  memory(): Uint8Array {
    return this.own
  }
}

test('a body that is poured gives its target what came before and what comes, and its memory', async () => {
  const { body } = receiving()
  const target = new Target()
  body.push(Buffer.from('before'))
  expect(body.memory()).toBeUndefined()
  const poured = body.pour(target)
  expect(body.memory()).toBe(target.own)
  body.push(Buffer.from('after'))
  body.end()
  await poured
  expect(target.taken).toEqual(['before', 'after'])
  await expect(body.pour(target)).rejects.toMatchObject({ code: 'NET_BODY_CONSUMED' })
})

test('what is read as it comes is read into memory of its own, which no small chunk holds', async () => {
  const body = new ReceivedBody({ pause() {}, resume() {}, abandon() {} }, 200_000, Infinity)
  const loop = body[Symbol.asyncIterator]()
  const read = async (memory: Uint8Array, size: number): Promise<Uint8Array> => {
    memory.fill(size & 0xff, 0, size)
    body.push(memory.subarray(0, size))
    const { value } = await loop.next()
    expect(value).toEqual(Buffer.alloc(size, size & 0xff))
    return value!
  }
  const elsewhere = Buffer.alloc(65_536)
  expect(body.memory()).toBeUndefined()
  await read(elsewhere, 10)
  expect(body.memory()).toBeUndefined()
  await read(elsewhere, 65_000)
  const block = body.memory()!
  expect((await read(block, 60_000)).buffer).toBe(block.buffer)
  const next = body.memory()!
  expect(next.buffer).not.toBe(block.buffer)
  expect((await read(next, 20)).buffer).not.toBe(next.buffer)
  // It comes slowly by now.
  expect(body.memory()).toBeUndefined()
  await read(elsewhere, 65_000)
  // The rest is short.
  expect(body.memory()).toBeUndefined()
})

test('a target without room stops the flow, until it goes on', async () => {
  const { body, flow } = receiving()
  const target = new Target()
  target.room = false
  const poured = body.pour(target)
  body.push(Buffer.from('1'))
  body.push(Buffer.from('2'))
  expect(flow).toEqual(['pause'])
  body.goOn()
  expect(flow).toEqual(['pause', 'resume'])
  body.end()
  await poured
})

test('a body that is poured rejects when it is lost or given up', async () => {
  const lost = receiving().body
  const failed = lost.pour(new Target())
  lost.fail(netError('NET_PROTO_INCOMPLETE', { message: 'cut' }))
  await expect(failed).rejects.toMatchObject({ code: 'NET_PROTO_INCOMPLETE' })
  const left = receiving().body
  const discarded = left.pour(new Target())
  left.cancel()
  await expect(discarded).rejects.toMatchObject({ code: 'NET_CLOSED' })
})
