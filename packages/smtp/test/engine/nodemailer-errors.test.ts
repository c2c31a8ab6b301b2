import { checkErrors } from '@net/core/testing'
import { expect, test } from 'vitest'

import { smtpErrors } from '../../src/engine/nodemailer-errors.ts'

function engineError(code: string | undefined, message = 'as the engine says it'): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

test('every row of the table is reached by what the engine throws', () => {
  checkErrors(smtpErrors, [
    { error: engineError('EFILEACCESS'), code: 'NET_BAD_OPTION' },
    { error: engineError('EURLACCESS'), code: 'NET_BAD_OPTION' },
    { error: engineError('EENVELOPE'), code: 'NET_BAD_ADDRESS' },
    { error: engineError('ECONNECTION'), code: 'NET_CONN_CLOSED' },
    { error: engineError('ESOCKET'), code: 'NET_CONN_CLOSED' },
    { error: engineError(undefined, 'the engine has ended'), code: 'NET_CONN_CLOSED' },
    { error: engineError('EPROTOCOL'), code: 'NET_PROTO_MALFORMED' },
    { error: engineError('EAUTH'), code: 'NET_AUTH_NO_METHOD' },
  ])
  expect(smtpErrors.length).toBeGreaterThan(6)
})
