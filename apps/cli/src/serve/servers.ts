/* The packages' servers for tests, by kind: each loaded only when it is asked for. */

import { UsageError } from '../usage-error.ts'
import { faultOf, type Fault, type ReplyKind } from './fault.ts'

/** What a server is started with. */
export interface ServeOptions {
  readonly folder: string | undefined
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>> | undefined
  readonly tls: { readonly cert: string; readonly key: string } | undefined
  readonly like: string | undefined
}

/** A server that runs. */
export interface Served extends AsyncDisposable {
  /** What is printed besides the kind. */
  readonly about: { readonly url: string; readonly [key: string]: unknown }
  fail(fault: Fault): void
}

/** A kind of server. */
export interface ServerKind {
  /** How its faults spell an answer. */
  readonly replies: ReplyKind
  /** What else it can be started with. */
  readonly takes: readonly (keyof ServeOptions)[]
  start(options: ServeOptions): Promise<Served>
}

/** Arms the faults of the command line. Throws `UsageError`, or `NET_BAD_OPTION` for one that this server has not. */
export function armFaults(served: Served, kind: ServerKind, faults: readonly string[]): void {
  for (const each of faults) served.fail(faultOf(each, kind.replies))
}

/** Throws `UsageError` for an option that this kind of server does not have; it would be ignored silently. */
export function refuseUntaken(name: string, given: GivenOptions): void {
  const takes = serverKinds[name]?.takes ?? []
  for (const [option, words] of SPELLED) {
    if (given[option] !== undefined && !takes.includes(option))
      throw new UsageError(`the ${name} server has no ${words}`)
  }
}

/** What the command line gives of the options, in whatever shape. */
export type GivenOptions = Readonly<Record<keyof ServeOptions, unknown>>

/** All kinds, by name. */
export const serverKinds: Readonly<Record<string, ServerKind>> = {
  ftp: { replies: 'text', takes: ['folder', 'users', 'tls', 'like'], start: startFtp },
  sftp: { replies: 'sftp', takes: ['folder', 'users', 'like'], start: startSftp },
  ssh: { replies: 'ssh', takes: ['users'], start: startSsh },
  smtp: { replies: 'text', takes: ['users', 'tls'], start: startSmtp },
  http: { replies: 'http', takes: ['folder', 'tls'], start: startHttp },
  socks: { replies: 'proxy', takes: ['users'], start: startSocks },
  echo: { replies: 'none', takes: ['tls'], start: startEcho },
}

async function startFtp({ folder, users, tls, like }: ServeOptions): Promise<Served> {
  const { startFtpServer } = await import('@net/ftp/testing')
  const files =
    folder === undefined ? undefined : new (await import('./folder-files.ts')).FolderFiles(folder)
  const server = await startFtpServer({ users, files, tls, like: like as never })
  return served(server, { url: server.url }, (fault) => server.fail(fault as never))
}

async function startSftp({ folder, users, like }: ServeOptions): Promise<Served> {
  const { startSftpServer } = await import('@net/ssh/testing')
  const server = await startSftpServer({
    folder,
    like: like as never,
    ssh: { users: sshUsers(users ?? ADA) },
  })
  const { fingerprint } = server.ssh.hostKey
  const url = server.url.replace(/^ssh:/, 'sftp:')
  const about = { url, ...loginOf(users), fingerprint, knownHosts: server.ssh.knownHostsLine }
  return served(server, about, (fault) => server.fail(fault as never))
}

async function startSsh({ users }: ServeOptions): Promise<Served> {
  const { startSshServer } = await import('@net/ssh/testing')
  const server = await startSshServer({ users: sshUsers(users ?? ADA) })
  const { fingerprint } = server.hostKey
  const { url, knownHostsLine: knownHosts } = server
  const about = { url, ...loginOf(users), fingerprint, knownHosts }
  return served(server, about, (fault) => server.fail(fault as never))
}

async function startSmtp({ users, tls }: ServeOptions): Promise<Served> {
  const { startSmtpServer } = await import('@net/smtp/testing')
  const { startInbox } = await import('./inbox.ts')
  const server = await startSmtpServer({ users, tls })
  const inbox = await startInbox(server)
  return {
    about: { url: server.url, inbox: inbox.url },
    fail: (fault) => server.fail(fault as never),
    async [Symbol.asyncDispose]() {
      await inbox.close()
      await server.close()
    },
  }
}

async function startHttp({ folder, tls }: ServeOptions): Promise<Served> {
  const { httpbinRoutes, startHttpServer } = await import('@net/http/testing')
  const { folderRoutes } = await import('./folder-routes.ts')
  const routes = folder === undefined ? httpbinRoutes() : folderRoutes(folder)
  const server = await startHttpServer({ routes, tls })
  return served(server, { url: server.url }, (fault) => server.fail(fault as never))
}

async function startSocks({ users }: ServeOptions): Promise<Served> {
  const { startSocksServer } = await import('@net/socket/testing')
  const server = await startSocksServer({ users })
  return served(server, { url: server.url }, (fault) => server.fail(fault as never))
}

async function startEcho({ tls }: ServeOptions): Promise<Served> {
  const { startEchoServer } = await import('@net/socket/testing')
  const server = await startEchoServer({ tls })
  return served(server, { url: server.url }, () => {
    throw new UsageError('the echo server has no faults')
  })
}

function served(
  server: AsyncDisposable,
  about: Served['about'],
  fail: (fault: Fault) => void,
): Served {
  return { about, fail, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** Nobody logs in to SSH without a name, so there is always one. */
const ADA = { ada: 'lovelace' }

/** The login of a server that was given no user; the line of JSON tells it. */
function loginOf(users: ServeOptions['users']): {
  readonly user?: string
  readonly password?: string
} {
  return users === undefined ? { user: 'ada', password: ADA.ada } : {}
}

function sshUsers(
  users: Readonly<Record<string, string>>,
): Readonly<Record<string, { readonly password: string }>> {
  const named = Object.entries(users).map(([name, password]) => [name, { password }] as const)
  return Object.fromEntries(named)
}

/** The options as the command line spells them. */
const SPELLED = [
  ['folder', 'folder'],
  ['users', '--user'],
  ['tls', '--tls'],
  ['like', '--like'],
] as const
