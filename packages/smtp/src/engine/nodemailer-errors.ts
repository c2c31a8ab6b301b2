/* What nodemailer's composer says went wrong, and what we call it. */

import { defineErrorTable, hasCode, type ErrorTable } from '@net/core/authoring'

/** The table for nodemailer 10. */
export const smtpErrors: ErrorTable = defineErrorTable([
  {
    when: hasCode('EFILEACCESS', 'EURLACCESS'),
    code: 'NET_BAD_OPTION',
    details: () => ({
      message: 'a message names a file or a URL; give it as attach(fromFile(path))',
    }),
  },
])
