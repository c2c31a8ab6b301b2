import { expect, test } from 'vitest'

import { FieldReader, fields } from '../../src/identity/wire.ts'

test('what is written as fields is read as fields', () => {
  const reader = new FieldReader(fields('ssh-rsa', Buffer.from([1, 2, 3]), ''))
  expect(reader.text()).toBe('ssh-rsa')
  expect(reader.field()).toEqual(Buffer.from([1, 2, 3]))
  expect(reader.left).toBe(4)
  expect(reader.number()).toBe(0)
  expect(reader.rest()).toEqual(Buffer.alloc(0))
})

test('bytes that end too early are a RangeError', () => {
  expect(() => new FieldReader(Buffer.alloc(3)).number()).toThrow(RangeError)
  expect(() => new FieldReader(fields('abc').subarray(0, 6)).field()).toThrow(RangeError)
})
