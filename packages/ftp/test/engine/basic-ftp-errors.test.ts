import { test } from 'vitest'

import { checkErrors } from '@net/core/testing'

import { ftpErrors } from '../../src/engine/basic-ftp-errors.ts'

test('every row has its code and its sample', () => {
  checkErrors(ftpErrors, [
    {
      error: new Error('This library only supports MLSD, Unix- or DOS-style directory listing.'),
      code: 'NET_PROTO_MALFORMED',
    },
  ])
})
