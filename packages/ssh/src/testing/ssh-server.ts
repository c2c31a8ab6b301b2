/*
 * An SSH server for tests: loopback only, keys in memory, commands from a table, tunnels, and faults on demand. It
 * must not be put on a network.
 */

import { isLoopback, type Endpoint } from '@net/core'
import {
  option,
  optionsDoor,
  optionsObject,
  shape,
  type OptionsDoor,
  type Taken,
} from '@net/core/authoring'
import { listen, type Connection } from '@net/socket'

import { formatLine } from '../host-keys/known-hosts-line.ts'
import { readHostKey } from '../host-keys/host-key.ts'
import type { PrivateKey } from '../identity/key-material.ts'
import { openPrivateKey } from '../identity/private-key.ts'
import { readPublicText } from '../identity/public-key.ts'
import type { ServerQuirks } from './server-quirks.ts'
import {
  execAnswer,
  execHandler,
  subsystemHandler,
  type ExecAnswer,
  type ExecHandler,
  type ExecTable,
} from './exec-handlers.ts'
import { SshFaults, type SshFault } from './faults.ts'
import { lineShell } from './line-shell.ts'
import type { SshQuestions, SshUser } from './login-desk.ts'
import { ServerConnection, type SshReceived } from './server-connection.ts'
import { createSshKey, type SshKeyPair } from './ssh-keys.ts'

/** Options of the embedded server. */
export interface SshServerOptions {
  /** By name; default one user `ada` with the password `lovelace`. */
  readonly users?: Readonly<Record<string, SshUser>> | undefined
  /** What commands do; default every command is unknown. */
  readonly exec?: ExecTable | ExecHandler | undefined
  /** What a shell does; default it has a prompt, runs commands of `exec` line by line, and ends with `exit`. */
  readonly shell?: ExecHandler | undefined
  /** What subsystems do, by their names; default there are none. */
  readonly subsystems?: Readonly<Record<string, ExecAnswer>> | undefined
  /** How many commands, shells and subsystems a connection may have at once; default 10, as for sshd. */
  readonly maxSessions?: number | undefined
  /** Where tunnels to `host:port` lead, as `host:port` on this machine. Tunnels to loopback addresses lead where they say. */
  readonly routes?: Readonly<Record<string, string>> | undefined
  /** The host key; default one of its own. */
  readonly hostKey?: SshKeyPair | undefined
  /** Further host keys of other types, as private keys in PEM or OpenSSH's format. */
  readonly moreHostKeys?: readonly string[] | undefined
  /** A certificate for the host key, as one line: it is shown to clients that ask for one. */
  readonly hostCertificate?: string | undefined
  /** Keys that the server tells clients of after the login, and proves, as one does that is about to change its key. */
  readonly nextHostKeys?: readonly SshKeyPair[] | undefined
  /** Shown before the login. */
  readonly banner?: string | undefined
  /** Shown before the identification. */
  readonly greeting?: string | undefined
  /** How many tries to log in may fail before the server ends the connection. Default 6, as for sshd. */
  readonly maxTries?: number | undefined
  /** How many milliseconds a login may take before the server ends the connection. Default no limit; sshd has 120,000. */
  readonly loginGrace?: number | undefined
  /** Rules that the server breaks. */
  readonly quirks?: ServerQuirks | undefined
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

const serverOptions: OptionsDoor<SshServerOptions> = optionsDoor<SshServerOptions>(
  { protocol: 'ssh', call: 'startSshServer' },
  {
    users: option.record(
      optionsObject<SshUser>(
        {
          password: option.text,
          keys: option.list(option.text),
          both: option.flag,
          authorities: option.list(option.text),
          questions: option.list(
            optionsObject<SshQuestions>({
              name: option.text,
              instruction: option.text,
              questions: option.required(
                option.list(
                  optionsObject({ text: option.required(option.text), echo: option.flag }),
                ),
              ),
              answers: option.required(option.list(option.text)),
            }),
          ),
          expired: shape('{ text, newPassword }', isExpiry),
          steps: option.list(option.oneOf('publickey', 'password', 'keyboard-interactive')),
          open: option.flag,
        },
        { key: 'keys', publicKeys: 'keys' },
      ),
    ),
    exec: option.either<ExecTable | ExecHandler>(
      [option.callback<ExecHandler>(), option.record(execAnswer)],
      'a function, or an object of commands',
    ),
    shell: option.callback<ExecHandler>(),
    subsystems: option.record(execAnswer),
    maxSessions: option.count,
    routes: option.record(option.text),
    hostKey: shape<SshKeyPair>('a pair of createSshKey()', isKeyPair),
    moreHostKeys: option.list(option.text),
    hostCertificate: option.text,
    nextHostKeys: option.list(shape<SshKeyPair>('a pair of createSshKey()', isKeyPair)),
    banner: option.text,
    greeting: option.text,
    maxTries: option.count,
    loginGrace: option.milliseconds,
    quirks: optionsObject<ServerQuirks>({
      software: option.text,
      packetSize: option.size,
      env: option.flag,
      answer: option.oneOf('late', 'refused', 'never'),
      forwardedAs: option.text,
      breaks: option.oneOf('window', 'end', 'channel', 'close'),
    }),
  },
)

/** Starts a server on 127.0.0.1, on a port of its own. Throws `NET_BAD_OPTION`. */
export async function startSshServer(options?: SshServerOptions): Promise<SshServer> {
  const server = new RunningServer(serverOptions(options))
  await server.start()
  return server
}

class RunningServer implements SshServer {
  readonly hostKey: SshKeyPair
  readonly received: SshReceived[] = []
  readonly #options: Taken<SshServerOptions>
  readonly #faults = new SshFaults()
  readonly #open = new Set<ServerConnection>()
  readonly #waiting = new Set<() => void>()
  #certificate: Uint8Array | undefined
  #nextHostKeys: readonly PrivateKey[] = []
  #listener: Awaited<ReturnType<typeof listen>> | undefined

  constructor(options: Taken<SshServerOptions>) {
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
    const { hostCertificate, nextHostKeys = [] } = this.#options
    if (hostCertificate !== undefined) this.#certificate = readPublicText(hostCertificate)?.blob
    this.#nextHostKeys = await Promise.all(
      nextHostKeys.map(({ privateKey }) => openPrivateKey(privateKey)),
    )
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
    this.#faults.end()
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
      hostCertificate: this.#certificate,
      nextHostKeys: this.#nextHostKeys,
      users,
      exec: execHandler(exec),
      shell: this.#options.shell ?? lineShell(execHandler(exec)),
      subsystem: subsystemHandler(this.#options.subsystems ?? {}),
      maxSessions: this.#options.maxSessions ?? 10,
      route: (target) => routes[target] ?? (isLoopback(hostOf(target)) ? target : undefined),
      quirks,
      maxTries: this.#options.maxTries ?? 6,
      loginGrace: this.#options.loginGrace,
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

function isExpiry(value: unknown): boolean {
  const { text, newPassword } = Object(value) as Record<string, unknown>
  return typeof text === 'string' && typeof newPassword === 'string'
}

function isKeyPair(value: unknown): boolean {
  return typeof (Object(value) as Partial<SshKeyPair>).privateKey === 'string'
}

function hostOf(target: string): string {
  return target.slice(0, target.lastIndexOf(':')).replace(/^\[|\]$/g, '')
}

const DEFAULT_USERS: Readonly<Record<string, SshUser>> = { ada: { password: 'lovelace' } }
