import { lengthPrefixed } from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { thrown } from '../support.ts'
import { roundTrip } from './round-trip.ts'

const sizes = [1, 2, 4, 8, 'varint'] as const

test('[SOCK-25] a message goes out behind its length, in network order unless asked otherwise', () => {
  const written = (options: Parameters<typeof lengthPrefixed>[0]): number[] => [
    ...lengthPrefixed(options).encode(Uint8Array.of(7, 8)),
  ]
  expect(written({})).toEqual([0, 0, 0, 2, 7, 8])
  expect(written({ size: 2, endian: 'little' })).toEqual([2, 0, 7, 8])
  expect(written({ size: 8 })).toEqual([0, 0, 0, 0, 0, 0, 0, 2, 7, 8])
  expect(written({ size: 'varint' })).toEqual([2, 7, 8])
})

test.each(sizes)(
  'a length of %s: the same messages come out wherever the bytes are split',
  (size) => {
    const message = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(9)), (all, cuts) => {
        for (const endian of ['big', 'little'] as const) {
          const got = roundTrip(() => lengthPrefixed({ size, endian }), all, cuts)
          expect(got.map((each) => Buffer.from(each))).toEqual(all.map((each) => Buffer.from(each)))
        }
      }),
    )
  },
)

test('[H-SOCK-12] a length beyond the limit is an error before any of the message is kept', () => {
  const head = Uint8Array.of(0xff, 0xff, 0xff, 0xff)
  expect(thrown(() => lengthPrefixed().decode(head))).toMatchObject({
    code: 'NET_PROTO_LIMIT',
    limit: 16 * 1024 * 1024,
    received: 0xffff_ffff,
  })
  const huge = new Uint8Array(8).fill(0xff)
  expect(thrown(() => lengthPrefixed({ size: 8 }).decode(huge)).code).toBe('NET_PROTO_LIMIT')
})

test('a message that its length cannot say is refused', () => {
  const message = new Uint8Array(256)
  expect(thrown(() => lengthPrefixed({ size: 1 }).encode(message)).limit).toBe(255)
  expect(thrown(() => lengthPrefixed({ limit: 255 }).encode(message)).limit).toBe(255)
  expect(lengthPrefixed({ size: 2 }).encode(message)).toHaveLength(258)
})

test('the end in the middle says how much was expected', () => {
  const codec = lengthPrefixed({ size: 1 })
  expect(codec.decode(Uint8Array.of(3, 1))).toEqual([])
  expect(thrown(() => codec.finish())).toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    received: 2,
    expected: 4,
  })
})
