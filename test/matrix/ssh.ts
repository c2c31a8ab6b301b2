// A login and a command with a large output.
import assert from 'node:assert/strict'

import * as ssh from '@net/ssh'
import { startSshServer, type SshFault } from '@net/ssh/testing'

import { at, RESET_EARLY, usual, usualGreeting, type MatrixProtocol } from './protocol.ts'

const OUTPUT = 'it weaves\n'.repeat(20_000)
const { garbage: _garbage, ...keyExchange } = usual('kex', 'safe', 'TLS')

/** SSH, which protects itself and needs no TLS. */
export const shell: MatrixProtocol<SshFault> = {
  name: 'ssh',
  neverTls: 'it protects itself',
  serve: () => startSshServer({ exec: { print: OUTPUT } }),
  async exchange(url, { dialer, call }) {
    await using host = await ssh.connect(url, {
      ...call,
      dialer,
      user: 'ada',
      password: 'lovelace',
      hostKeys: ssh.dangerouslyAcceptAnyHostKey(),
    })
    const { stdout, exitCode } = await host.exec('print', call)
    assert.deepEqual([stdout.length, exitCode], [OUTPUT.length, 0])
  },
  cases: [
    ...at('the greeting', (what) => ({ on: 'greeting', do: what }), usualGreeting()),
    ...at('the key exchange', (what) => ({ on: 'kex', do: what }), keyExchange),
    ...at('the login', (what) => ({ on: 'auth', do: what }), usual('auth', 'safe', 'AUTH')),
    ...at(
      'the command',
      (what) => ({ on: 'exec', do: what }),
      usual('command', 'idempotent', 'REPLY'),
    ),
    ...at(
      'the output',
      (what) => ({ after: 100_000, do: what }),
      usual('receive', 'idempotent', 'IDLE'),
    ),
    ...at('the exit', (what) => ({ on: 'exit', do: what }), usual('receive', 'idempotent', 'IDLE')),
  ],
  lacks: {
    'reset at the greeting': RESET_EARLY,
    'garbage at the key exchange': 'nonsense there is a packet of a length that never comes',
  },
  corrupt: {
    after: (received) => Math.floor(received / 2),
    plain: ['ProtocolError NET_PROTO_MALFORMED receive never'],
  },
}
