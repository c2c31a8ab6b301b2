/* How a client is made: what the URL and the options say, a transport down the road, a login. */

import { secret } from '@net/core'
import { claimSecrets, inCall, refuseControl } from '@net/core/authoring'
import { opening, planOpening } from '@net/socket/authoring'

import { connectDoor } from './call-doors.ts'
import { Client, type FtpClient } from './client.ts'
import type { FtpConnectOptions } from './client-options.ts'
import { DataConnections } from './data-connection.ts'
import { ftpErrors } from './engine/basic-ftp-errors.ts'
import { ANONYMOUS, logIn, type LoginPlan } from './login.ts'
import { Session } from './session.ts'

/** Connects and logs in, as `connect` promises. */
export async function establish(
  url: string | URL,
  options: FtpConnectOptions | undefined,
): Promise<FtpClient> {
  const plan = inCall({ protocol: 'ftp', call: 'connect' }, () => planOf(url, options))
  const { dialer } = plan
  return opening(plan, async (op) => {
    const transport = await dialer.dial(plan.endpoint, op.within)
    const { control, welcome, features } = await logIn(op, transport, plan.login)
    const data = new DataConnections({ dialer, tls: plan.login.tls }, control.transport)
    return new Client(new Session(control, data, features), welcome, plan.identity)
  })
}

/** Everything that can be wrong before a byte is sent. */
function planOf(
  url: string | URL,
  options: FtpConnectOptions | undefined,
): ReturnType<typeof planOpening> & { readonly login: LoginPlan } {
  const taken = connectDoor(options)
  const { security, tls = {}, encoding = 'utf8' } = taken
  if (taken.account !== undefined) refuseControl('the account', taken.account)
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
  const account = taken.account === undefined ? undefined : secret(taken.account)
  if (account !== undefined) claimSecrets(account, plan.identity.client.id)
  return {
    ...plan,
    login: { user, password, account, security, tls, allowPlaintext, encoding, folder },
  }
}

/** RFC 1738: the slash after the host is no part of the path; `//etc` or `/%2Fetc` begins at the root. */
function folderOf(path: string | undefined): string | undefined {
  const folder = path?.replace(/^\//, '')
  return folder === undefined || folder === '' ? undefined : folder
}

const PORT = 21
const IMPLICIT_PORT = 990
