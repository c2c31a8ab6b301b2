/*
 * An SSH server for tests: loopback only, keys in memory, commands from a table, tunnels, and faults on demand. It
 * must not be put on a network.
 */

import { isLoopback, type Endpoint } from '@net/core'
import { listen, type Connection } from '@net/socket'

import { formatLine } from '../host-keys/known-hosts-line.ts'
import { readHostKey } from '../host-keys/host-key.ts'
import type { ServerQuirks } from './server-quirks.ts'
import { execHandler, type ExecHandler, type ExecTable } from './exec-handlers.ts'
import { SshFaults, type SshFault } from './faults.ts'
import type { SshUser } from './login-desk.ts'
import { ServerConnection, type SshReceived } from './server-connection.ts'
import { createSshKey, type SshKeyPair } from './ssh-keys.ts'

/** Options of the embedded server. */
export interface SshServerOptions {
  /** By name; default one user `ada` with the password `lovelace`. */
  readonly users?: Readonly<Record<string, SshUser>>
  /** What commands do; default every command is unknown. */
  readonly exec?: ExecTable | ExecHandler
  /** Where tunnels to `host:port` lead, as `host:port` on this machine. Tunnels to loopback addresses lead where they say. */
  readonly routes?: Readonly<Record<string, string>>
  /** The host key; default one of its own. */
  readonly hostKey?: SshKeyPair
  /** Further host keys of other types, as private keys in PEM or OpenSSH's format. */
  readonly moreHostKeys?: readonly string[]
  /** Shown before the login. */
  readonly banner?: string
  /** Shown before the identification. */
  readonly greeting?: string
  /** Rules that the server breaks. */
  readonly quirks?: ServerQuirks
}

/** A running server. */
export interface SshServer extends AsyncDisposable {
  /** `ssh://127.0.0.1:port`. */
  readonly url: string
  readonly address: Endpoint
  readonly hostKey: SshKeyPair
  /** The line that makes its host key known, with a line end. */
  readonly knownHostsLine: string
  /** What it got, in order. Passwords are not kept. */
  readonly received: readonly SshReceived[]
  /** How many connections are open. */
  readonly connections: number
  /** Arms a fault. */
  fail(fault: SshFault): void
  /** The first thing received for which the predicate holds, past or to come. */
  waitFor(predicate: (received: SshReceived) => boolean): Promise<SshReceived>
  /** Resolves when no connection is open. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** Starts a server on 127.0.0.1, on a port of its own. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const server = new RunningServer(options)
  await server.start()
  return server
}

class RunningServer implements SshServer {
  readonly hostKey: SshKeyPair
  readonly received: SshReceived[] = []
  readonly #options: SshServerOptions
  readonly #faults = new SshFaults()
  readonly #open = new Set<ServerConnection>()
  readonly #waiting = new Set<() => void>()
  #listener: Awaited<ReturnType<typeof listen>> | undefined

  constructor(options: SshServerOptions) {
    this.#options = options
    this.hostKey = options.hostKey ?? createSshKey('host')
  }

  get url(): string {
    return `ssh://${this.address.host}:${this.address.port}`
  }

  get address(): Endpoint {
    const address = this.#listener?.address
    return { scheme: 'ssh', host: address?.host ?? '', port: address?.port ?? 0 }
  }

  get knownHostsLine(): string {
    return formatLine(`[${this.address.host}]:${this.address.port}`, readHostKey(this.hostKey.blob))
  }

  get connections(): number {
    return this.#open.size
  }

  async start(): Promise<void> {
    this.#listener = await listen('tcp://127.0.0.1:0', (connection) => this.#serve(connection))
  }

  fail(fault: SshFault): void {
    this.#faults.add(fault)
  }

  waitFor(predicate: (received: SshReceived) => boolean): Promise<SshReceived> {
    return this.#when(() => this.received.find(predicate))
  }

  async idle(): Promise<void> {
    await this.#when(() => (this.#open.size === 0 ? true : undefined))
  }

  async close(): Promise<void> {
    for (const connection of this.#open) connection.cut()
    await this.#listener?.close({ grace: 0 })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #serve(connection: Connection): Promise<void> {
    const {
      users = DEFAULT_USERS,
      exec,
      routes = {},
      banner,
      greeting,
      quirks = {},
    } = this.#options
    const served = new ServerConnection(connection, {
      hostKeys: [this.hostKey.privateKey, ...(this.#options.moreHostKeys ?? [])],
      users,
      exec: execHandler(exec),
      route: (target) => routes[target] ?? (isLoopback(hostOf(target)) ? target : undefined),
      quirks,
      faults: this.#faults,
      ...(banner === undefined ? {} : { banner }),
      ...(greeting === undefined ? {} : { greeting }),
      received: (what) => {
        this.received.push(what)
        this.#changed()
      },
    })
    this.#open.add(served)
    await served.serve()
    this.#open.delete(served)
    this.#changed()
  }

  #when<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const again = (): void => {
        const found = look()
        if (found === undefined) return
        this.#waiting.delete(again)
        resolve(found)
      }
      this.#waiting.add(again)
      again()
    })
  }

  #changed(): void {
    for (const again of this.#waiting) again()
  }
}

function hostOf(target: string): string {
  return target.slice(0, target.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}

const DEFAULT_USERS: Readonly<Record<string, SshUser>> = { ada: { password: 'lovelace' } }
