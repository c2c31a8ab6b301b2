/* What Redis and ioredis say, and what we call it. First match wins. */

import { defineErrorTable, hasMessage, type ErrorTable } from '@net/core/authoring'

/** The table for all calls of a queue. */
export const redisErrors: ErrorTable = defineErrorTable([
  {
    when: hasMessage(/^OOM /u),
    code: 'NET_NO_SPACE',
    details: ({ message }) => ({
      message: 'the memory of the Redis server is full',
      retry: 'safe',
      reply: { text: message },
    }),
  },
  {
    when: hasMessage(/^(?:READONLY|LOADING|MASTERDOWN|UNBLOCKED|TRYAGAIN|CLUSTERDOWN|BUSY) /u),
    code: 'NET_REPLY_TEMPORARY',
    details: ({ message }) => ({
      message: `the server cannot at the moment: ${message}`,
      retry: 'safe',
      reply: { text: message },
    }),
  },
  { when: hasMessage(/^(?:WRONGPASS|NOAUTH) /u), code: 'NET_AUTH_REJECTED' },
  { when: hasMessage(/^NOPERM /u), code: 'NET_ACCESS_DENIED' },
  {
    when: hasMessage(/^(?:Connection is closed|Stream isn't writeable|Command aborted)/u),
    code: 'NET_CONN_CLOSED',
    details: () => ({ message: 'the connection to the Redis server was lost' }),
  },
  {
    when: hasMessage(/^ERR DB index is out of range/u),
    code: 'NET_REPLY_PERMANENT',
    details: ({ message }) => ({
      message: 'the Redis server does not have the database of the URL',
      reply: { text: message },
    }),
  },
  {
    when: hasMessage(/^(?:ERR|WRONGTYPE|NOSCRIPT|MOVED|CROSSSLOT) /u),
    code: 'NET_REPLY_PERMANENT',
  },
])
