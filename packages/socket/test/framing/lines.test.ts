import { lines } from '@net/socket'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { bytes, latin1, thrown } from '../support.ts'

test('lines become bytes and back', () => {
  const codec = lines()
  expect(latin1(codec.encode('hello'))).toBe('hello\r\n')
  expect(latin1(lines({ ending: '\n' }).encode('hello'))).toBe('hello\n')
  expect(codec.decode(bytes('one\r\ntwo\nthr'))).toEqual(['one', 'two'])
  expect(codec.decode(bytes('ee\n'))).toEqual(['three'])
  expect(() => codec.finish()).not.toThrow()
})

test('[H-CORE-01] a line break within a line is refused', () => {
  for (const bad of ['a\nb', 'a\rb'])
    expect(thrown(() => lines().encode(bad)).code).toBe('NET_INJECTION')
})

test('[H-SOCK-12] a line without end stops at the limit', () => {
  const codec = lines()
  const chunk = new Uint8Array(16 * 1024).fill(97)
  for (let sent = 0; sent < 4; sent++) expect(codec.decode(chunk)).toEqual([])
  const error = thrown(() => codec.decode(chunk))
  expect([error.code, error.limit]).toEqual(['NET_PROTO_LIMIT', 64 * 1024])
  expect(thrown(() => lines({ limit: 3 }).encode('four')).code).toBe('NET_PROTO_LIMIT')
})

test('the end in the middle of a line is an error', () => {
  const codec = lines()
  codec.decode(bytes('half'))
  expect(thrown(() => codec.finish()).code).toBe('NET_PROTO_INCOMPLETE')
})

test('[H-SOCK-14] the same lines come out wherever the bytes are split', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '語', ' ', '.'), maxLength: 8 })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(5)), (all, cuts) => {
      const encoder = lines()
      const whole = Buffer.concat(all.map((each) => encoder.encode(each)))
      const decoder = lines()
      const got: string[] = []
      let at = 0
      for (const size of [...cuts, whole.length]) {
        got.push(...decoder.decode(whole.subarray(at, at + size)))
        at += size
      }
      decoder.finish()
      expect(got).toEqual(all)
    }),
  )
})
