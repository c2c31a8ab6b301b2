/*
 * From a URL to a client: dialed, greeted, protected and logged in, as one operation whose parts have limits of
 * their own.
 */

import { formatEndpoint, parseEndpoint, type Endpoint } from '@net/core'
import {
  type ClientContext,
  clientContext,
  CredentialSource,
  inCall,
  netError,
  operation,
  refuseControl,
  type CallPlace,
  type Operation,
  type Taken,
} from '@net/core/authoring'
import { chooseRoad, type Dialer, type DialOptions, type Transport } from '@net/socket'

import { defaultMechanisms, type AuthMechanism } from './auth.ts'
import type { ClientIdentity } from './client-identity.ts'
import { connectOptions, type ConnectOptions } from './client-options.ts'
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
export async function connect(url: string | URL, options?: ConnectOptions): Promise<SmtpClient> {
  const taken = connectOptions(options)
  const { endpoint, dialer, identity, login, handshake } = inCall(PLACE, () => plan(url, taken))
  const { client, endpoint: where } = identity
  const spec = {
    ...NAMES,
    target: where,
    endpoint: where,
    kind: 'session',
    errors: smtpErrors,
    client,
  } as const
  return operation(spec, taken, async (op) => {
    const openEngine = await loadEngine()
    return op.attempt(async () => {
      const transport = await dialer.dial(endpoint, dialOptions(op, taken))
      return enter(op, transport, { openEngine, handshake, login, identity })
    })
  })
}

interface Plan {
  readonly endpoint: Endpoint
  readonly dialer: Dialer
  readonly identity: ClientIdentity
  readonly login: LoginOptions | undefined
  readonly handshake: HandshakeOptions
}

function plan(url: string | URL, options: Taken<ConnectOptions>): Plan {
  const parsed = parseMailUrl(url)
  const { endpoint } = parsed
  const where = formatEndpoint(endpoint)
  const client = clientContext(options)
  return {
    endpoint,
    dialer: chooseRoad(options).dialer,
    identity: { client, endpoint: where },
    login: loginOf(options, parsed, { endpoint: where, client: client.id }),
    handshake: handshakeOf(options, endpoint, client),
  }
}

function parseMailUrl(url: string | URL): ParsedUrl {
  if (/^lmtp:/i.test(String(url))) {
    throw netError('NET_BAD_URL', {
      message:
        'LMTP is not supported; mail goes to the SMTP port of a server, by smtp:// or smtps://',
    })
  }
  const parsed = parseEndpoint(url, { schemes: ['smtp', 'smtps', 'unix'], defaultPort: PORTS })
  if (parsed.path === undefined || parsed.path === '/') return parsed
  throw netError('NET_BAD_URL', { message: 'the URL of a mail server has no path' })
}

type ParsedUrl = ReturnType<typeof parseEndpoint>

function dialOptions(op: Operation, { localAddress }: Taken<ConnectOptions>): DialOptions {
  return localAddress === undefined ? op.within : { ...op.within, localAddress }
}

interface Entry {
  readonly openEngine: OpenEngine
  readonly handshake: HandshakeOptions
  readonly login: LoginOptions | undefined
  readonly identity: ClientIdentity
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
  { name, security, tls = {} }: Taken<ConnectOptions>,
  endpoint: Endpoint,
  client: ClientContext,
): HandshakeOptions {
  introduction(name, undefined)
  checkSecurity(endpoint, security)
  return { security, tls, client, name }
}

function loginOf(
  options: Taken<ConnectOptions>,
  parsed: ParsedUrl,
  { endpoint, client }: { readonly endpoint: string; readonly client: number },
): LoginOptions | undefined {
  const { user = parsed.user, password = parsed.password, auth } = options
  if (user !== undefined) refuseControl('user', user)
  if (user === undefined && password === undefined) return undefined
  if (user === undefined || password === undefined) {
    throw netError('NET_BAD_OPTION', { message: 'a login needs both a user and a password' })
  }
  return {
    user,
    password: new CredentialSource(password, { what: 'password', endpoint, user }, client),
    mechanisms: mechanismsOf(auth),
    allowPlaintext: options.dangerouslyAllowPlaintextAuth,
  }
}

function mechanismsOf(auth: ConnectOptions['auth']): readonly AuthMechanism[] {
  if (auth === undefined) return defaultMechanisms()
  const list = [auth].flat() as readonly AuthMechanism[]
  if (list.length > 0) return list
  throw netError('NET_BAD_OPTION', { message: 'auth must name a mechanism' })
}

const PLACE: CallPlace = { protocol: 'smtp', call: 'connect' }
const NAMES = { protocol: 'smtp', operation: 'connect' } as const
const PORTS = { smtp: 587, smtps: 465 } as const
