/*
 * What nodemailer says went wrong, and what we call it. Refusals of the server are not here: replies are read
 * before the engine sees them.
 */

import { defineErrorTable, hasCode, hasMessage, type ErrorTable } from '@net/core/authoring'

/** The table for nodemailer 10. */
export const smtpErrors: ErrorTable = defineErrorTable([
  {
    when: hasCode('EFILEACCESS', 'EURLACCESS'),
    code: 'NET_BAD_OPTION',
    details: () => ({
      message: 'a message names a file or a URL; give it as attach(fromFile(path))',
    }),
  },
  {
    when: hasCode('EENVELOPE'),
    code: 'NET_BAD_ADDRESS',
    details: () => ({ message: 'the engine refuses the envelope' }),
  },
  {
    when: hasCode('ECONNECTION', 'ESOCKET'),
    code: 'NET_CONN_CLOSED',
    details: () => ({ message: 'the connection was lost' }),
  },
  {
    when: hasMessage(/^the engine has ended$/),
    code: 'NET_CONN_CLOSED',
    details: () => ({ message: 'the engine ended the session' }),
  },
  {
    when: hasCode('EPROTOCOL'),
    code: 'NET_PROTO_MALFORMED',
    details: () => ({ message: 'the server does not speak SMTP as it should' }),
  },
  {
    when: hasCode('EAUTH', 'ENOAUTH'),
    code: 'NET_AUTH_NO_METHOD',
    details: () => ({ message: 'the engine has no such login' }),
  },
])
