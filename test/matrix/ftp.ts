// A login and the download of a file.
import assert from 'node:assert/strict'

import * as ftp from '@net/ftp'
import { startFtpServer, type FtpFault } from '@net/ftp/testing'

import { at, RESET_EARLY, usual, usualGreeting, type MatrixProtocol } from './protocol.ts'

const SIZE = 200_000
const MALFORMED = 'ProtocolError NET_PROTO_MALFORMED greeting never'
const SILENT = 'TimeoutError NET_TIMEOUT_IDLE receive idempotent'

/** FTP. */
export const files: MatrixProtocol<FtpFault> = {
  name: 'ftp',
  serve: (tls) =>
    startFtpServer({
      users: { ada: 'lovelace' },
      files: { 'big.bin': new Uint8Array(SIZE) },
      ...(tls === undefined ? {} : { tls }),
    }),
  async exchange(url, { dialer, ca, call }) {
    await using partner = await ftp.connect(url, {
      ...call,
      dialer,
      user: 'ada',
      password: 'lovelace',
      // Whatever the road, it is on this machine.
      dangerouslyAllowPlaintextAuth: true,
      ...(ca === undefined ? { security: 'off' } : { security: 'required', tls: { ca } }),
    })
    assert.equal((await partner.readFile('big.bin', call)).length, SIZE)
  },
  cases: [
    ...at('the greeting', (what) => ({ on: 'GREETING', do: what }), usualGreeting()),
    ...at('the login', (what) => ({ on: 'PASS', do: what }), usual('auth', 'safe', 'AUTH')),
    ...at(
      'the command',
      (what) => ({ on: 'RETR', do: what }),
      usual('command', 'idempotent', 'REPLY'),
    ),
    ...at('the data', (what) => ({ on: 'RETR', after: SIZE / 2, do: what }), {
      drop: usual('command', 'idempotent', 'REPLY').drop,
      reset: 'FtpReplyError NET_REPLY_TEMPORARY command idempotent',
      'half-close': 'ProtocolError NET_PROTO_INCOMPLETE receive idempotent',
      stall: SILENT,
      garbage: 'IntegrityError NET_SIZE_MISMATCH receive idempotent',
    }),
  ],
  lacks: { 'reset at the greeting': RESET_EARLY },
  corrupt: { after: () => 0, plain: [MALFORMED], sealed: [MALFORMED] },
}
