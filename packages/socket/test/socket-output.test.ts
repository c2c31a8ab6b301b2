import { Duplex } from 'node:stream'

import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { SocketOutput } from '../src/socket-output.ts'
import { failure } from './support.ts'

test('a first write that the kernel has taken in the call resolves, and needs no copy', async () => {
  const { output, taken } = writing({ takes: true })
  const bytes = Buffer.from('one')
  await output.write([bytes])
  expect(taken).toEqual([bytes])
  expect(taken[0]?.buffer).toBe(bytes.buffer)
})

test('a first write that the kernel has not taken waits, and the next ones go behind it', async () => {
  const { output, taken, take } = writing({ takes: false })
  let isDone = false
  const first = output.write([Buffer.from('one')]).then(() => {
    isDone = true
  })
  await output.write([Buffer.from('two')])
  expect([isDone, String(taken)]).toEqual([false, 'one'])
  take()
  await first
  await output.flush()
  expect(String(Buffer.concat(taken))).toBe('onetwo')
})

test('a write that answers what has arrived leaves at once, one that answers nothing with its tick', async () => {
  const { output, taken, hear } = writing({ takes: true })
  await output.write([Buffer.from('1')])
  await output.write([Buffer.from('2')])
  hear()
  await output.write([Buffer.from('3')])
  expect(String(taken)).toBe('1')
  await new Promise((resolve) => process.nextTick(resolve))
  expect(String(Buffer.concat(taken))).toBe('123')
  for (const answer of ['4', '5']) {
    hear()
    await output.write([Buffer.from(answer)])
  }
  expect(String(Buffer.concat(taken))).toBe('12345')
})

test('a write that waits is refused when the stream is gone', async () => {
  const { output } = writing({ takes: false })
  const first = failure(output.write([Buffer.from('one')]))
  output.leave()
  expect((await first).code).toBe('NET_CONN_RESET')
  expect((await failure(output.write([Buffer.from('two')]))).code).toBe('NET_CONN_RESET')
})

test('a flush behind a write that has failed fails, before the stream tells its failure', async () => {
  const stream = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => done(new Error('the disk is full')),
  }).on('error', () => {})
  const lost = () => netError('NET_CONN_RESET', { message: 'lost' })
  const output = new SocketOutput(stream, false, lost, { received: 0 })
  await output.write([Buffer.from('one')])
  const first = failure(output.flush())
  await new Promise((resolve) => process.nextTick(resolve))
  expect((await first).code).toBe('NET_CONN_RESET')
})

function writing({ takes }: { readonly takes: boolean }) {
  const taken: Uint8Array[] = []
  let isTaking = takes
  let waiting: (() => void) | undefined
  const stream = new Duplex({
    read() {},
    write(chunk: Uint8Array, _encoding, done) {
      taken.push(chunk)
      if (isTaking) done()
      else waiting = done
    },
  })
  const lost = () => netError('NET_CONN_RESET', { message: 'cut' })
  const input = { received: 0 }
  const output = new SocketOutput(stream, true, lost, input)
  const hear = (): void => {
    input.received += 1
  }
  const take = (): void => {
    isTaking = true
    waiting?.()
  }
  return { output, taken, take, hear }
}
