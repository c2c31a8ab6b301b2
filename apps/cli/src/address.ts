/*
 * What an argument means: the one place where a URL chooses its protocol. Local arguments are names, literally; the parts of a
 * URL's path are decoded once.
 */

import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { formatEndpoint, parseEndpoint, type ParsedEndpoint } from '@net/core'

import { decodedName, encodedName } from './url-name.ts'
import { UsageError } from './usage-error.ts'

/** A file or folder of this machine. */
export interface LocalAddress {
  readonly kind: 'local'
  /** Absolute. */
  readonly path: string
  /** Whether it was written with a slash at its end. */
  readonly mustBeFolder: boolean
  readonly given: string
}

/** A file or folder on an FTP or SFTP server. */
export interface ServerAddress {
  readonly kind: 'ftp' | 'sftp'
  /** The URL of the server, without user and path: `sftp://host:22`. */
  readonly server: string
  readonly scheme: string
  readonly host: string
  readonly user: string | undefined
  /** Where the path begins: the login folder or the root. */
  readonly root: '.' | '/'
  /** Without slashes at its ends; empty for the root itself. */
  readonly path: string
  readonly mustBeFolder: boolean
  readonly given: string
}

/** A document of a web server. */
export interface WebAddress {
  readonly kind: 'http'
  readonly url: string
  readonly given: string
}

/** Standard input or output. */
export interface StandardStream {
  readonly kind: 'stream'
  readonly given: '-'
}

/** What an argument means. */
export type Address = LocalAddress | ServerAddress | WebAddress | StandardStream

/** What the argument means. Throws `UsageError`. */
export function addressOf(given: string): Address {
  if (given === '-') return { kind: 'stream', given }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given)?.[1]?.toLowerCase()
  if (scheme === undefined) return localAddress(given, given)
  if (scheme === 'file') return localAddress(localPath(given), given)
  if (scheme === 'http' || scheme === 'https') return webAddress(given)
  if (scheme === 'ftp' || scheme === 'ftps' || scheme === 'sftp') return onServer(given, scheme)
  throw new UsageError(`${scheme}: is no protocol of this command: ${SCHEMES} or a local path`)
}

/** The URL of a web server, and nothing else. Throws `UsageError`. */
export function webAddress(given: string): WebAddress {
  if (!URL.canParse(given)) throw new UsageError(`${given} is no URL`)
  const { protocol, password } = new URL(given)
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new UsageError(`${given}: the URL must begin with http: or https:`)
  }
  if (password !== '') throw passwordInUrl()
  return { kind: 'http', url: given, given }
}

/** A server to log in to, such as `ssh://ada@host` or `smtps://host:465`. Throws `UsageError` for a password in it. */
export function serverOf(
  given: string,
  options: Parameters<typeof parseEndpoint>[1],
): ParsedEndpoint {
  const parsed = parseEndpoint(given, options)
  if (parsed.password !== undefined) throw passwordInUrl()
  return parsed
}

/** The URL of a path on the same server, from the root of the address on; every command takes it again. */
export function urlOf(address: Address, path: string): string {
  if (address.kind === 'http') return address.url
  if (address.kind === 'stream') return '-'
  if (address.kind === 'local') return `file://${encoded(path)}`
  const { server, user, root } = address
  const at = user === undefined ? '' : `${encodeURIComponent(user)}@`
  return `${server.replace('://', `://${at}`)}/${PREFIXES[`${address.kind}${root}`]}${encoded(path)}`
}

/** The whole path, or the URL, of a path in the tree of the address; here that tree is the folder in which the address is. */
export function wholePathOf(address: Address, path: string): string {
  return address.kind === 'local' ? join(dirname(address.path), path) : urlOf(address, path)
}

function encoded(path: string): string {
  return path.split('/').map(encodedName).join('/')
}

function localPath(given: string): string {
  try {
    return fileURLToPath(given)
  } catch (error) {
    // Bytes of a name that are no text.
    if (error instanceof URIError)
      return new URL(given).pathname.split('/').map(decodedName).join('/')
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(`${given}: ${error.message}`)
  }
}

function localAddress(path: string, given: string): LocalAddress {
  if (path === '') throw new UsageError('an empty argument names no file')
  return { kind: 'local', path: resolve(path), mustBeFolder: /\/\.{0,2}$/.test(path), given }
}

function onServer(given: string, scheme: 'ftp' | 'ftps' | 'sftp'): ServerAddress {
  const [, authority = '', rest = ''] = /^[^:]+:\/\/([^/?#]*)(.*)$/s.exec(given) ?? []
  const strange = /[?#]/.exec(rest)?.[0]
  if (strange !== undefined) {
    const code = strange === '#' ? '%23' : '%3F'
    throw new UsageError(`${given}: write ${code} for ${strange} in a name`)
  }
  const { endpoint, user } = serverOf(`${scheme}://${authority}`, {
    schemes: [scheme],
    defaultPort: PORTS[scheme],
  })
  const kind = scheme === 'sftp' ? 'sftp' : 'ftp'
  return {
    kind,
    server: `${scheme}://${formatEndpoint(endpoint)}`,
    scheme,
    host: endpoint.host,
    user,
    ...pathOf(kind, rest, given),
    given,
  }
}

/** The path of the URL: where it begins, and its names. */
function pathOf(
  kind: 'ftp' | 'sftp',
  rest: string,
  given: string,
): Pick<ServerAddress, 'root' | 'path' | 'mustBeFolder'> {
  const [, fromRoot = '', fromHome = '', names = ''] =
    /^\/?(?:(%2f|\/)|(~(?:\/|$)))?(.*)$/is.exec(rest) ?? []
  const parts = names
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map((part) => nameIn(part, given))
  const isRoot = fromRoot !== '' || (kind === 'sftp' && fromHome === '')
  return {
    root: isRoot ? '/' : '.',
    path: parts.join('/'),
    mustBeFolder: names === '' || names.endsWith('/'),
  }
}

function nameIn(part: string, given: string): string {
  const name = decodedName(part)
  if (name.includes('/')) throw new UsageError(`${given}: a name cannot have a slash in it`)
  if (name === '..') throw new UsageError(`${given}: a path cannot go up with ..`)
  return name
}

/** What is wrong with a password in a URL; `ways` are the others of the command. */
export function passwordInUrl(
  ways = 'set NET_PASSWORD, use --password-file or netrc, or wait to be asked',
): UsageError {
  return new UsageError(
    `a password in the arguments can be seen by every user of this machine: leave it out of the URL and ${ways}`,
  )
}

const SCHEMES = 'ftp:, ftps:, sftp:, http:, https:'
const PORTS = { ftp: 21, ftps: 990, sftp: 22 } as const
const PREFIXES: Readonly<Record<string, string>> = {
  'ftp.': '',
  'ftp/': '%2F',
  'sftp.': '~/',
  'sftp/': '',
}
