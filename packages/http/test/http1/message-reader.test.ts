import { expect, test } from 'vitest'

import type { Framing } from '../../src/http1/framing.ts'
import { MessageReader } from '../../src/http1/message-reader.ts'

import { bytes } from './heard.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n\r\n'

function reading(framing: Framing | 'interim' | 'switched'): {
  reader: MessageReader
  heard: string[]
} {
  const heard: string[] = []
  const reader = new MessageReader(
    { what: 'response', lenient: false, limit: 100 },
    {
      headed: () => (heard.push('head'), framing),
      arrived: (chunk) => void heard.push(chunk.toString('latin1')),
      ended: (trailers) => void heard.push(['end', ...trailers].join(' ')),
      beyond: (rest) => void heard.push(`beyond ${rest.toString('latin1')}`),
    },
  )
  reader.begin()
  return { reader, heard }
}

test.each<[Framing | 'switched', string, string[]]>([
  [0, 'rest', ['head', 'end', 'beyond rest']],
  [3, 'abcrest', ['head', 'abc', 'end', 'beyond rest']],
  ['chunked', '3\r\nabc\r\n0\r\na: 1\r\n\r\nrest', ['head', 'abc', 'end a 1', 'beyond rest']],
  ['close', 'abc', ['head', 'abc']],
  ['switched', 'abc', ['head', 'beyond abc']],
])('a body with framing %s ends where it says', (framing, body, events) => {
  const { reader, heard } = reading(framing)
  reader.read(bytes(HEAD + body))
  expect(heard).toEqual(events)
})

test('another head follows an interim one', () => {
  const { reader, heard } = reading('interim')
  reader.read(bytes(HEAD + HEAD))
  expect(heard).toEqual(['head', 'head'])
  expect(reader.isWithin).toBe(false)
})

test('the end of the connection is the end of a body only where nothing else is', () => {
  const open = reading('close')
  open.reader.read(bytes(`${HEAD}abc`))
  open.reader.finish()
  expect(open.heard).toEqual(['head', 'abc', 'end'])
  for (const [framing, body] of [
    [5, 'abc'],
    ['chunked', '3\r\nab'],
    ['chunked', '0\r\n'],
  ] as const) {
    const { reader } = reading(framing)
    reader.read(bytes(HEAD + body))
    expect(reader.isWithin).toBe(true)
    expect(() => reader.finish()).toThrow(expect.objectContaining({ code: 'NET_PROTO_INCOMPLETE' }))
  }
})

test('between two messages the connection may end', () => {
  const { reader } = reading(0)
  reader.finish()
  reader.read(bytes(HEAD))
  reader.finish()
  expect(reader.isWithin).toBe(false)
})

test('a body of known length is not copied', () => {
  const { reader } = reading(3)
  const taken: Buffer[] = []
  const other = new MessageReader(
    { what: 'response', lenient: false, limit: 100 },
    { headed: () => 3, arrived: (chunk) => void taken.push(chunk), ended() {}, beyond() {} },
  )
  other.begin()
  const whole = bytes(`${HEAD}abc`)
  other.read(whole)
  expect(taken[0]?.buffer).toBe(whole.buffer)
  expect(reader.isWithin).toBe(false)
})
