/* What undici says went wrong with an exchange, and what we call it. */

import { defineErrorTable, hasCode, hasMessage, type ErrorTable } from '@net/core/authoring'

/** The table for undici 8. Before and within the body of an answer the same faults have the same names. */
export const undiciErrors: ErrorTable = defineErrorTable([
  {
    // A response without a request, a second one to the same request, or a switch of protocol that was not requested.
    when: (error) => hasCode('UND_ERR_SOCKET')(error) && error.message.startsWith('bad '),
    code: 'NET_PROTO_UNEXPECTED',
    details: () => ({ message: 'the server sent a response without a request' }),
  },
  {
    // undici asserts that a switch of protocol was requested (`assert(upgrade)`, client-h1.js) ...
    when: (error) => isAssertion(error) && error.message.includes('upgrade'),
    code: 'NET_PROTO_UNEXPECTED',
    details: () => ({
      message: 'the server switched the protocol, and the client had not requested that',
    }),
  },
  {
    // ... and that a status is 100 or more. A fault of the server is not a bug of ours.
    when: isAssertion,
    code: 'NET_PROTO_MALFORMED',
    details: () => ({ message: 'the response is not valid HTTP' }),
  },
  {
    when: hasCode('UND_ERR_SOCKET', 'UND_ERR_INFO', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED'),
    code: 'NET_CONN_CLOSED',
    details: () => ({ message: 'the server closed the connection' }),
  },
  {
    when: hasCode('UND_ERR_HEADERS_OVERFLOW'),
    code: 'NET_PROTO_LIMIT',
    details: () => ({
      message: 'the header section of the response is too long',
      limit: HEAD_LIMIT,
    }),
  },
  {
    when: hasCode('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'),
    code: 'NET_PROTO_INCOMPLETE',
    details: () => ({ message: 'the response is incomplete: the connection ended early' }),
  },
  {
    // The parser's errors have no code, only a name and what the parser said, in brackets.
    when: (error) => isParserError(error) && hasMessage(/\(Invalid EOF state\)$/)(error),
    code: 'NET_PROTO_INCOMPLETE',
    details: () => ({ message: 'the response is incomplete: the connection ended early' }),
  },
  {
    when: isParserError,
    code: 'NET_PROTO_MALFORMED',
    details: (error) => ({
      message: `the response is not valid HTTP${/ \(.*\)$/.exec(error.message)?.[0] ?? ''}`,
    }),
  },
  {
    when: hasCode('UND_ERR_REQ_CONTENT_LENGTH_MISMATCH'),
    code: 'NET_BAD_OPTION',
    details: () => ({
      message: 'the length of the request body is not that of its Content-Length',
    }),
  },
  {
    // Path and method were checked before.
    when: hasCode('UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'),
    code: 'NET_BAD_HEADER',
  },
])

/** How many bytes the head of an answer may have; also what may come without a byte of body in between. */
export const HEAD_LIMIT = 65_536

function isAssertion(error: Error): boolean {
  return Reflect.get(error, 'code') === 'ERR_ASSERTION'
}

function isParserError(error: Error): boolean {
  return error.name === 'HTTPParserError'
}
