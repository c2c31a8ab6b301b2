import { ByteQueue } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { BodyNotes, type UselessBody } from '../../src/proxy/refusal-body.ts'
import { bytes } from '../support.ts'

function bodyOf(lines: readonly string[], isHttp10 = false): UselessBody | undefined {
  const notes = new BodyNotes()
  for (const line of lines) notes.note(line)
  return notes.body(isHttp10)
}

test.each<[lines: string[], isHttp10: boolean, ends: boolean]>([
  [['Content-Length: 0'], false, true],
  [['content-length:65536'], false, true],
  [['Content-Length: 65537'], false, false],
  [['Content-Length: 5', 'Connection: close'], false, false],
  [['Content-Length: 5', 'Proxy-Connection: Close'], false, false],
  [['Content-Length: 5'], true, false],
  [['Content-Length: 5', 'Proxy-Connection: Keep-Alive'], true, true],
  [['Content-Length: 5', 'Content-Length: 6'], false, false],
  [['Content-Length: five'], false, false],
  [['Content-Length: 5', 'Transfer-Encoding: chunked'], false, false],
  [['Transfer-Encoding: Chunked'], false, true],
  [['Transfer-Encoding: gzip, chunked'], false, false],
  [['X: y'], false, false],
])('%j, of HTTP/1.0 %s: it ends before the connection %s', (lines, isHttp10, ends) => {
  expect(bodyOf(lines, isHttp10) !== undefined).toBe(ends)
})

/** Gives the text in pieces, and says what came of it, and what was left. */
function skip(body: UselessBody, text: string, size: number): [state: string, left: number] {
  const queue = new ByteQueue()
  let state = 'more'
  for (let at = 0; at < text.length && state === 'more'; at += size) {
    queue.push(bytes(text.slice(at, at + size)))
    state = body.skip(queue)
  }
  return [state, queue.length]
}

test.each([
  ['Content-Length: 5', 'abcde', 'over'],
  ['Content-Length: 5', 'abcd', 'more'],
  ['Transfer-Encoding: chunked', '3\r\nabc\r\nA ;x=y\r\n0123456789\r\n0\r\nx: y\r\n\r\n', 'over'],
  ['Transfer-Encoding: chunked', '3\r\nabc\r\n0\r\n', 'more'],
  ['Transfer-Encoding: chunked', 'three\r\nabc', 'lost'],
  ['Transfer-Encoding: chunked', `3;${'x'.repeat(5000)}`, 'lost'],
  ['Transfer-Encoding: chunked', `ffff\r\n${'x'.repeat(65_535)}\r\n1\r\nx\r\n`, 'lost'],
])('%s, then %j: %s', (line, text, expected) => {
  for (const size of [1, 2, 7, text.length]) {
    const body = bodyOf([line])
    expect(skip(body!, text, size)[0]).toBe(expected)
  }
})

test('what is behind the body stays', () => {
  expect(skip(bodyOf(['Content-Length: 2'])!, 'abHTTP', 6)).toEqual(['over', 4])
})
