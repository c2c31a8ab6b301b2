import { jsonLines } from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { bytes, latin1, thrown } from '../support.ts'
import { roundTrip } from './round-trip.ts'

test('[SOCK-25] values go out as JSON, one a line; null is a value, and blank lines are none', () => {
  const codec = jsonLines<{ readonly a: number } | null>()
  expect(latin1(codec.encode({ a: 1 }))).toBe('{"a":1}\n')
  expect(codec.decode(bytes('{"a":1}\r\n\n  \nnull\n{"a"'))).toEqual([{ a: 1 }, null])
  expect(codec.decode(bytes(':2}\n'))).toEqual([{ a: 2 }])
  expect(() => codec.finish()).not.toThrow()
})

test('the same values come out wherever the bytes are split', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), fc.array(fc.nat(9)), (all, cuts) => {
      const got = roundTrip(() => jsonLines(), all, cuts)
      expect(JSON.stringify(got)).toBe(JSON.stringify(all))
    }),
  )
})

test('a line that is not JSON or not UTF-8 is malformed', () => {
  for (const bad of [bytes('{a}\n'), Uint8Array.of(34, 0xff, 34, 10)])
    expect(thrown(() => jsonLines().decode(bad)).code).toBe('NET_PROTO_MALFORMED')
})

test('what JSON cannot write is refused', () => {
  expect(thrown(() => jsonLines().encode(undefined)).code).toBe('NET_BAD_OPTION')
})

test('[H-SOCK-12] a line without end stops at the limit', () => {
  const codec = jsonLines({ limit: 4 })
  expect(codec.decode(bytes('1234'))).toEqual([])
  expect(thrown(() => codec.decode(bytes('56'))).code).toBe('NET_PROTO_LIMIT')
  expect(thrown(() => jsonLines({ limit: 3 }).encode('four')).code).toBe('NET_PROTO_LIMIT')
})

test('the end in the middle of a line is an error', () => {
  const codec = jsonLines()
  codec.decode(bytes('{"a":1}'))
  expect(thrown(() => codec.finish()).code).toBe('NET_PROTO_INCOMPLETE')
})
