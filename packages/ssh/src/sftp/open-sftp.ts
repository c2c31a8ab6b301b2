/* Opening a client of SFTP on a connection. */

import type { Attempt, Operation, Taken } from '@net/core/authoring'
import type { ClientIdentity } from '@net/socket/authoring'

import { commandText } from '../command-line.ts'
import type { StartPlan } from '../command-start.ts'
import type { SshSession } from '../engine/ssh2.ts'
import { Calls } from './calls.ts'
import { Client } from './client.ts'
import { SftpChannel } from './sftp-channel.ts'
import { SftpChannels } from './sftp-channels.ts'
import type { SftpOptions } from './sftp-options.ts'

/** The connection of a client. */
export interface SftpHost {
  readonly identity: ClientIdentity
  readonly session: SshSession
  /** Who is logged in. */
  readonly user: string
  /** The server's name and version for itself. */
  readonly software: string
}

/** Opens a client. Rejects with `NET_UNSUPPORTED` where the server has no SFTP. */
export async function openSftp(
  { identity, session, user, software }: SftpHost,
  { encoding = 'utf8', command, reconnect = false }: Taken<SftpOptions>,
  op: Operation,
  attempt: Attempt,
): Promise<Client> {
  const plan: StartPlan = {
    run:
      command === undefined
        ? { kind: 'subsystem', name: 'sftp' }
        : { kind: 'exec', command: commandText(command) },
    variables: [],
    cwd: undefined,
    terminal: undefined,
  }
  const open = (op: Operation, attempt: Attempt): Promise<SftpChannel> =>
    SftpChannel.open(session, plan, op, attempt)
  const rules = {
    encoding,
    software,
    reconnect,
    isAlive: () => session.alive,
    lost: session.closed,
    open,
    beside: command === undefined ? (op: Operation) => SftpChannel.beside(session, op) : undefined,
  }
  const channels = new SftpChannels(await open(op, attempt), rules)
  // What a path means depends on who is logged in.
  const name = `ssh://${encodeURIComponent(user)}@${identity.endpoint}`
  return new Client(new Calls(channels, identity), name)
}
