import { expect, test } from 'vitest'

import { EventStream, type ServerSentEvent } from '../src/event-stream.ts'

/** `type id data` of each event. */
function eventsIn(chunks: readonly string[], stream = new EventStream(1000)): string[] {
  const short = ({ type, lastEventId, data }: ServerSentEvent): string =>
    `${type} ${lastEventId} ${data}`
  return chunks.flatMap((chunk) => Array.from(stream.feed(chunk), short))
}

const TEXT =
  ': a comment\ndata: one\n\nid: 1\nevent: note\ndata:two\ndata:  lines\n\ndata\n\nid: 2\n\nfoo: bar\ndata: {"a":"\u2028\f"}\n\nid\ndata: none\n\ndata: cut'
const EVENTS = [
  'message  one',
  'note 1 two\n lines',
  'message 1 ',
  'message 2 {"a":"\u2028\f"}',
  'message  none',
]

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('events are the same with %s, wherever the text is cut', (_, end) => {
  const text = TEXT.replaceAll('\n', end)
  expect(eventsIn([text])).toEqual(EVENTS)
  for (let cut = 0; cut <= text.length; cut++)
    expect(eventsIn([text.slice(0, cut), text.slice(cut)])).toEqual(EVENTS)
  expect(eventsIn(text.split(''))).toEqual(EVENTS)
})

test('an event that CR ends does not wait for what follows', () => {
  expect(eventsIn(['data: now\r\r'])).toEqual(['message  now'])
  const stream = new EventStream(1000)
  expect(eventsIn(['data: a\r\n\r', '\ndata: b\r\n\r\n'], stream)).toEqual([
    'message  a',
    'message  b',
  ])
})

test('an id counts once its block has ended, with or without data, and stays', () => {
  const stream = new EventStream(1000, 'first')
  expect(eventsIn(['data: x\n\n'], stream)).toEqual(['message first x'])
  eventsIn(['id: 7\n'], stream)
  expect(stream.lastEventId).toBe('first')
  eventsIn(['\n'], stream)
  expect(stream.lastEventId).toBe('7')
  eventsIn(['id: 8\0\ndata: x\n\nid: 9\ndata: cut off'], stream)
  expect(stream.lastEventId).toBe('7')
})

test('an id that no field of a request can say back is none, as one with NUL', () => {
  const stream = new EventStream(1000)
  const ids = ['first', 'a\0b', 'a\x01b', 'a\x7f', 'a\x85', 'tab\tbed', '']
  const text = ids.map((id) => `id: ${id}\ndata\n\n`).join('')
  expect(Array.from(stream.feed(text), ({ lastEventId }) => lastEventId)).toEqual([
    ...Array(5).fill('first'),
    'tab\tbed',
    '',
  ])
})

test('a wait is digits, and the last one counts', () => {
  const stream = new EventStream(1000)
  eventsIn(['retry: 5000\nretry: 1e3\nretry: -1\nretry:\n'], stream)
  expect(stream.retry).toBe(5000)
})

test('[H-HTTP-34] a line or an event that is too long is refused as soon as it is', () => {
  const limit = expect.objectContaining({ code: 'NET_PROTO_LIMIT', limit: 1000 }) as Error
  expect(() => eventsIn(['data: ', 'x'.repeat(995)])).toThrow(limit)
  expect(() => eventsIn(Array.from({ length: 200 }, () => 'data: 12345\n'))).toThrow(limit)
  const comments = Array.from({ length: 200 }, () => ': 1234567890\n')
  expect(eventsIn([...comments, 'data: x\n\n'])).toEqual(['message  x'])
})
