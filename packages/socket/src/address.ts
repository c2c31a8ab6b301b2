/* The address that `connect` and `listen` take, and what they say of one that they do not. */

import { formatEndpoint, parseEndpoint, type Endpoint, type ParsedEndpoint } from '@net/core'
import { netError } from '@net/core/authoring'

/** Reads `tcp://host:port`, `tls://host:port` or `unix:/path`; without a scheme it is TCP. Throws `NET_BAD_URL`. */
export function parseSocketUrl(url: string | URL): ParsedEndpoint {
  const scheme = schemeOf(url)
  const other = ELSEWHERE.get(scheme)
  if (other !== undefined) {
    throw netError('NET_BAD_URL', {
      message: `${scheme} is not spoken here: ${other}`,
    })
  }
  return parseEndpoint(url, { schemes: ['tcp', 'tls', 'unix'] })
}

/** The scheme of `scheme://…` in lower case; empty where there is none. */
export function schemeOf(url: string | URL): string {
  return SCHEME.exec(String(url))?.[1]?.toLowerCase() ?? ''
}

/** The URL of an endpoint, as `connect` takes it. */
export function urlOf(endpoint: Endpoint): string {
  const { scheme, path } = endpoint
  return path === undefined ? `${scheme}://${formatEndpoint(endpoint)}` : `unix:${path}`
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['udp', 'bindDatagram() sends and receives datagrams'],
  ['http', '@net/http speaks it; its server is reached with tcp://'],
  ['https', '@net/http speaks it; its server is reached with tls://'],
  ['ws', 'connect to its server with tcp://; the program speaks the protocol itself'],
  ['wss', 'connect to its server with tls://; the program speaks the protocol itself'],
  ['ftp', '@net/ftp speaks it'],
  ['ftps', '@net/ftp speaks it'],
  ['smtp', '@net/smtp speaks it'],
  ['smtps', '@net/smtp speaks it'],
  ['ssh', '@net/ssh speaks it'],
  ['sftp', '@net/ssh speaks it'],
])
