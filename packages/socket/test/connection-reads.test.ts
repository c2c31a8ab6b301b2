import { connect, listen, overTransport, type Connection } from '@net/socket'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failure, latin1 } from './support.ts'

function pair(): [Connection, Connection] {
  const [one, two] = memoryPair()
  return [overTransport(one), overTransport(two)]
}

test('[SOCK-19] a read fills memory of the caller, as far as there is room', async () => {
  const [ours, theirs] = pair()
  await theirs.write('hello world')
  await theirs.end()
  const memory = new Uint8Array(8)
  expect(await ours.readInto(memory)).toBe(8)
  expect(latin1(memory)).toBe('hello wo')
  expect(await ours.readInto(memory)).toBe(3)
  expect(latin1(memory.subarray(0, 3))).toBe('rld')
  expect(await ours.readInto(memory)).toBe(0)
})

test('[SOCK-19] memory is filled over TCP, and what was not read stays', async () => {
  await using server = await listen('tcp://127.0.0.1:0', async (connection) => {
    for (let times = 0; times < 100; times++) await connection.write('0123456789')
  })
  await using connection = await connect(server.url)
  const memory = Buffer.alloc(7)
  let text = ''
  for (let size = 1; size > 0;) {
    size = await connection.readInto(memory)
    text += latin1(memory.subarray(0, size))
  }
  expect(text).toBe('0123456789'.repeat(100))
})

test('a read into memory that times out consumes nothing and leaves the memory alone', async () => {
  const [ours, theirs] = pair()
  const memory = new Uint8Array(4)
  expect((await failure(ours.readInto(memory, { timeout: 5 }))).code).toBe('NET_TIMEOUT_TOTAL')
  await theirs.write('abc')
  expect(latin1(await ours.read())).toBe('abc')
  expect(memory).toEqual(new Uint8Array(4))
})

test('memory without room is refused, because its 0 would pass for the end', async () => {
  const [ours] = pair()
  expect((await failure(ours.readInto(new Uint8Array(0)))).code).toBe('NET_BAD_OPTION')
})

test('[SOCK-18] peek waits for so many bytes and takes none', async () => {
  const [ours, theirs] = pair()
  const peeked = ours.peek(4)
  await theirs.write('GE')
  await theirs.write('T /')
  expect(latin1(await peeked)).toBe('GET ')
  expect(latin1(await ours.readExactly(5))).toBe('GET /')
  await theirs.write('x')
  await theirs.end()
  expect(latin1(await ours.peek(4))).toBe('x')
  expect(latin1(await ours.readAll())).toBe('x')
  expect(latin1(await ours.peek(4))).toBe('')
})

test('what peek gives is a copy', async () => {
  const [ours, theirs] = pair()
  await theirs.write('abc')
  const copy = await ours.peek(2)
  copy.fill(0)
  expect(latin1(await ours.read())).toBe('abc')
})
