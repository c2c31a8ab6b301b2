/*
 * Tunnels through an SSH connection: what connects at one end is joined to a connection from the other. What ends the
 * SSH connection ends the tunnel, and frees its place before `closed` settles.
 */

import {
  formatEndpoint,
  type CallDefaults,
  type CloseOptions,
  type Endpoint,
  type NetError,
} from '@net/core'
import { closeDoor, operation, type ClientContext, type Operation } from '@net/core/authoring'
import {
  listen,
  overTransport,
  pipe,
  type Connection,
  type ConnectionServer,
  type Dialer,
} from '@net/socket'

import { sshErrors } from './engine/ssh2-errors.ts'
import type { SshSession } from './engine/ssh2.ts'

/** A tunnel that stands. Disposing closes it. */
export interface SshTunnel extends AsyncDisposable {
  /** Where it listens, with the port that was chosen. */
  readonly address: Endpoint
  /** The same as `tcp://host:port` or `unix:/path`. */
  readonly url: string
  /** How many connections it carries. */
  readonly connections: number
  /** Takes no more connections; those that it carries have `grace` to end, 2,000 ms by default. Rejects only with `NET_BAD_OPTION`. */
  close(options?: CloseOptions): Promise<void>
  /** Settles once it is gone and its place is free: with what took the SSH connection, or undefined after `close`. Never rejects. */
  readonly closed: Promise<NetError | undefined>
}

/** What a tunnel is made of. */
export interface TunnelPlan {
  /** Where it listens: on this machine, or on the SSH server. */
  readonly at: Endpoint
  /** Where it leads, for events. */
  readonly name: string
  /** The road to listen on; default that of this machine. */
  readonly listenOn?: Dialer
  readonly client: ClientContext
  /** Finds out where a connection is to go, and answers it where it asks; undefined if nowhere. */
  readonly lead: (connection: Connection, op: Operation) => Promise<Connection | undefined>
}

/** Opens a tunnel within its operation, which ends with it. */
export async function openTunnel(
  session: SshSession,
  plan: TunnelPlan,
  op: Operation,
): Promise<SshTunnel> {
  const { at, listenOn: dialer } = plan
  const url = at.path === undefined ? `tcp://${formatEndpoint(at)}` : `unix:${at.path}`
  const serve = (connection: Connection): Promise<void> => carry(connection, plan, op)
  const server = await listen(url, serve, {
    ...(dialer === undefined ? {} : { dialer }),
    signal: op.signal,
    defaults: PATIENT,
  })
  const tunnel = new RunningTunnel(server, session)
  op.until(tunnel.closed)
  op.onAbort((reason) => tunnel.end(reason))
  return tunnel
}

class RunningTunnel implements SshTunnel {
  readonly closed: Promise<NetError | undefined>
  readonly #server: ConnectionServer
  readonly #gone: PromiseWithResolvers<NetError | undefined> = Promise.withResolvers()
  #ending: Promise<void> | undefined

  constructor(server: ConnectionServer, session: SshSession) {
    this.#server = server
    this.closed = this.#gone.promise
    void session.closed.then((error) => this.end(error))
  }

  get address(): Endpoint {
    return this.#server.address
  }

  get url(): string {
    return this.#server.url
  }

  get connections(): number {
    return this.#server.connections.size
  }

  async close(options?: CloseOptions): Promise<void> {
    const grace = graceOf(options)
    this.#ending ??= this.#end(undefined, grace)
    await this.#ending
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** At once, for this reason. */
  end(reason: NetError | undefined): void {
    this.#ending ??= this.#end(reason, 0)
  }

  async #end(reason: NetError | undefined, grace: number): Promise<void> {
    await this.#server.close({ grace })
    this.#gone.resolve(reason)
  }
}

/** Joins one connection; what fails is an event of its own, and ends nothing else. */
function carry(
  connection: Connection,
  { name, at, client, lead }: TunnelPlan,
  parent: Operation,
): Promise<void> {
  const spec = {
    protocol: 'ssh',
    operation: 'tunnel',
    target: name,
    endpoint: formatEndpoint(at),
    kind: 'session',
    errors: sshErrors,
    client,
    parent: parent.id,
  } as const
  return operation(spec, undefined, async (op) => {
    // A client that has left needs no connection any more.
    void connection.closed.then((error) => {
      if (error !== undefined) op.fail(error)
    })
    const far = await lead(connection, op)
    if (far === undefined) return
    const { there, back } = await pipe(connection, far, { signal: op.signal })
    op.progress(there + back)
  })
}

/** A connection to where a tunnel leads. */
export async function dialFor(
  dialer: Dialer,
  endpoint: Endpoint,
  op: Operation,
): Promise<Connection> {
  const transport = await dialer.dial(endpoint, op.within)
  return overTransport(transport, { defaults: PATIENT })
}

const graceOf = closeDoor({ protocol: 'ssh', call: 'close' })
// A quiet tunnel stays, and so does one whose other end is slow.
const PATIENT: CallDefaults = { timeout: { idle: Infinity, write: Infinity } }
