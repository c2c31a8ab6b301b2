/*
 * Where a peer listens, read from text such as `ftp://user@host:21/dir`, `[::1]:22` or `unix:/run/app.sock`. Knows
 * no protocol; an error never contains a word of the text, because it may hold a password.
 */

import { netError, type NetError } from './errors/net-error.ts'
import { optionsDoor } from './options/door.ts'
import { own, refuseControl } from './options/own.ts'
import { argument, shape } from './options/shape.ts'
import { between, either, isObject, list, record, text as aText, url } from './options/values.ts'
import { percentDecoded } from './percent.ts'
import { secret, type Secret } from './redaction/secret.ts'

/** Where a peer listens: a host and port, or a path. Frozen; never holds credentials. */
export interface Endpoint {
  /** In lower case, such as `tcp`, `tls`, `ftp` or `unix`. */
  readonly scheme: string
  /** A name in its ASCII form, or an address; IPv6 without brackets. Empty for a Unix socket. */
  readonly host: string
  /** 0 to 65535; 0 for a Unix socket, and where a listener takes any free port. */
  readonly port: number
  /** The path of a Unix socket; one that begins with `@` is an abstract name of Linux. */
  readonly path?: string
}

/** What a text said: where, and apart from that who and what. */
export interface ParsedEndpoint {
  readonly endpoint: Endpoint
  /** Decoded. */
  readonly user?: string
  /** Decoded, and taken out of everything that is printed. */
  readonly password?: Secret
  /** The path of the URL, decoded, with its leading slash; absent if empty. */
  readonly path?: string
}

/** How a text is read. */
export interface EndpointOptions {
  /** The schemes that are allowed; the first one is meant where the text has none. Default any, and `tcp`. */
  readonly schemes?: readonly string[] | undefined
  /** The port where the text has none, one for all or one per scheme; without it the text must have one. */
  readonly defaultPort?: number | Readonly<Record<string, number>> | undefined
}

/**
 * Reads `scheme://user:password@host:port/path`, `host:port`, `[address]:port`, `unix:/path` or `unix:@name`. Names
 * are brought into their ASCII form, addresses into their shortest; a percent sign that encodes nothing stands for itself. Throws `NET_BAD_URL`, or `NET_INJECTION` for
 * control characters; neither says what the text was.
 */
export function parseEndpoint(text: string | URL, options?: EndpointOptions): ParsedEndpoint {
  const { schemes: allowed, defaultPort: port } = endpointOptions(options)
  const whole = String(argument('the URL', url, text))
  refuseControl('the endpoint', whole)
  const colon = SCHEME.exec(whole)
  const scheme = colon?.[1]?.toLowerCase() ?? allowed?.[0] ?? 'tcp'
  const rest = colon === null ? whole : whole.slice(colon[0].length)
  if (allowed !== undefined && !allowed.includes(scheme)) {
    throw badUrl(`the scheme must be ${allowed.join(' or ')}`)
  }
  if (colon === null) refuseMisspelled(whole, allowed)
  return Object.freeze(scheme === 'unix' ? unixSocket(rest) : authority(scheme, rest, port))
}

/** The endpoint as `host:port`, `[address]:port` or the path of the socket. Throws `NET_BAD_OPTION`. */
export function formatEndpoint(endpoint: Endpoint): string {
  argument('the endpoint', anEndpoint, endpoint)
  if (endpoint.path !== undefined) return endpoint.path
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  return `${host}:${endpoint.port}`
}

/** Whether the host is this machine by its very name: `localhost`, 127.0.0.0/8, `::1`, and 127.0.0.0/8 within IPv6. Throws `NET_BAD_OPTION`. */
export function isLoopback(host: string): boolean {
  argument('host', aText, host)
  const plain = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const known = canonicalHost(plain)?.replace(/%.*$/, '')
  if (known === undefined) return false
  return LOOPBACK_NAMES.has(known) || LOOPBACK_V4.test(known) || LOOPBACK_MAPPED.test(known)
}

function unixSocket(rest: string): ParsedEndpoint {
  const path = decoded('the path of the socket', rest.replace(/^\/\/(?=\/)/, ''))
  if (path === '' || path === '@' || path.startsWith('//')) {
    throw badUrl('a Unix socket is given as unix:/path or unix:@name')
  }
  return { endpoint: Object.freeze({ scheme: 'unix', host: '', port: 0, path }) }
}

function authority(
  scheme: string,
  rest: string,
  port: EndpointOptions['defaultPort'],
): ParsedEndpoint {
  const [, before = '', path = '', extra = ''] = AUTHORITY.exec(rest) ?? []
  if (extra !== '') throw badUrl('a query or fragment has no meaning in an endpoint')
  // The URL standard ends the host there: who has checked the URL by it means another host than the one behind an @.
  if (SLASHED.has(scheme) && before.includes('\\')) {
    throw badUrl('a backslash in the user or the password is written as %5C')
  }
  const at = before.lastIndexOf('@')
  const endpoint = Object.freeze({
    scheme,
    ...hostAndPort(before.slice(at + 1), defaultPort(scheme, port)),
  })
  const decodedPath = decoded('the path', path)
  return {
    endpoint,
    ...(at < 0 ? {} : credentials(before.slice(0, at))),
    ...(decodedPath === '' ? {} : { path: decodedPath }),
  }
}

/** In `ftp:/host` and `ftp//host` the scheme would be taken for the host. */
function refuseMisspelled(text: string, schemes: readonly string[] = []): void {
  const [, word = ''] = /^([a-z][a-z0-9+.-]*)(?::\/|\/\/)/i.exec(text) ?? []
  if (schemes.includes(word.toLowerCase())) throw badUrl('behind the scheme comes ://')
}

function credentials(text: string): Pick<ParsedEndpoint, 'user' | 'password'> {
  const colon = text.indexOf(':')
  const user = decoded('the user', colon < 0 ? text : text.slice(0, colon))
  const named = user === '' ? {} : { user }
  if (colon < 0) return named
  return { ...named, password: secret(decoded('the password', text.slice(colon + 1))) }
}

function hostAndPort(
  text: string,
  fallback: number | undefined,
): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = HOST_AND_PORT.exec(text) ?? []
  const given = bracketed ?? plain
  if (given === undefined) {
    throw badUrl('it must be host:port, with an IPv6 address in brackets')
  }
  const host = canonicalHost(given)
  if (host === undefined || host.includes(':') !== (bracketed !== undefined)) {
    throw badUrl('the host is not valid')
  }
  return { host, port: port(digits, fallback) }
}

function port(digits: string | undefined, fallback: number | undefined): number {
  const number = digits === undefined || digits === '' ? fallback : Number(digits)
  if (number === undefined) throw badUrl('the port is missing')
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    throw badUrl('the port must be from 0 to 65535')
  }
  return number
}

function defaultPort(scheme: string, given: EndpointOptions['defaultPort']): number | undefined {
  return typeof given === 'object' ? own(given, scheme) : given
}

/** The one spelling of a host, as the URL standard has it; undefined for what is no host. */
function canonicalHost(host: string): string | undefined {
  if (!host.includes(':')) return parsedHost(host)
  const [, address = '', zone] = ADDRESS_AND_ZONE.exec(host) ?? []
  const known = parsedHost(`[${address}]`)?.slice(1, -1)
  // A zone names the interface of a link-local address; the platform's URLs do not know zones.
  return known === undefined || zone === undefined ? known : `${known}%${zone}`
}

function parsedHost(host: string): string | undefined {
  const url = `http://${host}/`
  if (host === '' || !URL.canParse(url)) return undefined
  const { hostname, port: hidden, pathname, username } = new URL(url)
  const alone = hostname !== '' && hidden === '' && pathname === '/' && username === ''
  return alone ? hostname : undefined
}

function decoded(field: string, text: string): string {
  const plain = percentDecoded(text)
  refuseControl(field, plain)
  return plain
}

function badUrl(why: string): NetError {
  return netError('NET_BAD_URL', { message: `the endpoint is not valid: ${why}` })
}

const SCHEME = /^(unix(?=:)|[a-z][a-z0-9+.-]*(?=:\/\/)):/i
const AUTHORITY = /^(?:\/\/)?([^/?#]*)([^?#]*)(.*)$/s
const HOST_AND_PORT = /^(?:\[([^\]]*)\]|([^:[\]@]*))(?::(\d*))?$/
// A zone is written after `%25` in a URL and after `%` elsewhere.
const ADDRESS_AND_ZONE = /^([^%]*)(?:%(?:25)?([\w.~-]+))?$/
/** Where the URL standard takes a backslash for a slash. */
const SLASHED: ReadonlySet<string> = new Set(['ftp', 'http', 'https', 'ws', 'wss'])
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', 'localhost.', '::1'])
const LOOPBACK_V4 = /^127\.\d+\.\d+\.\d+$/
const LOOPBACK_MAPPED = /^::ffff:7f[\da-f]{2}:[\da-f]{1,4}$/

const aPort = between(0, 65_535)
const anEndpoint = shape<Endpoint>('an object with host and port, or with path', (value) => {
  if (!isObject(value)) return false
  const { path, host, port } = value as Partial<Endpoint>
  return typeof (path ?? host) === 'string' && (path !== undefined || typeof port === 'number')
})
const endpointOptions = optionsDoor<EndpointOptions>(
  { call: 'parseEndpoint' },
  {
    schemes: list(aText),
    defaultPort: either<number | Readonly<Record<string, number>>>([aPort, record(aPort)]),
  },
)
