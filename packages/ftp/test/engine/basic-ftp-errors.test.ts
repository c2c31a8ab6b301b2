import { test } from 'vitest'

import { checkErrors } from '@net/core/testing'

import { ftpErrors } from '../../src/engine/basic-ftp-errors.ts'

test('every row has its code and its sample', () => {
  checkErrors(ftpErrors, [
    {
      error: new Error('Client is closed because Server closed connection unexpectedly.'),
      code: 'NET_CLOSED',
    },
    { error: new Error('User closed client during task'), code: 'NET_CLOSED' },
    {
      error: new Error(
        "User launched a task while another one is still running. Forgot to use 'await' or '.then()'?",
      ),
      code: 'NET_BUSY',
    },
    {
      error: new Error('Invalid command: Contains control characters. (PASS ###)'),
      code: 'NET_INJECTION',
    },
    {
      error: new Error('FTP control response exceeded maximum allowed size'),
      code: 'NET_PROTO_LIMIT',
    },
    {
      error: new Error('This library only supports MLSD, Unix- or DOS-style directory listing.'),
      code: 'NET_PROTO_MALFORMED',
    },
  ])
})
