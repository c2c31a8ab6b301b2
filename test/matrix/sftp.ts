// A login and the download of a file, over a channel of SSH.
import assert from 'node:assert/strict'

import * as ssh from '@net/ssh'
import { startSftpServer, type SftpFault, type SshFault } from '@net/ssh/testing'

import { at, RESET_EARLY, usual, usualGreeting, type MatrixProtocol } from './protocol.ts'
import { shell } from './ssh.ts'

/** A fault of the files, or of the connection that they come over. */
type Fault = { readonly files: SftpFault } | { readonly connection: SshFault }

const SIZE = 200_000
const { reset: _reset, 'half-close': _end, ...ofChannel } = usual('command', 'idempotent', 'REPLY')

/** SFTP. */
export const sftp: MatrixProtocol<Fault> = {
  name: 'sftp',
  neverTls: 'SSH protects itself',
  async serve() {
    const server = await startSftpServer({ files: { 'big.bin': new Uint8Array(SIZE) } })
    return {
      url: server.url,
      get connections() {
        return server.ssh.connections
      },
      fail(fault) {
        if ('files' in fault) server.fail(fault.files)
        else server.failSsh(fault.connection)
      },
      [Symbol.asyncDispose]: () => server.close(),
    }
  },
  async exchange(url, { dialer, call }) {
    await using host = await ssh.connect(url, {
      ...call,
      dialer,
      user: 'ada',
      password: 'lovelace',
      hostKeys: ssh.dangerouslyAcceptAnyHostKey(),
    })
    await using files = await host.sftp(call)
    assert.equal((await files.readFile('big.bin', call)).length, SIZE)
  },
  cases: [
    ...at(
      'the greeting',
      (what) => ({ connection: { on: 'greeting', do: what } }),
      usualGreeting(),
    ),
    ...at(
      'the subsystem',
      (what) => ({ connection: { on: 'subsystem sftp', do: what } }),
      usual('command', 'idempotent', 'REPLY'),
    ),
    ...at(
      'the open',
      (what) => ({ files: { on: 'OPEN', do: what as keyof typeof ofChannel } }),
      ofChannel,
    ),
    ...at(
      'the data',
      (what) => ({ connection: { after: SIZE / 2, do: what } }),
      usual('receive', 'idempotent', 'IDLE'),
    ),
  ],
  lacks: {
    'reset at the greeting': RESET_EARLY,
    'reset at the open': 'a channel has no reset',
    'half-close at the open': 'a server that ends its half of a channel has ended the session',
  },
  corrupt: shell.corrupt,
}
