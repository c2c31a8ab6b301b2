import { PassThrough } from 'node:stream'

import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { SocketInput } from '../src/socket-input.ts'
import type { ByteReceiver } from '../src/transport.ts'
import { failure, latin1 } from './support.ts'

test('a receiver gets what was read ahead first, then what arrives, then the end, once', async () => {
  const { stream, input } = reading()
  const first = input.read()
  stream.write('a')
  await first
  stream.write('bc')
  await turn()
  const receiver = new Listener()
  const inflow = input.deliver(receiver)
  stream.write('de')
  await turn()
  stream.end()
  await turn()
  inflow.resume()
  expect(receiver.heard).toEqual(['bc', 'de', 'end'])
})

test('a receiver without room gets nothing until it resumes', async () => {
  const { stream, input } = reading()
  const receiver = new Listener(1)
  const inflow = input.deliver(receiver)
  for (const text of ['a', 'b', 'c']) {
    stream.write(text)
    await turn()
  }
  stream.end()
  await turn()
  expect(receiver.heard).toEqual(['a'])
  receiver.room = 3
  inflow.resume()
  await turn()
  expect(receiver.heard).toEqual(['a', 'b', 'c', 'end'])
})

test('stopped, the receiver gets nothing more, and reads go on where it was', async () => {
  const { stream, input } = reading()
  const receiver = new Listener()
  const inflow = input.deliver(receiver)
  stream.write('a')
  await turn()
  void inflow.stop()
  stream.write('b')
  expect(latin1(await input.read())).toBe('b')
  expect(receiver.heard).toEqual(['a'])
})

test('one that is stopped while it has no room does not hold up the reads behind it', async () => {
  const { stream, input } = reading()
  const inflow = input.deliver(new Listener(1))
  stream.write('a')
  await turn()
  void inflow.stop()
  stream.write('b')
  expect(latin1(await input.read())).toBe('b')
})

test('a loss is told after what has arrived before it', async () => {
  const { stream, input } = reading()
  const receiver = new Listener(1)
  const inflow = input.deliver(receiver)
  stream.write('a')
  await turn()
  input.leave()
  receiver.room = 2
  inflow.resume()
  expect(receiver.heard).toEqual(['a', 'NET_CONN_RESET'])
})

test('[SOCK-30] while a read waits nothing is delivered, and the other way round', async () => {
  const { stream, input } = reading()
  const read = input.read()
  expect(() => input.deliver(new Listener())).toThrow(/another read/)
  stream.write('a')
  await read
  input.deliver(new Listener())
  expect((await failure(input.read())).code).toBe('NET_BUSY')
})

test('what is read into memory of the receiver is handed over where it is', () => {
  const { input } = reading()
  const memory = new Uint8Array(8)
  const receiver = new Listener(9, memory)
  input.deliver(receiver)
  expect(input.memory()).toBe(memory)
  memory.set([1, 2, 3])
  input.filled(memory, 3, false)
  expect(receiver.chunks[0]?.buffer).toBe(memory.buffer)
})

test('a plain socket has memory of the receiver for the first read after a pause', () => {
  const { input } = reading(true)
  const memory = new Uint8Array(8)
  const receiver = new Listener(1, memory)
  const inflow = input.deliver(receiver)
  input.memory()
  expect(input.filled(memory, 1, false)).toBe(false)
  expect(input.memory()).toBe(memory)
  receiver.room = 3
  inflow.resume()
  input.filled(memory, 3, false)
  expect(receiver.chunks[1]?.buffer).toBe(memory.buffer)
})

test('what has more to give while it is paused has none', () => {
  const { input } = reading(false)
  const memory = new Uint8Array(8)
  input.deliver(new Listener(1, memory))
  input.memory()
  input.filled(memory, 1, false)
  expect(input.memory()).toBeUndefined()
})

test('what was read into memory of a receiver that has been stopped is copied', async () => {
  const { input } = reading()
  const memory = new Uint8Array(8)
  const inflow = input.deliver(new Listener(9, memory))
  input.memory()
  void inflow.stop()
  memory.set([1, 2, 3])
  input.filled(memory, 3, false)
  memory.fill(9)
  expect(await input.read()).toEqual(Buffer.from([1, 2, 3]))
})

class Listener implements ByteReceiver {
  room: number
  readonly heard: string[] = []
  readonly chunks: Uint8Array[] = []
  readonly #memory: Uint8Array | undefined

  constructor(room = Infinity, memory?: Uint8Array) {
    this.room = room
    this.#memory = memory
  }

  arrived(chunk: Uint8Array): boolean {
    this.chunks.push(chunk)
    this.heard.push(latin1(chunk))
    return this.chunks.length < this.room
  }

  ended(): void {
    this.heard.push('end')
  }

  lost(error: { readonly code: string }): void {
    this.heard.push(error.code)
  }

  memory(): Uint8Array | undefined {
    return this.#memory
  }
}

function reading(isPlain = false) {
  const stream = new PassThrough()
  const lost = () => netError('NET_CONN_RESET', { message: 'cut' })
  const input = new SocketInput(stream, isPlain, lost)
  return { stream, input }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
