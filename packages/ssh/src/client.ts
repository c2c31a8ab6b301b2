/*
 * What a user holds: one connection to an SSH server. Each verb is one operation; any number of them run side by
 * side, each in a channel of its own.
 */

import type { CallDefaults, CloseOptions, NetError } from '@net/core'
import { closeDoor, inCall } from '@net/core/authoring'
import type { ConnectionInfo, Dialer } from '@net/socket'
import { ClientFrame, type ClientIdentity } from '@net/socket/authoring'

import type { Negotiated } from './algorithms.ts'
import { execDoor } from './call-doors.ts'
import type { ExecBytesOptions, ExecOptions, ExecResult } from './client-options.ts'
import type { SshSession } from './engine/ssh2.ts'
import { CommandCall, planExec } from './exec.ts'
import type { HostKey } from './host-keys/host-key.ts'
import { RunningCalls } from './running-calls.ts'
import { sshDialer } from './ssh-dialer.ts'

/** A connection to an SSH server. */
export interface SshClient extends AsyncDisposable {
  /**
   * Runs a command and waits for its end. A list is quoted for a POSIX shell word by word; a text is the shell's own.
   * A non-zero exit status is a result, unless `check` is set. A session call: 30 s until the server has begun, then no
   * limit but `timeout`. Never repeated by default. Rejects with `NET_BAD_OPTION`, also for a command that is longer than
   * the server takes; `NET_PROTO_LIMIT`, `NET_TIMEOUT_…` and `NET_CONN_…`, with what was printed as `partial`;
   * `SshChannelError`; and with `check` `SshExitError`.
   */
  exec(
    command: string | readonly string[],
    options: ExecBytesOptions,
  ): Promise<ExecResult<Uint8Array>>
  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Dials from the server: any protocol through the tunnel. Its roads end with the client. */
  readonly dialer: Dialer
  /** What is known about the connection. */
  readonly info: SshInfo
  /** Waits for running calls, for 2 s by default, then disconnects. Rejects only with `NET_BAD_OPTION`. */
  close(options?: CloseOptions): Promise<void>
  /** Settles once the connection has ended: with what took it, or undefined after `close`. Never rejects. */
  readonly closed: Promise<NetError | undefined>
}

/** What is known about a connection to an SSH server. */
export interface SshInfo extends ConnectionInfo {
  readonly user: string
  /** The server's name and version for itself, such as `OpenSSH_9.9`. */
  readonly serverSoftware: string
  readonly hostKey: HostKey
  readonly algorithms: Negotiated
  /** What the server showed before the login; empty if nothing. */
  readonly banner: string
}

/** A client of a session that is logged in. */
export class SessionClient implements SshClient {
  readonly dialer: Dialer
  readonly info: SshInfo
  readonly closed: Promise<NetError | undefined>
  readonly #session: SshSession
  readonly #frame: ClientFrame
  readonly #defaults: CallDefaults | undefined
  readonly #running = new RunningCalls()

  constructor(session: SshSession, info: SshInfo, identity: ClientIdentity) {
    this.#session = session
    this.#defaults = identity.client.defaults
    this.#frame = new ClientFrame(identity, {
      ended: false,
      usable: true,
      cut(error) {
        session.end()
        session.abort(error)
      },
    })
    this.info = info
    this.closed = session.closed
    this.dialer = sshDialer({
      session: () => this.#usable(),
      endpoint: info.endpoint,
      hops: info.hops,
      client: identity.client,
    })
  }

  exec(
    command: string | readonly string[],
    options: ExecBytesOptions,
  ): Promise<ExecResult<Uint8Array>>
  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult>
  async exec(
    command: string | readonly string[],
    options?: ExecOptions,
  ): Promise<ExecResult<string | Uint8Array>> {
    const taken = execDoor(options)
    const target = targetOf(command)
    const plan = inCall({ protocol: 'ssh', call: 'exec', target }, () =>
      planExec(command, taken, this.#defaults),
    )
    this.#running.begin()
    try {
      return await this.#frame.call(
        { operation: 'exec', target, kind: 'session' },
        taken,
        (op, attempt) =>
          new CommandCall(this.#usable(), plan, op).run(attempt, (last) =>
            this.#running.until(last),
          ),
      )
    } finally {
      this.#running.end()
    }
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#frame.close(graceOf(options), () => this.#leave())
    await this.closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #leave(): Promise<void> {
    await this.#running.ended()
    this.#session.end()
    await this.closed
  }

  #usable(): SshSession {
    this.#frame.refuseClosed()
    return this.#session
  }
}

/** The command as messages show it; whatever else was given in its place is refused. */
function targetOf(command: unknown): string {
  const words = [command].flat().filter((word) => typeof word === 'string')
  const whole = words.join(' ')
  return whole.length > SHOWN ? `${whole.slice(0, SHOWN)}…` : whole
}

const graceOf = closeDoor({ protocol: 'ssh', call: 'close' })
const SHOWN = 200
