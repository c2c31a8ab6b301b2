import { expect, test } from 'vitest'

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
