import { expect, test } from 'vitest'

import { goodbye } from '../../src/engine/ssh2-disconnect.ts'

test('a goodbye is reported by its reason and by what the server said', () => {
  for (const [reason, text, code] of [
    [2, 'Too many authentication failures', 'NET_AUTH_TOO_MANY'],
    [14, '', 'NET_AUTH_TOO_MANY'],
    [3, '', 'NET_PROTO_NEGOTIATION'],
    [7, '', 'NET_CONN_SHUTDOWN'],
    [11, '', 'NET_CONN_SHUTDOWN'],
    [12, 'come back later', 'NET_CONN_SHUTDOWN'],
    [2, '', 'NET_CONN_CLOSED'],
    [4711, '', 'NET_CONN_CLOSED'],
  ] as const) {
    expect(goodbye(reason, text)).toMatchObject({ code, reply: { status: reason, text } })
  }
  expect(goodbye(12, '').message).toContain('too many connections')
  expect(goodbye(4711, '').message).toContain('reason 4711')
})
