import { expect, test } from 'vitest'

import { bodySize, framingOf, isCodedUnknown } from '../src/framing.ts'

const framing = (...fields: readonly string[]): ReturnType<typeof framingOf> =>
  framingOf(fields.map((field) => Buffer.from(field, 'latin1')))

test('the fields are found in any case, and repeated ones are joined', () => {
  expect(framing('Date', 'x', 'Content-Length', '5')).toEqual({
    contentLength: '5',
    transferEncoding: undefined,
  })
  expect(framing('TRANSFER-ENCODING', 'gzip', 'transfer-encoding', 'chunked')).toEqual({
    contentLength: undefined,
    transferEncoding: 'gzip, chunked',
  })
  expect(framing('content-lengtH', '5', 'x-other-header', '6').contentLength).toBe('5')
})

test('the size of a body is announced, none, or unknown', () => {
  expect(bodySize('GET', 200, framing('content-length', '5'))).toBe(5)
  expect(bodySize('HEAD', 200, framing('content-length', '5'))).toBe(0)
  expect(bodySize('GET', 304, framing('content-length', '5'))).toBe(0)
  expect(bodySize('GET', 200, framing())).toBeUndefined()
  expect(bodySize('GET', 200, framing('content-length', '5, 5'))).toBeUndefined()
})

test('chunked is the one transfer coding that is known', () => {
  expect(isCodedUnknown(framing())).toBe(false)
  expect(isCodedUnknown(framing('transfer-encoding', 'Chunked'))).toBe(false)
  expect(isCodedUnknown(framing('transfer-encoding', 'gzip, chunked'))).toBe(true)
})
