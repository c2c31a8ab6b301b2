import { Readable, Writable } from 'node:stream'

import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import type { CallOptions } from '@net/core'

import {
  againOf,
  bytesOf,
  commandOf,
  joined,
  mannerOf,
  planOf,
  takenBy,
  transferOf,
} from '../src/call-plans.ts'

test('what a verb makes of its arguments', () => {
  expect(transferOf('upload', 'a', true)).toMatchObject({ kind: 'transfer', target: 'a' })
  expect(commandOf('pwd', undefined, false)).toEqual({
    operation: 'pwd',
    kind: 'command',
    idempotent: false,
  })
  expect(mannerOf({ mode: 'ascii', verify: 'hash', rate: 5 })).toEqual({
    ascii: true,
    hash: true,
    rate: 5,
  })
  expect(planOf(Buffer.from('x'), 'a', {})).toMatchObject({ path: 'a', ascii: false, hash: false })
  expect(bytesOf('é')).toEqual(Buffer.from('é'))
})

test('a loop that was left aborts the call, as does the signal of the caller', () => {
  const [left, mine] = [new AbortController(), new AbortController()]
  const none: CallOptions = {}
  expect(joined(none, left.signal).signal).toBe(left.signal)
  const { signal } = joined({ signal: mine.signal }, left.signal)
  mine.abort()
  expect(signal?.aborted).toBe(true)
})

test('an attempt behind one that was begun goes on, where the source can be read again', () => {
  const again = againOf(Buffer.from('x'), { rate: 5 })
  expect(again.next()).toEqual({ options: { rate: 5 }, isRepeat: false })
  again.begun()
  expect(again.next()).toEqual({ options: { rate: 5, resume: true }, isRepeat: true })
  for (const options of [{ mode: 'ascii' }, { verify: 'hash' }, { resume: true }] as const) {
    const other = againOf(Buffer.from('x'), options)
    other.begun()
    expect(other.next()).toEqual({ options, isRepeat: false })
  }
  expect(againOf((async function* () {})(), {}).idempotent).toBe(false)
})

test('a path that is none, or two commands, is refused with the name of the call', () => {
  const check = (): number => 1
  expect(takenBy('size', { path: 'a' }, 'utf8', check)).toBe(1)
  expect(() => takenBy('size', { path: '' }, 'utf8', check)).toThrow('path')
  expect(() => takenBy('size', { path: 'a\r\nb' }, 'utf8', check)).toThrow('line break')
})

test('a stream belongs to the call that was given it, also where that refuses its path', async () => {
  await using server = await startFtpServer()
  await using client = await connect(server.url)
  const calls = [
    [new Readable({ read() {} }), (stream: never) => client.upload(stream, 'a\r\nb')],
    [new Readable({ read() {} }), (stream: never) => client.append(stream, '')],
    [new Readable({ read() {} }), (stream: never) => client.files().write('../a', stream)],
    [new Writable(), (stream: never) => client.download('', stream)],
  ] as const
  for (const [stream, call] of calls) {
    await expect(call(stream as never)).rejects.toMatchObject({ retry: 'never' })
    expect(stream.listenerCount('error')).toBeGreaterThan(0)
    stream.destroy(new Error('of no interest any more'))
  }
  expect(server.received.filter((line) => line.startsWith('APPE'))).toEqual([])
})
