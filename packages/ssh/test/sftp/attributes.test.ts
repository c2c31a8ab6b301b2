import { expect, test } from 'vitest'

import { FieldReader, fields, uint32 } from '../../src/identity/wire.ts'
import {
  attributeBytes,
  long,
  readAttributes,
  readLong,
  typeBits,
  typeOf,
  typeOfLine,
} from '../../src/sftp/attributes.ts'

test('attributes come back as they were written', () => {
  const all = {
    size: 5 * 2 ** 32 + 7,
    uid: 1000,
    gid: 4_294_967_295,
    permissions: 0o100644,
    accessed: 4_294_967_295,
    modified: 1,
    extended: new Map([['x@y', Buffer.from('z')]]),
  }
  expect(readAttributes(new FieldReader(attributeBytes(all)))).toEqual(all)
  expect(readAttributes(new FieldReader(attributeBytes({})))).toEqual({})
  expect(attributeBytes({ modified: 9 })).toEqual(attributeBytes({ accessed: 9, modified: 9 }))
})

test('a size that no file has is unknown, and flags that nobody knows are left alone', () => {
  const none = Buffer.concat([uint32(1), Buffer.alloc(8, 0xff)])
  expect(readAttributes(new FieldReader(none))).toEqual({})
  expect(readAttributes(new FieldReader(Buffer.concat([uint32(0x70), uint32(9)])))).toEqual({})
})

test('attributes that are cut are no attributes', () => {
  const whole = attributeBytes({
    size: 1,
    uid: 1,
    gid: 1,
    permissions: 1,
    modified: 1,
    extended: new Map([['a', Buffer.from('b')]]),
  })
  for (let length = 0; length < whole.length; length++) {
    expect(() => readAttributes(new FieldReader(whole.subarray(0, length)))).toThrow(RangeError)
  }
})

test('numbers of 64 bits go both ways, and what is none is refused', () => {
  for (const value of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
    expect(readLong(new FieldReader(long(value)))).toBe(value)
  }
  for (const value of [-1, 0.5, 2 ** 53, NaN]) {
    expect(() => long(value)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
  }
})

test('types are told by their bits, and else by the first letter of a line', () => {
  for (const [letter, type] of [
    ['-', 'file'],
    ['d', 'folder'],
    ['l', 'link'],
    ['p', 'pipe'],
    ['s', 'socket'],
    ['b', 'block'],
    ['c', 'character'],
  ] as const) {
    expect(typeOf({ permissions: typeBits(type) | 0o644 })).toBe(type)
    expect(typeOfLine(`${letter}rw-r--r-- 1 a b 5 x`)).toBe(type)
  }
  expect([typeOf({ permissions: 0o644 }), typeOf({}), typeOfLine('?')]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(fields('a')).toEqual(Buffer.from([0, 0, 0, 1, 97]))
})
