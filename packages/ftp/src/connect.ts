/* How a client is made: what the URL and the options say, a transport down the road, a login. */

import { formatEndpoint, parseEndpoint, type Endpoint, type ParsedEndpoint } from '@net/core'
import {
  clientContext,
  CredentialSource,
  netError,
  operation,
  own,
  refuseControl,
} from '@net/core/authoring'
import { chooseRoad } from '@net/socket'

import { Client, type FtpClient } from './client.ts'
import type { FtpConnectOptions, FtpSecurity } from './client-options.ts'
import { DataConnections } from './data-connection.ts'
import { ftpErrors } from './engine/basic-ftp-errors.ts'
import { logIn, type LoginPlan } from './login.ts'
import { Session } from './session.ts'
import type { FtpEncoding } from './wire-text.ts'

/**
 * Connects to `ftp://user@host:21/folder` or `ftps://…` and logs in; a session, whose phases are `greeting`, `tls`,
 * `auth` and `command` after those of the dial. Rejects with `NET_TLS_UNAVAILABLE` before a password would be told in
 * clear, `NET_AUTH_REJECTED`, the codes of dialing and TLS, and `NET_BAD_URL` or `NET_BAD_OPTION` before anything is done.
 */
export async function connect(
  url: string | URL,
  options: FtpConnectOptions = {},
): Promise<FtpClient> {
  const security = checkedSecurity(own(options, 'security'))
  const parsed = parseEndpoint(url, {
    schemes: ['ftp', 'ftps'],
    defaultPort: { ftp: security === 'implicit' ? IMPLICIT_PORT : PORT, ftps: IMPLICIT_PORT },
  })
  if (parsed.endpoint.scheme === 'ftps' && security === 'off') {
    throw netError('NET_BAD_OPTION', { message: "security 'off' contradicts ftps:" })
  }
  const context = clientContext(options)
  const plan = planOf(parsed, options, security)
  const where = formatEndpoint(parsed.endpoint)
  const { dialer } = chooseRoad(options)
  const road = { dialer, tls: plan.tls }
  return operation(
    {
      protocol: 'ftp',
      operation: 'connect',
      target: where,
      endpoint: where,
      kind: 'session',
      errors: ftpErrors,
      client: context,
    },
    options,
    (op) =>
      op.attempt(async () => {
        const transport = await road.dialer.dial(parsed.endpoint, op.within)
        const { control, welcome, features } = await logIn(op, transport, plan)
        const data = new DataConnections(road, control.transport)
        return new Client(new Session(control, data, features), welcome, context)
      }),
  )
}

function planOf(
  parsed: ParsedEndpoint,
  options: FtpConnectOptions,
  security: FtpSecurity | undefined,
): LoginPlan {
  const user = own(options, 'user') ?? parsed.user ?? 'anonymous'
  const password = own(options, 'password') ?? parsed.password
  const account = own(options, 'account')
  refuseControl('the user', user)
  if (typeof password === 'string') refuseControl('the password', password)
  if (account !== undefined) refuseControl('the account', account)
  return {
    user,
    password: password === undefined ? undefined : credential(password, parsed.endpoint, user),
    account,
    security,
    tls: own(options, 'tls') ?? {},
    allowPlaintext: own(options, 'dangerouslyAllowPlaintextAuth'),
    encoding: checkedEncoding(own(options, 'encoding')),
    folder: folderOf(parsed.path),
  }
}

function credential(
  password: NonNullable<FtpConnectOptions['password']>,
  endpoint: Endpoint,
  user: string,
): CredentialSource {
  return new CredentialSource(password, {
    what: 'password',
    endpoint: formatEndpoint(endpoint),
    user,
  })
}

/** RFC 1738: the slash after the host is no part of the path; `//etc` or `/%2Fetc` begins at the root. */
function folderOf(path: string | undefined): string | undefined {
  const folder = path?.replace(/^\//, '')
  return folder === undefined || folder === '' ? undefined : folder
}

function checkedSecurity(security: FtpSecurity | undefined): FtpSecurity | undefined {
  if (security === undefined || SECURITIES.includes(security)) return security
  throw netError('NET_BAD_OPTION', { message: `security must be one of ${SECURITIES.join(', ')}` })
}

function checkedEncoding(encoding: FtpEncoding = 'utf8'): FtpEncoding {
  if (ENCODINGS.includes(encoding)) return encoding
  throw netError('NET_BAD_OPTION', { message: `encoding must be one of ${ENCODINGS.join(', ')}` })
}

const ENCODINGS: readonly FtpEncoding[] = ['utf8', 'latin1']
const SECURITIES: readonly FtpSecurity[] = ['required', 'implicit', 'opportunistic', 'off']
const PORT = 21
const IMPLICIT_PORT = 990
