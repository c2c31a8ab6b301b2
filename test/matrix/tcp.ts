// A dialogue on a raw connection: a greeting, a command, an answer of known length.
import assert from 'node:assert/strict'

import { connect, listen, type Connection } from '@net/socket'

import { at, RESET_EARLY, type MatrixProtocol, type Misdeed } from './protocol.ts'

/** What goes wrong, and before which part of the dialogue. */
interface TcpFault {
  readonly on: 'greeting' | 'answer' | 'rest'
  readonly do: Misdeed
}

// What ends early is short of what was asked for.
const MOMENTS = ['greeting', 'answer', 'rest'] as const
const BYTES = 'bytes are bytes: nonsense is none here'
const SHORT = 'ProtocolError NET_PROTO_INCOMPLETE receive idempotent'
const RESET = 'ConnectionLostError NET_CONN_RESET receive idempotent'
const SILENT = 'TimeoutError NET_TIMEOUT_IDLE receive idempotent'

/** Raw connections. */
export const tcp: MatrixProtocol<TcpFault> = {
  name: 'tcp',
  async serve(tls) {
    let fault: TcpFault | undefined
    const speak = async (connection: Connection): Promise<void> => {
      for (const [on, part] of PARTS) {
        if (on === 'answer') await connection.readLine()
        if (fault?.on === on) return strike(connection, fault.do)
        await connection.write(part)
        await connection.flush()
      }
    }
    const scheme = tls === undefined ? 'tcp' : 'tls'
    const options = { onError: () => {}, ...(tls === undefined ? {} : { tls }) }
    const server = await listen(`${scheme}://127.0.0.1:0`, speak, options)
    return {
      url: server.url,
      get connections() {
        return server.connections.size
      },
      fail: (next) => void (fault = next),
      [Symbol.asyncDispose]: () => server.close({ grace: 0 }),
    }
  },
  async exchange(url, { dialer, ca, call }) {
    const tls = ca === undefined ? {} : { ca }
    await using connection = await connect(url, { ...call, dialer, tls })
    const wait = { timeout: call.timeout }
    assert.equal(Buffer.from(await connection.readExactly(6, wait)).toString(), 'hello\n')
    await connection.write('go on\n', wait)
    assert.equal((await connection.readExactly(2 * HALF, wait)).at(-1), 7)
  },
  cases: MOMENTS.flatMap((on) =>
    at(on, (what) => ({ on, do: what }), {
      drop: SHORT,
      'half-close': SHORT,
      stall: SILENT,
      // A peer that resets before it has said a word may do so while a proxy still connects.
      ...(on === 'greeting' ? {} : { reset: [RESET, SHORT] }),
    }),
  ),
  lacks: {
    'corrupt in clear': BYTES,
    'reset at greeting': RESET_EARLY,
    ...Object.fromEntries(MOMENTS.map((on) => [`garbage at ${on}`, BYTES])),
  },
  corrupt: {
    after: (received) => Math.floor(received / 2),
    sealed: ['TlsError NET_TLS_HANDSHAKE receive never'],
  },
}

async function strike(connection: Connection, what: Misdeed): Promise<void> {
  if (what === 'reset') connection.abort()
  else if (what === 'half-close') await connection.end()
  else if (what === 'garbage') await connection.write(new Uint8Array(64).fill(0x81))
  if (what === 'drop') return
  // The client is the one to leave.
  for await (const chunk of connection) void chunk
}

const HALF = 60_000
const PARTS = [
  ['greeting', 'hello\n'],
  ['answer', new Uint8Array(HALF)],
  ['rest', new Uint8Array(HALF).fill(7)],
] as const
