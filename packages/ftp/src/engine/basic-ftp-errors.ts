/*
 * What basic-ftp itself throws, and what we call it. Replies of servers are not here: they arrive as data and are
 * named by `errors.ts`. First match wins.
 */

import { defineErrorTable, hasMessage, type ErrorTable } from '@net/core/authoring'

/** The table for all calls of this package. */
export const ftpErrors: ErrorTable = defineErrorTable([
  {
    when: hasMessage(/^This library only supports MLSD, Unix- or DOS-style/),
    code: 'NET_PROTO_MALFORMED',
    details: () => ({ message: 'the listing has a format that is not known' }),
  },
])
