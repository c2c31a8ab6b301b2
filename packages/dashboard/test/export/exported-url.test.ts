import { secretNames } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { exportedUrl } from '../../src/export/exported-url.ts'

test('credentials and the values of secret parameters are left out, each time that they are given', () => {
  const url = exportedUrl(
    'http://ada:love@h/a?q=1&iban=AB1&token=x&IBAN=AB2',
    secretNames(['iban']),
  )
  expect(decodeURIComponent(url.href)).toBe(
    'http://h/a?q=1&iban=[secret]&token=[secret]&IBAN=[secret]',
  )
})
