import { expect, test } from 'vitest'

import { downloadOptions, type DownloadOptions } from '../src/download-options.ts'

const EMPTY = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'

test('the options of any call and its own', () => {
  const taken = downloadOptions({ resume: true, checksum: { sha256: EMPTY }, maxBytes: 5 })
  expect(taken).toMatchObject({
    resume: true,
    checksum: { algorithm: 'sha256', digest: EMPTY.toLowerCase() },
    call: { maxBytes: 5 },
  })
  expect(downloadOptions(undefined)).toMatchObject({ resume: false, checksum: undefined })
})

test.each<[string, unknown]>([
  ['an unknown name', { verify: 'hash' }],
  ['a digest that is too short', { checksum: { sha256: 'abcd' } }],
  ['a digest that is none', { checksum: { sha256: 'x'.repeat(64) } }],
  ['an algorithm that is none', { checksum: { sha257: EMPTY } }],
  ['two digests', { checksum: { sha256: EMPTY, md5: EMPTY } }],
  ['a range', { headers: { Range: 'bytes=5-' } }],
  ['no object', 5],
])('%s is refused', (_, options) => {
  expect(() => downloadOptions(options as DownloadOptions)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})
