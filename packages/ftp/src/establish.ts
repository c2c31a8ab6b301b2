/* How a client is made: what the URL and the options say, a transport down the road, a login. */

import { formatEndpoint, parseEndpoint, type ParsedEndpoint } from '@net/core'
import {
  clientContext,
  CredentialSource,
  inCall,
  netError,
  operation,
  refuseControl,
  type ClientContext,
  type Taken,
} from '@net/core/authoring'
import { chooseRoad } from '@net/socket'

import { connectDoor } from './call-doors.ts'
import { Client, type FtpClient } from './client.ts'
import type { FtpConnectOptions } from './client-options.ts'
import { DataConnections, type DataRoad } from './data-connection.ts'
import { ftpErrors } from './engine/basic-ftp-errors.ts'
import { logIn, type LoginPlan } from './login.ts'
import { Session } from './session.ts'

/** Connects and logs in, as `connect` promises. */
export async function establish(
  url: string | URL,
  options: FtpConnectOptions | undefined,
): Promise<FtpClient> {
  const { taken, parsed, plan, context, road } = inCall({ protocol: 'ftp', call: 'connect' }, () =>
    prepare(url, connectDoor(options)),
  )
  const where = formatEndpoint(parsed.endpoint)
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
    taken,
    (op) =>
      op.attempt(async () => {
        const transport = await road.dialer.dial(parsed.endpoint, op.within)
        const { control, welcome, features } = await logIn(op, transport, plan)
        const data = new DataConnections(road, control.transport)
        return new Client(new Session(control, data, features), welcome, context)
      }),
  )
}

interface Prepared {
  readonly taken: Taken<FtpConnectOptions>
  readonly parsed: ParsedEndpoint
  readonly plan: LoginPlan
  readonly context: ClientContext
  readonly road: DataRoad
}

/** Everything that can be wrong before a byte is sent. */
function prepare(url: string | URL, taken: Taken<FtpConnectOptions>): Prepared {
  const { security } = taken
  const parsed = parseEndpoint(url, {
    schemes: ['ftp', 'ftps'],
    defaultPort: { ftp: security === 'implicit' ? IMPLICIT_PORT : PORT, ftps: IMPLICIT_PORT },
  })
  if (parsed.endpoint.scheme === 'ftps' && security === 'off') {
    throw netError('NET_BAD_OPTION', { message: "security 'off' contradicts ftps:" })
  }
  const context = clientContext(taken)
  const plan = planOf(parsed, taken, context.id)
  const { dialer } = chooseRoad(taken)
  return { taken, parsed, plan, context, road: { dialer, tls: plan.tls } }
}

function planOf(
  parsed: ParsedEndpoint,
  options: Taken<FtpConnectOptions>,
  client: number,
): LoginPlan {
  const user = options.user ?? parsed.user ?? 'anonymous'
  const password = options.password ?? parsed.password
  const { account } = options
  refuseControl('the user', user)
  if (typeof password === 'string') refuseControl('the password', password)
  if (account !== undefined) refuseControl('the account', account)
  const subject = { what: 'password', endpoint: formatEndpoint(parsed.endpoint), user } as const
  return {
    user,
    password: password === undefined ? undefined : new CredentialSource(password, subject, client),
    account,
    security: options.security,
    tls: options.tls ?? {},
    allowPlaintext: options.dangerouslyAllowPlaintextAuth,
    encoding: options.encoding ?? 'utf8',
    folder: folderOf(parsed.path),
  }
}

/** RFC 1738: the slash after the host is no part of the path; `//etc` or `/%2Fetc` begins at the root. */
function folderOf(path: string | undefined): string | undefined {
  const folder = path?.replace(/^\//, '')
  return folder === undefined || folder === '' ? undefined : folder
}

const PORT = 21
const IMPLICIT_PORT = 990
