/*
 * From a URL to a client: dialed, greeted, protected and logged in, as one operation whose parts have limits of
 * their own.
 */

import { formatEndpoint, parseEndpoint, type Credential, type Endpoint } from '@net/core'
import {
  type ClientContext,
  clientContext,
  CredentialSource,
  netError,
  operation,
  type Operation,
  own,
  refuseControl,
} from '@net/core/authoring'
import { chooseRoad, type Dialer, type Transport } from '@net/socket'

import { defaultMechanisms, type AuthMechanism } from './auth.ts'
import type { ClientIdentity } from './client-identity.ts'
import type { ConnectOptions } from './client-options.ts'
import { ConnectedClient, type SmtpClient } from './client.ts'
import { smtpErrors } from './engine/nodemailer-errors.ts'
import { loadEngine, type OpenEngine } from './engine/nodemailer.ts'
import { EngineRoad } from './engine-road.ts'
import { introduction, openSession, type HandshakeOptions } from './handshake.ts'
import { logIn, type LoginOptions } from './login.ts'
import { checkSecurity } from './security.ts'

/**
 * Connects to `smtp://user@host:port` (587 by default), `smtps://…` (465) or `unix:/path`, and logs in if there is a
 * user. Kind of call: session; phases resolve, connect, tls, greeting, command, auth. Rejects with NetErrors such as
 * `NET_CONNECT_REFUSED`, `NET_TLS_UNAVAILABLE`, `NET_TLS_CERT_UNTRUSTED`, `NET_AUTH_REJECTED`, `NET_TIMEOUT_GREETING`.
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<SmtpClient> {
  const parsed = parseEndpoint(url, { schemes: ['smtp', 'smtps', 'unix'], defaultPort: PORTS })
  const { endpoint } = parsed
  if (parsed.path !== undefined && parsed.path !== '/') {
    throw netError('NET_BAD_URL', { message: 'a path has no meaning in the URL of a mail server' })
  }
  const where = formatEndpoint(endpoint)
  const { dialer } = chooseRoad(options)
  const client = clientContext(options)
  const login = loginOf(options, parsed, where)
  const handshake = handshakeOf(options, endpoint, client)
  const spec = {
    protocol: 'smtp',
    operation: 'connect',
    target: where,
    endpoint: where,
    kind: 'session',
    errors: smtpErrors,
    client,
  } as const
  const identity: ClientIdentity = { client, endpoint: where }
  return operation(spec, options, async (op) => {
    const openEngine = await loadEngine()
    return op.attempt(async () => {
      const transport = await dial(op, endpoint, { options, dialer })
      return enter(op, transport, { openEngine, handshake, login, identity })
    })
  })
}

interface Entry {
  readonly openEngine: OpenEngine
  readonly handshake: HandshakeOptions
  readonly login: LoginOptions | undefined
  readonly identity: ClientIdentity
}

interface DialParts {
  readonly options: ConnectOptions
  readonly dialer: Dialer
}

function dial(
  op: Operation,
  endpoint: Endpoint,
  { options, dialer }: DialParts,
): Promise<Transport> {
  return dialer.dial(endpoint, { ...op.within, localAddress: own(options, 'localAddress') })
}

async function enter(op: Operation, transport: Transport, entry: Entry): Promise<SmtpClient> {
  const session = await openSession(op, transport, entry.handshake)
  try {
    return await session.during(op, async () => {
      const road = new EngineRoad(session)
      const engine = await entry.openEngine(road)
      const parts = { session, engine, road }
      if (entry.login !== undefined) await logIn(op, parts, entry.login)
      return new ConnectedClient(parts, entry.identity)
    })
  } catch (error) {
    session.fail(error)
    throw error
  }
}

function handshakeOf(
  options: ConnectOptions,
  endpoint: Endpoint,
  client: ClientContext,
): HandshakeOptions {
  const name = own(options, 'name')
  introduction(name, undefined)
  const security = own(options, 'security')
  checkSecurity(endpoint, security)
  return {
    security,
    tls: own(options, 'tls') ?? {},
    client,
    ...(name === undefined ? {} : { name }),
  }
}

function loginOf(
  options: ConnectOptions,
  parsed: { readonly user?: string; readonly password?: Credential },
  endpoint: string,
): LoginOptions | undefined {
  const user = own(options, 'user') ?? parsed.user
  const password = own(options, 'password') ?? parsed.password
  if (user !== undefined) refuseControl('user', user)
  if (user === undefined && password === undefined) return undefined
  if (user === undefined || password === undefined) {
    throw netError('NET_BAD_OPTION', { message: 'a login needs both a user and a password' })
  }
  return {
    user,
    password: new CredentialSource(password, { what: 'password', endpoint, user }),
    mechanisms: mechanismsOf(own(options, 'auth')),
    allowPlaintext: own(options, 'dangerouslyAllowPlaintextAuth'),
  }
}

function mechanismsOf(auth: ConnectOptions['auth']): readonly AuthMechanism[] {
  if (auth === undefined) return defaultMechanisms()
  const list = [auth].flat() as readonly AuthMechanism[]
  if (list.length > 0) return list
  throw netError('NET_BAD_OPTION', { message: 'auth must name a mechanism' })
}

const PORTS = { smtp: 587, smtps: 465 } as const
