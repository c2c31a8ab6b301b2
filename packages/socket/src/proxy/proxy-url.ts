/* The address of a proxy and its login, from a URL. Errors contain no word of the URL. */

import { formatEndpoint, parseEndpoint, type Credential, type Endpoint } from '@net/core'
import { CredentialSource, netError, nextId, own } from '@net/core/authoring'

/** Who asks at a proxy. */
export interface ProxyLogin {
  readonly user: string
  readonly password: CredentialSource
  /** The owner of the password until a client dials, whose it is then as well. */
  readonly owner: number
}

/** A proxy and who asks there. */
export interface ProxyUrl {
  readonly endpoint: Endpoint
  /** Absent where neither the URL nor the options name a user. */
  readonly login?: ProxyLogin
}

/** Who asks, as options say it; they win over the URL. */
export interface GivenLogin {
  readonly user?: string | undefined
  readonly password?: Credential | undefined
}

/** Reads the URL of a proxy with one of the schemes. Throws `NET_BAD_URL`. */
export function parseProxyUrl(
  url: string | URL,
  defaultPorts: Readonly<Record<string, number>>,
  given: GivenLogin = {},
): ProxyUrl {
  const schemes = Object.keys(defaultPorts)
  const parsed = parseEndpoint(url, { schemes, defaultPort: defaultPorts })
  const { endpoint, path } = parsed
  if ((path !== undefined && path !== '/') || endpoint.port === 0) {
    throw netError('NET_BAD_URL', { message: 'a proxy is given as scheme://host:port' })
  }
  const user = own(given, 'user') ?? parsed.user
  const password = own(given, 'password') ?? parsed.password
  if (user === undefined && password === undefined) return { endpoint }
  const subject = { what: 'password', endpoint: formatEndpoint(endpoint) } as const
  const owner = nextId()
  const asked = user === undefined ? subject : { ...subject, user }
  const source = new CredentialSource(password ?? '', asked, owner)
  return { endpoint, login: { user: user ?? '', password: source, owner } }
}
