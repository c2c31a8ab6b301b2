import { checkErrors } from '@net/core/testing'
import { test } from 'vitest'

import { smtpErrors } from '../../src/engine/nodemailer-errors.ts'

function engineError(code: string | undefined, message = 'as the engine says it'): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

test('every row of the table is reached by what the engine throws', () => {
  checkErrors(smtpErrors, [
    { error: engineError('EFILEACCESS'), code: 'NET_BAD_OPTION' },
    { error: engineError('EURLACCESS'), code: 'NET_BAD_OPTION' },
  ])
})
