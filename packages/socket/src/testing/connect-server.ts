/*
 * An HTTP proxy for tests that knows CONNECT, Basic and Digest authentication, with or without TLS, on loopback only. A request with
 * the whole URL of what it asks for is passed on, one per connection.
 */

import { option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import type { Connection } from '../connection.ts'
import { tlsOptions, type TlsOptions } from '../tls/options.ts'
import { DigestLogin } from './digest-login.ts'
import { proxyServerTable, startProxyServer } from './proxy-server.ts'
import type {
  ProxyProtocol,
  ProxyRefusal,
  ProxyRequest,
  ProxyServer,
  ProxyServerOptions,
} from './proxy-server.ts'

/** What an HTTP proxy for tests is like. */
export interface ConnectServerOptions extends ProxyServerOptions {
  /** Certificate and key; with them clients speak TLS to the proxy, and its URL says `https:`. */
  readonly tls?: TlsOptions | undefined
  /** How its users log in; default `basic`. */
  readonly login?: 'basic' | 'digest' | undefined
}

/** Starts an HTTP proxy on a free port of 127.0.0.1. */
export async function startConnectServer(given?: ConnectServerOptions): Promise<ProxyServer> {
  const { tls, login, ...options } = connectServerDoor(given)
  const { users } = options
  const digest = login === 'digest' && users !== undefined ? new DigestLogin(users) : undefined
  return startProxyServer({
    scheme: tls === undefined ? 'http' : 'https',
    options,
    speak: () => new ConnectProtocol(users, digest),
    ...(tls === undefined ? {} : { tls }),
  })
}

class ConnectProtocol implements ProxyProtocol {
  readonly #users: ProxyServerOptions['users']
  readonly #digest: DigestLogin | undefined
  #onward: string | undefined

  constructor(users: ProxyServerOptions['users'], digest: DigestLogin | undefined) {
    this.#users = users
    this.#digest = digest
  }

  async read(connection: Connection): Promise<ProxyRequest | undefined> {
    const first = (await connection.readLine()) ?? ''
    const headers: Record<string, string> = {}
    const lines: string[] = []
    for await (const line of connection.lines()) {
      if (line === '') break
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      headers[name] = line.slice(colon + 1).trim()
      if (!OURS.has(name)) lines.push(line)
    }
    const target = this.#targetOf(first, lines)
    if (target === undefined) {
      await connection.write(this.answer(405))
      return undefined
    }
    const user = this.#userOf(first, headers['proxy-authorization'])
    if (user === undefined) {
      await connection.write(this.answer(407))
      return undefined
    }
    return { target, headers, ...(user === '' ? {} : { user }) }
  }

  /** Who asks; '' for somebody of whom nothing has to be known, undefined if that is not proved. */
  #userOf(line: string, authorization: string = ''): string | undefined {
    const users = this.#users
    const [method = '', target = ''] = line.split(' ')
    if (this.#digest !== undefined) return this.#digest.userOf(authorization, { method, target })
    const [user, password] = loginOf(authorization)
    if (users === undefined) return user
    return Object.hasOwn(users, user) && users[user] === password ? user : undefined
  }

  onward(): Uint8Array | undefined {
    return this.#onward === undefined ? undefined : Buffer.from(this.#onward, 'latin1')
  }

  /** Where to; what is to be passed on keeps its fields but for those that the proxy has read. */
  #targetOf(line: string, fields: readonly string[]): string | undefined {
    const [method, target = ''] = line.split(' ')
    if (method === 'CONNECT') return target
    const [, host, path = ''] = ABSOLUTE.exec(target) ?? []
    if (host === undefined) return undefined
    const kept = [...fields, 'Connection: close']
    this.#onward = `${method} ${path === '' ? '/' : path} HTTP/1.1\r\n${kept.join('\r\n')}\r\n\r\n`
    return /:\d+$/.test(host) ? host : `${host}:80`
  }

  answer(outcome: 'open' | ProxyRefusal | number): Uint8Array {
    const status = typeof outcome === 'number' ? outcome : STATUS[outcome]
    const text = TEXTS.get(status) ?? 'Answer'
    const head = [`HTTP/1.1 ${status} ${text}`]
    const challenge = this.#digest?.challenge ?? 'Basic realm="test"'
    if (status === 407) head.push(`Proxy-Authenticate: ${challenge}`)
    if (status >= 300) head.push('Content-Length: 0', 'Connection: close')
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n`)
  }
}

function loginOf(authorization: string): [user: string, password: string] {
  const pair = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? ['', ''] : [pair.slice(0, colon), pair.slice(colon + 1)]
}

const ABSOLUTE = /^http:\/\/([^/?#@]+)(\S*)$/i
/** Fields of the connection to the proxy. */
const OURS: ReadonlySet<string> = new Set(['connection', 'proxy-connection', 'proxy-authorization'])
const STATUS = { open: 200, forbidden: 403, refused: 502, unreachable: 504 } as const
const TEXTS: ReadonlyMap<number, string> = new Map([
  [200, 'Connection established'],
  [403, 'Forbidden'],
  [405, 'Method Not Allowed'],
  [407, 'Proxy Authentication Required'],
  [502, 'Bad Gateway'],
  [504, 'Gateway Timeout'],
])

const connectServerDoor: OptionsDoor<ConnectServerOptions> = optionsDoor<ConnectServerOptions>(
  { protocol: 'socket', call: 'startConnectServer' },
  { ...proxyServerTable, tls: tlsOptions, login: option.oneOf('basic', 'digest') },
)
