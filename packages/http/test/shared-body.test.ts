import { netError } from '@net/core/authoring'
import { expect, test } from 'vitest'

import type { HttpBody } from '../src/body.ts'
import { readerOf, type BodyReader } from '../src/shared-body.ts'

/** A body of these chunks, and whether it was let go. */
function bodyOf(chunks: readonly string[], error?: Error): HttpBody & { cancelled: boolean } {
  return {
    size: undefined,
    closed: Promise.resolve(undefined),
    cancelled: false,
    cancel() {
      this.cancelled = true
    },
    async *[Symbol.asyncIterator]() {
      for (const chunk of chunks) yield Buffer.from(chunk)
      if (error !== undefined) throw error
    },
  }
}

async function restOf(reader: BodyReader): Promise<string> {
  let text = ''
  for (let next = await reader.next(); next !== undefined; next = await reader.next())
    text += Buffer.from(next).toString()
  return text
}

test('each reads all, at its own pace and at once', async () => {
  const first = readerOf(bodyOf(['ab', 'c', 'de']), 10)
  const second = first.fork()
  expect(Buffer.from((await first.next())!).toString()).toBe('ab')
  const third = second.fork()
  expect(await Promise.all([first, second, third].map(restOf))).toEqual(['cde', 'abcde', 'abcde'])
  expect(await second.next()).toBeUndefined()
})

test('beyond the limit the one that does not read fails, and the one that reads goes on', async () => {
  const first = readerOf(bodyOf(['abc', 'def', 'ghi']), 5)
  const slow = first.fork()
  expect(await restOf(first)).toBe('abcdefghi')
  await expect(slow.next()).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 5 })
  for (const late of [slow, slow.fork()])
    await expect(late.next()).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT' })
  // What is longer than the limit by itself does not wait for one that reads.
  const eager = readerOf(bodyOf(['abc', 'def']), 2)
  expect(await restOf(eager)).toBe('abcdef')
})

test('an error is that of all, behind what came before it', async () => {
  const error = netError('NET_CONN_RESET', { message: 'reset' })
  const first = readerOf(bodyOf(['ab'], error), 10)
  const second = first.fork()
  await expect(restOf(first)).rejects.toBe(error)
  expect(Buffer.from((await second.next())!).toString()).toBe('ab')
  await expect(second.next()).rejects.toBe(error)
})

test('the body is let go once nobody reads it', () => {
  const body = bodyOf(['ab'])
  const first = readerOf(body, 10)
  const second = first.fork()
  first.cancel()
  first.cancel()
  expect(body.cancelled).toBe(false)
  second.cancel()
  expect(body.cancelled).toBe(true)
})
