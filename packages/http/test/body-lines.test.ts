import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { readLines } from '../src/body-lines.ts'
import { ReceivedBody } from '../src/body.ts'

const rules = { most: 1000, mostJson: 1000, context: { protocol: 'http' } }

function open(): ReceivedBody {
  return new ReceivedBody({ pause() {}, resume() {}, abandon() {} }, undefined, Infinity)
}

function bodyOf(...chunks: readonly string[]): ReceivedBody {
  const body = open()
  for (const chunk of chunks) body.push(Buffer.from(chunk))
  body.end()
  return body
}

test('lines end with LF, CRLF or CR, wherever the chunks are cut', async () => {
  const text = 'one\r\ntwo\nthree\rfour\n\nfive'
  const expected = ['one', 'two', 'three', 'four', '', 'five']
  for (let cut = 0; cut <= text.length; cut++) {
    const body = bodyOf(text.slice(0, cut), text.slice(cut))
    expect(await Array.fromAsync(readLines(body, 'utf-8', rules))).toEqual(expected)
  }
  expect(await Array.fromAsync(readLines(bodyOf('a\r', '\nb'), 'utf-8', rules))).toEqual(['a', 'b'])
  expect(await Array.fromAsync(readLines(bodyOf('a\n'), 'utf-8', rules))).toEqual(['a'])
  expect(await Array.fromAsync(readLines(bodyOf('a\r', '\r', 'b\r'), 'utf-8', rules))).toEqual([
    'a',
    '',
    'b',
  ])
})

test('a long line that comes in many chunks costs no more than its length', async () => {
  const chunk = Buffer.alloc(100, 'x')
  async function* chunks(): AsyncGenerator<Uint8Array, undefined> {
    for (let sent = 0; sent < 50_000; sent++) yield chunk
    yield Buffer.from('\nlast')
  }
  const body = {
    size: undefined,
    closed: Promise.resolve(undefined),
    cancel() {},
    [Symbol.asyncIterator]: chunks,
  }
  // With each chunk looked through again from the beginning of the line this would take minutes.
  const lines = await Array.fromAsync(readLines(body, 'utf-8', { ...rules, most: Infinity }))
  expect(lines.map(({ length }) => length)).toEqual([5_000_000, 4])
})

test('lines that are left while they wait give the body up at once', async () => {
  const body = open()
  const lines = readLines(body, 'utf-8', rules)
  const waiting = lines.next()
  await Promise.resolve()
  expect(await lines.return(undefined)).toEqual({ done: true, value: undefined })
  expect(await waiting).toEqual({ done: true, value: undefined })
  expect(await body.closed).toBeUndefined()
})

test('characters survive any cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.nat(), async (text, at) => {
      const bytes = Buffer.from(text.replaceAll(/[\r\n]/g, ' '))
      const cut = bytes.length === 0 ? 0 : at % bytes.length
      const body = open()
      body.push(bytes.subarray(0, cut))
      body.push(bytes.subarray(cut))
      body.end()
      const lines = await Array.fromAsync(readLines(body, 'utf-8', rules))
      expect(lines.join('')).toBe(new TextDecoder().decode(bytes))
    }),
  )
})

test('a line without end is refused', async () => {
  const body = bodyOf('x'.repeat(1001))
  await expect(Array.fromAsync(readLines(body, 'utf-8', rules))).rejects.toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 1000,
  })
})
