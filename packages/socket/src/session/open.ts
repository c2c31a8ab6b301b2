/*
 * How a client is opened: what the URL and the options say, everything that can be wrong before a byte is sent, and the
 * operation in which it is connected. It must not know what is said to the server.
 */

import { formatEndpoint, parseEndpoint, type CallOptions, type Endpoint } from '@net/core'
import {
  clientContext,
  CredentialSource,
  operation,
  refuseControl,
  type ClientContext,
  type ErrorTable,
  type Operation,
  type Taken,
} from '@net/core/authoring'

import type { Dialer } from '../dialer.ts'
import { chooseRoad } from '../proxy/choose.ts'
import type { SessionConnectOptions } from './connect-options.ts'
import { checkSecurity } from './security.ts'

/** Who a client is and whom it talks to, as each of its operations says it. */
export interface ClientIdentity {
  readonly protocol: string
  /** As `host:port` or the path of a socket. */
  readonly endpoint: string
  readonly errors: ErrorTable
  readonly client: ClientContext
}

/** How a protocol's URLs are read. */
export interface UrlRules {
  readonly protocol: string
  readonly errors: ErrorTable
  /** Those of its URLs, the one that is meant without any first. */
  readonly schemes: readonly string[]
  readonly defaultPort: Readonly<Record<string, number>>
  /** The default user; none if it is left out. */
  readonly defaultUser?: string
}

/** What is to be opened. */
export interface OpeningPlan {
  readonly identity: ClientIdentity
  readonly endpoint: Endpoint
  readonly dialer: Dialer
  readonly options: CallOptions
  /** The path of the URL, decoded, with its leading slash; undefined if empty. */
  readonly path: string | undefined
  readonly user: string | undefined
  readonly password: CredentialSource | undefined
}

/** Reads the URL and the options. Throws `NET_BAD_URL`, `NET_BAD_OPTION` and `NET_INJECTION`. */
export function planOpening(
  url: string | URL,
  options: Taken<SessionConnectOptions>,
  { protocol, errors, schemes, defaultPort, defaultUser }: UrlRules,
): OpeningPlan {
  const parsed = parseEndpoint(url, { schemes, defaultPort })
  const { endpoint } = parsed
  const { dialer, proxy, block } = options
  checkSecurity(endpoint, options.security)
  const client = clientContext(options)
  const identity: ClientIdentity = { protocol, endpoint: formatEndpoint(endpoint), errors, client }
  const user = options.user ?? parsed.user ?? defaultUser
  return {
    identity,
    endpoint,
    dialer: chooseRoad({ dialer, proxy, block }).dialer,
    options,
    path: parsed.path,
    user,
    password: passwordOf(options.password ?? parsed.password, user, identity),
  }
}

/** Connects: one operation whose attempts dial, by `op` or with more options, and make a client of the transport. */
export function opening<T>(
  { identity, options }: Pick<OpeningPlan, 'identity' | 'options'>,
  enter: (op: Operation) => Promise<T>,
): Promise<T> {
  const spec = {
    ...identity,
    operation: 'connect',
    target: identity.endpoint,
    kind: 'session',
  } as const
  return operation(spec, options, (op) => op.attempt(() => enter(op)))
}

function passwordOf(
  password: SessionConnectOptions['password'],
  user: string | undefined,
  { endpoint, client }: ClientIdentity,
): CredentialSource | undefined {
  if (user !== undefined) refuseControl('the user', user)
  if (password === undefined) return undefined
  if (typeof password === 'string') refuseControl('the password', password)
  const whose = { what: 'password', endpoint } as const
  const subject = user === undefined ? whose : { ...whose, user }
  return new CredentialSource(password, subject, client.id)
}
