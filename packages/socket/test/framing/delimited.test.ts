import { delimited } from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { bytes, latin1, thrown } from '../support.ts'
import { roundTrip } from './round-trip.ts'

test('[SOCK-25] messages end with the delimiter, which is no part of them', () => {
  const codec = delimited('\0')
  expect(latin1(codec.encode(bytes('one')))).toBe('one\0')
  expect(codec.decode(bytes('one\0two\0thr')).map(latin1)).toEqual(['one', 'two'])
  expect(codec.decode(bytes('ee\0\0')).map(latin1)).toEqual(['three', ''])
  expect(() => codec.finish()).not.toThrow()
})

test('the same messages come out wherever the bytes are split, within the delimiter too', () => {
  const message = fc.string({ unit: fc.constantFrom('a', ']', '>'), maxLength: 8 })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(5)), (all, cuts) => {
      const sent = all.filter((each) => !`${each}]]>`.slice(0, -1).includes(']]>'))
      const got = roundTrip(() => delimited(']]>'), sent.map(bytes), cuts)
      expect(got.map(latin1)).toEqual(sent)
    }),
  )
})

test('[H-CORE-01] a message in which the delimiter would be found too early is refused', () => {
  for (const bad of ['a--b', '--', 'a-'])
    expect(thrown(() => delimited('--').encode(bytes(bad))).code).toBe('NET_INJECTION')
  expect(latin1(delimited('--').encode(bytes('a-b')))).toBe('a-b--')
})

test('[H-SOCK-12] a message without end stops at the limit', () => {
  const codec = delimited('\n\n', { limit: 4 })
  expect(codec.decode(bytes('four\n'))).toEqual([])
  expect(codec.decode(bytes('\n')).map(latin1)).toEqual(['four'])
  expect(thrown(() => codec.decode(bytes('fivefi'))).code).toBe('NET_PROTO_LIMIT')
  expect(thrown(() => delimited('\n', { limit: 3 }).encode(bytes('four'))).code).toBe(
    'NET_PROTO_LIMIT',
  )
})

test('the end in the middle of a message is an error, and an empty delimiter as well', () => {
  const codec = delimited('\0')
  codec.decode(bytes('half'))
  expect(thrown(() => codec.finish()).code).toBe('NET_PROTO_INCOMPLETE')
  expect(thrown(() => delimited('')).code).toBe('NET_BAD_OPTION')
})
