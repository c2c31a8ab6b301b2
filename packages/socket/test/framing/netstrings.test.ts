import { netstrings } from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { bytes, latin1, thrown } from '../support.ts'
import { roundTrip } from './round-trip.ts'

test('[SOCK-25] a netstring is its length, a colon, the bytes and a comma', () => {
  const codec = netstrings()
  expect(latin1(codec.encode(bytes('hello')))).toBe('5:hello,')
  expect(codec.decode(bytes('0:,5:hello,1')).map(latin1)).toEqual(['', 'hello'])
  expect(codec.decode(bytes('0:0123456789,')).map(latin1)).toEqual(['0123456789'])
})

test('the same netstrings come out wherever the bytes are split', () => {
  const message = fc.string({ unit: fc.constantFrom('1', ':', ',', 'a'), maxLength: 12 })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(5)), (all, cuts) => {
      expect(roundTrip(() => netstrings(), all.map(bytes), cuts).map(latin1)).toEqual(all)
    }),
  )
})

test('what is not a netstring is malformed', () => {
  for (const bad of ['x', ':', '05:hello,', '1:ab', '1x:a,', '1234567890123456'])
    expect(thrown(() => netstrings().decode(bytes(bad))).code).toBe('NET_PROTO_MALFORMED')
})

test('[H-SOCK-12] a netstring that is too long is an error before any of it is kept', () => {
  expect(thrown(() => netstrings({ limit: 3 }).decode(bytes('4:'))).code).toBe('NET_PROTO_LIMIT')
  expect(thrown(() => netstrings({ limit: 3 }).encode(bytes('four'))).code).toBe('NET_PROTO_LIMIT')
})

test('the end in the middle of a netstring says how much was expected', () => {
  const codec = netstrings()
  codec.decode(bytes('5:hello'))
  expect(thrown(() => codec.finish())).toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    received: 7,
    expected: 8,
  })
})
