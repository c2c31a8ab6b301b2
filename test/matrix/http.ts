// One GET with a client of its own.
import assert from 'node:assert/strict'

import * as http from '@net/http'
import { startHttpServer, type HttpFault } from '@net/http/testing'

import { at, usual, type MatrixProtocol } from './protocol.ts'

const SIZE = 200_000
const SHORT = 'ProtocolError NET_PROTO_INCOMPLETE receive idempotent'
const { garbage: _, ...withoutGarbage } = usual('command', 'idempotent', 'REPLY')
const SILENT = 'TimeoutError NET_TIMEOUT_IDLE receive idempotent'

/** HTTP. */
export const web: MatrixProtocol<HttpFault> = {
  name: 'http',
  serve: (tls) => startHttpServer(tls === undefined ? {} : { tls }),
  async exchange(url, { dialer, ca, call }) {
    await using api = http.createClient({ dialer, ...(ca === undefined ? {} : { tls: { ca } }) })
    const body = await api.get(`${url}/bytes/${SIZE}`, call).bytes()
    assert.equal(body.length, SIZE)
  },
  cases: [
    ...at('the command', (what) => ({ do: what }), usual('command', 'idempotent', 'REPLY')),
    ...at('the head', (what) => ({ after: 20, do: what }), withoutGarbage),
    ...at('the body', (what) => ({ after: SIZE / 2, do: what }), {
      drop: SHORT,
      reset: SHORT,
      'half-close': SHORT,
      stall: SILENT,
    }),
  ],
  lacks: {
    'garbage at the head': 'nonsense within a head is a field that does not end',
    'garbage at the body': 'a body may be anything',
  },
  corrupt: {
    after: () => 0,
    plain: ['ProtocolError NET_PROTO_MALFORMED command never'],
    sealed: ['TlsError NET_TLS_HANDSHAKE tls never'],
  },
}
