/*
 * What basic-ftp itself throws, and what we call it. Replies of servers are not here: they arrive as data and are
 * named by `errors.ts`. First match wins.
 */

import { defineErrorTable, hasMessage, type ErrorTable } from '@net/core/authoring'

/** The table for all calls of this package. */
export const ftpErrors: ErrorTable = defineErrorTable([
  {
    when: hasMessage(/^Client is closed because |^User closed client/),
    code: 'NET_CLOSED',
    details: () => ({ message: 'the connection is closed' }),
  },
  {
    when: hasMessage(/^User launched a task while another one is still running/),
    code: 'NET_BUSY',
    details: () => ({ message: 'another command is waiting for its reply' }),
  },
  {
    when: hasMessage(/^Invalid command: Contains control characters/),
    code: 'NET_INJECTION',
    details: () => ({ message: 'a command contains a control character' }),
  },
  {
    when: hasMessage(/^FTP control response exceeded maximum allowed size/),
    code: 'NET_PROTO_LIMIT',
    details: () => ({ message: 'the server sent a reply that is too long' }),
  },
  {
    when: hasMessage(/^This library only supports MLSD, Unix- or DOS-style/),
    code: 'NET_PROTO_MALFORMED',
    details: () => ({ message: 'the listing has a format that is not known' }),
  },
])
