import { createHash } from 'node:crypto'

import { expect, test } from 'vitest'

import { isIntact } from '../src/fetch-integrity.ts'

const bytes = Buffer.from('net')
const of = (kind: string, text = 'net'): string =>
  `${kind}-${createHash(kind).update(text).digest('base64')}`

test.each([
  ['one', of('sha256'), true],
  ['another', of('sha256', 'x'), false],
  ['one of several', `${of('sha384', 'x')} ${of('sha384')}`, true],
  ['the strongest alone counts', `${of('sha256')} ${of('sha512', 'x')}`, false],
  ['with options', `${of('sha512')}?a=b`, true],
  [
    'in letters of URLs',
    of('sha256').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    true,
  ],
  ['of a kind that is not known', 'md5-xxxx', true],
  ['nothing', '', true],
])('%s', (_, integrity, intact) => {
  expect(isIntact(bytes, integrity)).toBe(intact)
})
