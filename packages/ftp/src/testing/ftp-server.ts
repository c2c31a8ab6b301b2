/*
 * An FTP server for tests: real connections on loopback, files in memory, and faults on demand. It must never be
 * put on a network.
 */

import { formatEndpoint, type Endpoint } from '@net/core'
import { option, optionsDoor, shape, type OptionsDoor, type Taken } from '@net/core/authoring'
import { MemoryFiles, type MemoryContents } from '@net/core/testing'
import { roadOption, tcpDialer, type Dialer, type TransportListener } from '@net/socket'

import { ControlConnection } from './control-connection.ts'
import type { Permission } from './user-tree.ts'
import { FtpFaults, type FtpFault } from './faults.ts'
import type { ServerState } from './server-state.ts'
import type { SessionConfig } from './session-config.ts'
import { STYLES, type FtpServerKind, type ServerStyle } from './server-style.ts'
import { ServerTls, serverTls, type ServerTlsOptions } from './server-tls.ts'

/** What the server is like. */
export interface FtpServerOptions {
  /** Passwords by user. Default: only `anonymous` and `ftp` may log in, with any password. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** What is there at the beginning. */
  readonly files?: MemoryContents | MemoryFiles | undefined
  /** Offers AUTH TLS with this certificate. */
  readonly tls?: ServerTlsOptions | undefined
  /** Speaks TLS from the first byte; needs `tls`. The URL is then `ftps:`. */
  readonly implicit?: boolean | undefined
  /** Refuses logins and data that TLS does not protect. */
  readonly requireTls?: boolean | undefined
  /** Refuses data connections that do not resume the TLS session of the control connection, as vsftpd and ProFTPD do. */
  readonly requireSessionReuse?: boolean | undefined
  /** Commands that it does not know, such as `EPSV` or `MLST`; those of the name are not in FEAT either. */
  readonly without?: readonly string[] | undefined
  /** What is allowed below a path; the longest path that fits counts. Default everything. */
  readonly permissions?: Readonly<Record<string, Permission>> | undefined
  /** The folder that a user sees as the root, and cannot leave. Default the root of all files. */
  readonly homes?: Readonly<Record<string, string>> | undefined
  /** The most bytes of all files together; more is 552. Default any number. */
  readonly quota?: number | undefined
  /** The most bytes a second of one data connection. Default any number. */
  readonly rate?: number | undefined
  /** How many control connections may be open at once; a further one hears 421. Default any number. */
  readonly maxConnections?: number | undefined
  /** Behaves in names, listings, REST and RNTO as that server does; options of its own come first. */
  readonly like?: FtpServerKind | undefined
  /** Forgets the offset of REST unless the transfer follows at once (RFC 959, section 4.1.3), as inetutils does. Default false. */
  readonly forgetsRestart?: boolean | undefined
  /** What it says when the client cuts a transfer off; default `426 Transfer aborted.` pure-ftpd says `150 …` and nothing else. */
  readonly cutReply?: string | undefined
  /** How it writes names in bytes. Default `'utf8'`. */
  readonly encoding?: 'utf8' | 'latin1' | undefined
  /** The whole first reply; default `220 Ready.` */
  readonly greeting?: string | undefined
  /** The host of its URL and of its listeners; a loopback address, default 127.0.0.1. */
  readonly host?: string | undefined
  /** The road on which it listens; default TCP. */
  readonly dialer?: Dialer | undefined
}

/** A server that runs. */
export interface FtpServer extends AsyncDisposable {
  /** `ftp://127.0.0.1:port`, or `ftps:`. */
  readonly url: string
  readonly files: MemoryFiles
  /** Every command line that it saw, passwords included. */
  readonly received: readonly string[]
  /** How many control and data connections are open. */
  readonly connections: number
  /** How many data connections resumed the TLS session of their control connection. */
  readonly resumed: number
  /** Arms a fault. Throws `NET_BAD_OPTION`. */
  fail(fault: FtpFault): void
  /** Ends everything. */
  close(): Promise<void>
}

/** Starts a server on a free port of loopback; dispose it to end it. Rejects with `NET_BAD_OPTION`. */
export async function startFtpServer(given?: FtpServerOptions): Promise<FtpServer> {
  const options = serverOptions(given)
  const dialer = options.dialer ?? tcpDialer()
  const host = options.host ?? '127.0.0.1'
  if (dialer.listen === undefined) throw new Error(`the dialer ${dialer.name} cannot listen`)
  const listener = await dialer.listen({ scheme: 'tcp', host, port: 0 })
  return new RunningServer(listener, options, { dialer, host })
}

const contents = shape<MemoryContents | MemoryFiles>(
  'MemoryFiles, or an object of file contents by path',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

const serverOptions: OptionsDoor<FtpServerOptions> = optionsDoor<FtpServerOptions>(
  { protocol: 'ftp', call: 'startFtpServer' },
  {
    users: option.record(option.text),
    files: contents,
    tls: serverTls,
    implicit: option.flag,
    requireTls: option.flag,
    requireSessionReuse: option.flag,
    without: option.list(option.text),
    permissions: option.record(option.oneOf('none', 'read', 'add', 'all')),
    homes: option.record(option.text),
    quota: option.bytes,
    rate: option.limit,
    maxConnections: option.count,
    like: option.oneOf('vsftpd', 'proftpd', 'pure-ftpd', 'inetutils', 'iis'),
    forgetsRestart: option.flag,
    cutReply: option.text,
    encoding: option.oneOf('utf8', 'latin1'),
    greeting: option.text,
    host: option.text,
    dialer: roadOption.dialer,
  },
)

class RunningServer implements FtpServer {
  readonly url: string
  readonly files: MemoryFiles
  readonly #state: ServerState
  readonly #listener: TransportListener
  readonly #running = new Set<Promise<void>>()

  constructor(
    listener: TransportListener,
    options: Taken<FtpServerOptions>,
    road: ServerState['road'],
  ) {
    const { files = {}, tls, like } = options
    const style: ServerStyle = like === undefined ? {} : STYLES[like]
    this.files = files instanceof MemoryFiles ? files : new MemoryFiles(files)
    this.#listener = listener
    this.url = urlOf(listener.address, road.host, options.implicit === true)
    this.#state = {
      road,
      implicit: options.implicit === true,
      requireSessionReuse: options.requireSessionReuse === true,
      greeting: options.greeting ?? style.greeting ?? '220 Ready.',
      cutReply: options.cutReply ?? style.cutReply ?? '426 Transfer aborted.',
      rate: options.rate ?? Infinity,
      maxConnections: options.maxConnections ?? Infinity,
      config: configOf(options, this.files, style),
      tls: tls === undefined ? undefined : new ServerTls(tls),
      faults: new FtpFaults(),
      received: [],
      open: new Set(),
      served: 0,
      resumed: 0,
    }
    void this.#accept()
  }

  get received(): readonly string[] {
    return this.#state.received
  }

  get connections(): number {
    return this.#state.open.size
  }

  get resumed(): number {
    return this.#state.resumed
  }

  fail(fault: FtpFault): void {
    this.#state.faults.add(fault)
  }

  async close(): Promise<void> {
    this.#state.faults.end()
    await this.#listener.close()
    for (const transport of this.#state.open) transport.abort()
    this.#state.tls?.close()
    await Promise.all(this.#running)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #accept(): Promise<void> {
    for (;;) {
      const transport = await this.#listener.accept()
      if (transport === null) return
      const running = new ControlConnection(this.#state, transport).run()
      this.#running.add(running)
      void running.finally(() => this.#running.delete(running))
    }
  }
}

function configOf(
  options: Taken<FtpServerOptions>,
  files: MemoryFiles,
  style: ServerStyle,
): SessionConfig {
  const { users, permissions, homes, quota, tls, forgetsRestart } = options
  return {
    ...style.session,
    files,
    encoding: options.encoding ?? 'utf8',
    tls: tls !== undefined,
    users,
    without: options.without ?? style.without,
    permissions,
    homes,
    quota,
    requireTls: options.requireTls === true,
    ...(forgetsRestart === undefined ? {} : { forgetsRestart }),
  }
}

function urlOf({ port }: Endpoint, host: string, implicit: boolean): string {
  return `${implicit ? 'ftps' : 'ftp'}://${formatEndpoint({ scheme: 'tcp', host, port })}`
}
