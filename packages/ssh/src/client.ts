/*
 * What a user holds: one connection to an SSH server. Each verb is one operation; any number of them run side by
 * side, each in a channel of its own.
 */

import {
  formatEndpoint,
  type CallDefaults,
  type CallOptions,
  type CloseOptions,
  type NetError,
} from '@net/core'
import {
  argument,
  closeDoor,
  inCall,
  option,
  refuseControl,
  type ClientContext,
  type Operation,
  type Taken,
} from '@net/core/authoring'
import type { ConnectionInfo, Dialer } from '@net/socket'
import { ClientFrame, type ClientIdentity } from '@net/socket/authoring'

import type { Negotiated } from './algorithms.ts'
import {
  execDoor,
  expectDoor,
  shellDoor,
  spawnDoor,
  subsystemDoor,
  tunnelDoor,
  wantedShape,
} from './call-doors.ts'
import type { ExecBytesOptions, ExecOptions, ExecResult } from './client-options.ts'
import { writeLimit } from './command-input.ts'
import { variablesOf } from './command-line.ts'
import { planStart } from './command-start.ts'
import type { SshSession } from './engine/ssh2.ts'
import { CommandCall, planExec } from './exec.ts'
import {
  dynamicForward,
  localForward,
  remoteForward,
  tunnelEnd,
  type ForwardRoad,
} from './forward.ts'
import type { HostKey } from './host-keys/host-key.ts'
import { RunningCalls } from './running-calls.ts'
import type { Wanted } from './shell/expectation.ts'
import { RunningShell, type SshShell } from './shell/shell.ts'
import { RunningCommand, type SpawnPlan } from './spawn.ts'
import { scpOver, type Scp } from './scp/scp.ts'
import { doors as sftpDoors } from './sftp/call-doors.ts'
import { openSftp } from './sftp/open-sftp.ts'
import type { SftpClient } from './sftp/sftp-client.ts'
import type { SftpOptions } from './sftp/sftp-options.ts'
import { sshDialer } from './ssh-dialer.ts'
import type {
  RunningOptions,
  ShellOptions,
  SpawnOptions,
  SshProcess,
  SubsystemOptions,
} from './ssh-process.ts'
import { terminalOf } from './terminal.ts'
import { openTunnel, type SshTunnel, type TunnelPlan } from './tunnel.ts'

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
  /**
   * Starts a command and resolves once it runs, to read its outputs and write its input while it does. A session call as
   * `exec`: `timeout` and `signal` limit the whole life of the command. Rejects as `exec` before the command runs.
   */
  spawn(command: string | readonly string[], options?: SpawnOptions): Promise<SshProcess>
  /**
   * Starts the account's shell on a terminal without colours and without echo, unless the options say otherwise. A session
   * call, as `spawn`. Rejects with `SshChannelError` where the server gives no shell, and `NET_UNSUPPORTED` for no terminal.
   */
  shell(options?: ShellOptions): Promise<SshShell>
  /**
   * Starts a subsystem of the server, such as `netconf`, which is spoken to by `stdin` and `stdout`. A session call, as
   * `spawn`. Rejects with `NET_UNSUPPORTED` for one that the server does not have; the connection stays.
   */
  subsystem(name: string, options?: SubsystemOptions): Promise<SshProcess>
  /**
   * Opens the files of the server (SFTP), on a channel of its own. A session call: 30 s until the server has begun; `signal`
   * and `timeout` limit the opening alone. Rejects with `NET_UNSUPPORTED` where the server has no SFTP, and with
   * `NET_PROTO_MALFORMED` where something else speaks there; the connection stays.
   */
  sftp(options?: SftpOptions): Promise<SftpClient>
  /** Files by scp, for servers that have it and no SFTP. */
  readonly scp: Scp
  /**
   * Listens here, and leads what connects on from the server: `forwardLocal('127.0.0.1:0', 'db.internal:5432')`. Each end is
   * `host:port` or `unix:/path`. What fails for one connection resets that one, and is an event. A session call: `signal`
   * and `timeout` end the tunnel. Rejects with `NET_BIND_IN_USE`, `NET_BIND_DENIED`, `NET_BAD_URL`.
   */
  forwardLocal(at: string, target: string, options?: CallOptions): Promise<SshTunnel>
  /**
   * Listens on the server, and leads what connects there on from here. Otherwise as `forwardLocal`; `*` is every address of
   * the server, port 0 one of its choice. Rejects with `NET_REPLY_TEMPORARY` where the server does not listen there: an
   * earlier connection may hold the place until the server has noticed its end.
   */
  forwardRemote(at: string, target: string, options?: CallOptions): Promise<SshTunnel>
  /** Listens here as a SOCKS proxy (5, 4 and 4a) whose connections go on from the server. Otherwise as `forwardLocal`. */
  forwardDynamic(at: string, options?: CallOptions): Promise<SshTunnel>
  /** Dials from the server, and listens on it: any protocol through the tunnel. Its roads end with the client. */
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
  readonly scp: Scp
  readonly info: SshInfo
  readonly closed: Promise<NetError | undefined>
  readonly #session: SshSession
  readonly #frame: ClientFrame
  readonly #client: ClientContext
  readonly #defaults: CallDefaults | undefined
  readonly #running = new RunningCalls()
  readonly #files = new Set<SftpClient>()
  readonly #identity: ClientIdentity

  constructor(session: SshSession, info: SshInfo, identity: ClientIdentity) {
    this.#session = session
    this.#identity = identity
    this.#client = identity.client
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
    this.scp = scpOver((verb, options, run) =>
      this.#frame.call(verb, options, (op, attempt) => run(this.#usable(), op, attempt)),
    )
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

  async spawn(command: string | readonly string[], options?: SpawnOptions): Promise<SshProcess> {
    const taken = spawnDoor(options)
    const verb = { operation: 'spawn', target: targetOf(command), make: this.#process }
    return this.#launch(verb, taken, () => ({
      start: planStart(command, taken),
      merged: taken.stderr === 'stdout',
      input: taken.input,
    }))
  }

  async shell(options?: ShellOptions): Promise<SshShell> {
    const taken = shellDoor(options)
    const { info } = this
    const host = {
      info,
      client: this.#client,
      endpoint: formatEndpoint(info.endpoint),
      options: expectDoor,
      check: checkWanted,
    }
    const make = (plan: SpawnPlan, op: Operation): RunningShell => new RunningShell(host, plan, op)
    const verb = { operation: 'shell', target: info.user, make }
    return this.#launch(verb, taken, () => ({
      start: {
        run: { kind: 'shell' },
        variables: variablesOf(taken.env),
        cwd: undefined,
        terminal: taken.terminal === false ? undefined : terminalOf(taken),
      },
      merged: true,
      input: undefined,
    }))
  }

  async subsystem(name: string, options?: SubsystemOptions): Promise<SshProcess> {
    const taken = subsystemDoor(options)
    const verb = { operation: 'subsystem', target: targetOf(name), make: this.#process }
    return this.#launch(verb, taken, () => {
      argument('the name of a subsystem', option.text, name)
      refuseControl('the name of a subsystem', name)
      return {
        start: {
          run: { kind: 'subsystem', name },
          variables: variablesOf(taken.env),
          cwd: undefined,
          terminal: undefined,
        },
        merged: false,
        input: undefined,
      }
    })
  }

  async sftp(options?: SftpOptions): Promise<SftpClient> {
    const taken = sftpDoors.sftp(options)
    const verb = { operation: 'sftp', target: this.info.user, kind: 'session' } as const
    const client = await this.#frame.call(verb, taken, (op, attempt) => {
      const host = { identity: this.#identity, session: this.#usable() }
      const { user, serverSoftware: software } = this.info
      return openSftp({ ...host, user, software }, taken, op, attempt)
    })
    this.#files.add(client)
    void client.closed.then(() => this.#files.delete(client))
    return client
  }

  async forwardLocal(at: string, target: string, options?: CallOptions): Promise<SshTunnel> {
    return this.#tunnel('forwardLocal', [at, target], options, (road) =>
      localForward(tunnelEnd(at), tunnelEnd(target), road),
    )
  }

  async forwardRemote(at: string, target: string, options?: CallOptions): Promise<SshTunnel> {
    return this.#tunnel('forwardRemote', [at, target], options, (road) =>
      remoteForward(tunnelEnd(at), tunnelEnd(target), road),
    )
  }

  async forwardDynamic(at: string, options?: CallOptions): Promise<SshTunnel> {
    return this.#tunnel('forwardDynamic', [at], options, (road) =>
      dynamicForward(tunnelEnd(at), road),
    )
  }

  async close(options?: CloseOptions): Promise<void> {
    await this.#frame.close(graceOf(options), () => this.#leave())
    await this.closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #tunnel(
    operation: string,
    ends: readonly string[],
    options: CallOptions | undefined,
    planned: (road: ForwardRoad) => TunnelPlan,
  ): Promise<SshTunnel> {
    const taken = tunnelDoor(options)
    const target = ends.map(String).join(' → ')
    const road = { ssh: this.dialer, client: this.#client }
    const plan = inCall({ protocol: 'ssh', call: operation, target }, () => planned(road))
    return this.#frame.call({ operation, target, kind: 'session' }, taken, (op) =>
      openTunnel(this.#usable(), plan, op),
    )
  }

  readonly #process = (plan: SpawnPlan, op: Operation): RunningCommand =>
    new RunningCommand(this.info, plan, op)

  #launch<T extends RunningCommand>(
    { operation, target, make }: LaunchVerb<T>,
    options: Taken<RunningOptions>,
    plan: () => Omit<SpawnPlan, 'write' | 'maxUnread'>,
  ): Promise<T> {
    const whole: SpawnPlan = {
      ...inCall({ protocol: 'ssh', call: operation, target }, plan),
      write: writeLimit(options.timeout, this.#defaults?.timeout),
      maxUnread: options.maxUnread ?? MOST_UNREAD,
    }
    const verb = { operation, target, kind: 'session' } as const
    return this.#frame.call(verb, options, async (op, attempt) => {
      const running = make(whole, op)
      await running.start(this.#usable(), attempt, (last) => this.#running.until(last))
      return running
    })
  }

  async #leave(): Promise<void> {
    await Promise.all([...this.#files].map((each) => each.close()))
    await this.#running.ended()
    this.#session.end()
    await this.closed
  }

  #usable(): SshSession {
    this.#frame.refuseClosed()
    return this.#session
  }
}

/** A verb that starts something, and what its caller holds of it. */
interface LaunchVerb<T> {
  readonly operation: string
  readonly target: string
  readonly make: (plan: SpawnPlan, op: Operation) => T
}

/** The command as messages show it; whatever else was given in its place is refused. */
function targetOf(command: unknown): string {
  const words = [command].flat().filter((word) => typeof word === 'string')
  const whole = words.join(' ')
  return whole.length > SHOWN ? `${whole.slice(0, SHOWN)}…` : whole
}

function checkWanted(wanted: unknown): void {
  inCall({ protocol: 'ssh', call: 'expect' }, () =>
    argument('what expect waits for', wantedShape, wanted as Wanted),
  )
}

const graceOf = closeDoor({ protocol: 'ssh', call: 'close' })
const SHOWN = 200
const MOST_UNREAD = 1024 * 1024
