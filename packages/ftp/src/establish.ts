/* How a client is made: what the URL and the options say, a transport down the road, a login. */

import { secret } from '@net/core'
import {
  claimSecrets,
  inCall,
  refuseControl,
  type Operation,
  type Taken,
} from '@net/core/authoring'
import { opening, planOpening } from '@net/socket/authoring'

import { connectDoor } from './call-doors.ts'
import { Client } from './client.ts'
import type { FtpConnectOptions } from './client-options.ts'
import { DataConnections } from './data-connection.ts'
import { ftpErrors } from './engine/basic-ftp-errors.ts'
import type { FtpClient } from './ftp-client.ts'
import { ANONYMOUS, logIn, type LoginPlan } from './login.ts'
import { Session, type SharedPlace } from './session.ts'
import { Sessions } from './sessions.ts'
import type { SharedTimes } from './session-times.ts'
import { timeZoneOf } from './time-zone.ts'

/** Connects and logs in, as `connect` promises. */
export async function establish(
  url: string | URL,
  options: FtpConnectOptions | undefined,
): Promise<FtpClient> {
  const plan = inCall({ protocol: 'ftp', call: 'connect' }, () => planOf(url, options))
  const { identity, taken } = plan
  const { connections = 1, reconnect = false } = taken
  const zone = taken.timeZone === undefined ? undefined : timeZoneOf(taken.timeZone)
  return opening(plan, async (op) => {
    const place: SharedPlace = { isShared: connections > 1 || reconnect, isReplaced: reconnect }
    const shared = { place, times: { zone } }
    const { session, welcome } = await openSession(op, plan, shared)
    const sessions = new Sessions(session, {
      most: connections,
      replaces: reconnect,
      open: async (call) => (await openSession(call, plan, shared)).session,
    })
    const { user } = plan.login
    return new Client(session, sessions, { welcome, identity, user, connections })
  })
}

interface Opened {
  readonly session: Session
  readonly welcome: string
}

async function openSession(
  op: Operation,
  { dialer, endpoint, login, taken }: FtpPlan,
  shared: { readonly place: SharedPlace; readonly times: SharedTimes },
): Promise<Opened> {
  const transport = await dialer.dial(endpoint, op.within)
  const { control, welcome, features } = await logIn(op, transport, login)
  const road = { dialer, tls: login.tls, options: taken.data }
  const data = new DataConnections(road, control.transport)
  const { keepAlive = Infinity, pipelining = true } = taken
  const rules = { ...shared, keepAlive, pipelining }
  return { session: new Session(control, data, features, rules), welcome }
}

interface FtpPlan extends ReturnType<typeof planOpening> {
  readonly login: LoginPlan
  readonly taken: Taken<FtpConnectOptions>
}

/** Everything that can be wrong before a byte is sent. */
function planOf(url: string | URL, options: FtpConnectOptions | undefined): FtpPlan {
  const taken = connectDoor(options)
  const { account: told, security, tls = {}, encoding = 'utf8' } = taken
  const { virtualHost, clientName, pipelining } = taken
  refuseControls(taken)
  const plan = planOpening(url, taken, {
    protocol: 'ftp',
    errors: ftpErrors,
    schemes: ['ftp', 'ftps'],
    defaultPort: { ftp: security === 'implicit' ? IMPLICIT_PORT : PORT, ftps: IMPLICIT_PORT },
    defaultUser: ANONYMOUS,
  })
  const { user = ANONYMOUS, password, path } = plan
  const allowPlaintext = taken.dangerouslyAllowPlaintextAuth
  const folder = folderOf(path)
  // It follows the password and is as good as one.
  const account = told === undefined ? undefined : secret(told)
  if (account !== undefined) claimSecrets(account, plan.identity.client.id)
  const clearData = taken.data?.protection === 'clear'
  const manner = { virtualHost, clientName, clearData, pipelining }
  return {
    ...plan,
    taken,
    login: { user, password, account, security, tls, allowPlaintext, encoding, folder, ...manner },
  }
}

/** What becomes part of a command must be one line. */
function refuseControls({ account, virtualHost, clientName, data }: FtpConnectOptions): void {
  const texts = {
    'the account': account,
    virtualHost,
    clientName,
    'data.address': data?.address,
  }
  for (const [what, text] of Object.entries(texts)) {
    if (text !== undefined) refuseControl(what, text)
  }
}

/** RFC 1738: the slash after the host is no part of the path; `//etc` or `/%2Fetc` begins at the root. */
function folderOf(path: string | undefined): string | undefined {
  const folder = path?.replace(/^\//, '')
  return folder === undefined || folder === '' ? undefined : folder
}

const PORT = 21
const IMPLICIT_PORT = 990
