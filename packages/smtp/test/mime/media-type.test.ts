import { expect, test } from 'vitest'

import { extensionOf, mediaTypeOf } from '../../src/mime/media-type.ts'

test('the name of a file tells its type', () => {
  expect(mediaTypeOf('report.PDF')).toBe('application/pdf')
  expect(mediaTypeOf('a.tar.gz')).toBe('application/gzip')
  expect(mediaTypeOf('README')).toBe('application/octet-stream')
  expect(mediaTypeOf('x.constructor')).toBe('application/octet-stream')
  expect(mediaTypeOf(undefined)).toBe('application/octet-stream')
})

test('a type tells the usual extension', () => {
  expect(extensionOf('image/png')).toBe('.png')
  expect(extensionOf('Image/JPEG; x=y')).toBe('.jpg')
  expect(extensionOf('application/x-unknown')).toBe('')
})
