/*
 * The connections of one run: one to each server, opened when something needs it, all closed at the end. A place is a path on
 * any of them, as `@net/files` takes it.
 */

import { basename, dirname } from 'node:path'

import type { RemoteFiles } from '@net/core'
import type { TreePlace } from '@net/files'
import type { FtpClient } from '@net/ftp'
import type { HttpClient } from '@net/http'
import type { SftpClient, SshClient } from '@net/ssh'

import { addressOf, type Address, type ServerAddress, type WebAddress } from './address.ts'
import { roleAmong } from './askers.ts'
import type { Call } from './call.ts'
import { callOptions, clientDefaults, hostKeysOf, sshLogin, tlsOptions } from './connect-options.ts'
import { openRoad, type Road } from './road.ts'
import { checkedUser, passwordFor, type ServerRole } from './secrets.ts'
import { UsageError } from './usage-error.ts'

/** How the connections of a run are opened. */
export interface SessionOptions {
  /** How many connections to an FTP server. Default 1. */
  readonly connections?: number | undefined
}

/** The connections of one run. */
export class Session implements AsyncDisposable {
  readonly #call: Call
  readonly #connections: number
  readonly #opened: AsyncDisposable[] = []
  readonly #trees = new Map<string, RemoteFiles>()
  readonly #clients = new Map<string, Promise<FtpClient | SftpClient>>()
  #road: Promise<Road> | undefined
  #http: Promise<HttpClient> | undefined

  constructor(call: Call, { connections = 1 }: SessionOptions = {}) {
    this.#call = call
    this.#connections = connections
  }

  /** The road of `--via` and `--proxy`. */
  async road(): Promise<Road['options']> {
    this.#road ??= this.#keep(openRoad(this.#call))
    return (await this.#road).options
  }

  /** The path as a place in a tree. A stream is none: `UsageError`. */
  async place(address: Address, role: ServerRole = 'only'): Promise<TreePlace> {
    const { at, localFiles } = await import('@net/files')
    if (address.kind === 'stream') throw new UsageError('- has no meaning here')
    if (address.kind === 'local') {
      const { path, mustBeFolder } = address
      return at(localFiles(dirname(path)), `${basename(path)}${mustBeFolder ? '/' : ''}`)
    }
    if (address.kind === 'http') return this.#document(address)
    const files = await this.#tree(address, role)
    return at(files, `${address.path}${address.mustBeFolder ? '/' : ''}`)
  }

  /** The client of all web servers. */
  async http(): Promise<HttpClient> {
    this.#http ??= this.#keep(this.#openHttp())
    return this.#http
  }

  /** A login on an SSH host, such as `ssh://ada@host` or a name of ssh_config. */
  async ssh(host: string, role: ServerRole = 'only'): Promise<SshClient> {
    const { serverOf } = await import('./address.ts')
    const ssh = await import('@net/ssh')
    // A name alone is looked up in ssh_config as it is.
    const bare = /^[^:/@[\]]+$/.test(host)
    const { endpoint, user } = serverOf(host, { schemes: ['ssh', 'sftp'], defaultPort: 22 })
    const name = user ?? checkedUser(this.#call.options.user)
    const asker = { host: endpoint.host, user: name, role }
    const opening = ssh.connect(bare ? host : host.replace(/^sftp:/i, 'ssh:'), {
      ...callOptions(this.#call),
      ...(await this.road()),
      ...(await sshLogin(ssh, this.#call, asker)),
      ...(name === undefined ? {} : { user: name }),
      hostKeys: hostKeysOf(ssh, this.#call),
      defaults: clientDefaults(this.#call),
    })
    return this.#keep(opening)
  }

  /** The client of the server that the address is on. */
  client(address: ServerAddress, role: ServerRole = 'only'): Promise<FtpClient | SftpClient> {
    const user = address.user ?? checkedUser(this.#call.options.user)
    const key = JSON.stringify([address.server, user])
    const own = roleAmong(this.#call, role)
    const client = this.#clients.get(key) ?? this.#connect(address, user, own)
    this.#clients.set(key, client)
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#opened.toReversed()) await each[Symbol.asyncDispose]()
  }

  /** One tree for each root of each server, so that a copy within a server is seen as one. */
  async #tree(address: ServerAddress, role: ServerRole): Promise<RemoteFiles> {
    const client = await this.client(address, role)
    const named = `${address.server} ${address.user ?? ''} ${address.root}`
    const tree = this.#trees.get(named) ?? client.files(address.root)
    this.#trees.set(named, tree)
    return tree
  }

  async #connect(
    address: ServerAddress,
    user: string | undefined,
    role: ServerRole,
  ): Promise<FtpClient | SftpClient> {
    if (address.kind === 'sftp') {
      const at = user === undefined ? '' : `${encodeURIComponent(user)}@`
      const host = await this.ssh(address.server.replace('://', `://${at}`), role)
      return this.#keep(host.sftp({ ...callOptions(this.#call) }))
    }
    const ftp = await import('@net/ftp')
    const tls = await tlsOptions(this.#call)
    const { dangerouslyAllowPlaintextAuth } = this.#call.options
    const asker = { host: address.host, user, role }
    const opening = ftp.connect(address.server, {
      ...callOptions(this.#call),
      ...(await this.road()),
      ...(user === undefined ? {} : { user, password: await passwordFor(this.#call, asker) }),
      ...(tls === undefined ? {} : { tls }),
      ...(dangerouslyAllowPlaintextAuth === true ? { dangerouslyAllowPlaintextAuth } : {}),
      connections: this.#connections,
      defaults: clientDefaults(this.#call),
    })
    return this.#keep(opening)
  }

  async #openHttp(): Promise<HttpClient> {
    const http = await import('@net/http')
    const { netrc, http2 } = this.#call.options
    const user = webUser(this.#call)
    const tls = await tlsOptions(this.#call)
    const asker = { host: 'the web server', user, role: 'only' } as const
    return http.createClient({
      ...(await this.road()),
      ...(user === undefined ? {} : { user, password: await passwordFor(this.#call, asker) }),
      ...(netrc === true && user === undefined ? { auth: http.netrc() } : {}),
      ...(tls === undefined ? {} : { tls }),
      ...(http2 === true ? { http2 } : {}),
      redirect: this.#call.options.location === true,
      defaults: clientDefaults(this.#call),
    })
  }

  async #document({ url }: WebAddress): Promise<TreePlace> {
    const [{ at }, { webFile }] = await Promise.all([import('@net/files'), import('@net/http')])
    const { files, path } = webFile(await this.http(), url)
    return at(files, path)
  }

  async #keep<T extends AsyncDisposable>(opening: Promise<T>): Promise<T> {
    const opened = await opening
    this.#opened.push(opened)
    return opened
  }
}

/** The name of `--user` where it is meant for a web server: not beside an FTP or SFTP server, and for one alone. Throws `UsageError`. */
function webUser({ args, options }: Call): string | undefined {
  const user = checkedUser(options.user)
  if (user === undefined) return undefined
  const addresses = args.map(addressOf)
  if (addresses.some((each) => 'server' in each)) return undefined
  const origins = new Set(
    addresses.flatMap((each) => (each.kind === 'http' ? [new URL(each.url).origin] : [])),
  )
  if (origins.size > 1) throw new UsageError('--user is for one web server, and there are several')
  return user
}
