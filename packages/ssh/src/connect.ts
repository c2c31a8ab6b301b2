/* From a URL to a client that is logged in, or to what the server would take for a login. */

import { inCall, netError } from '@net/core/authoring'
import { opening } from '@net/socket/authoring'

import { connectDoor } from './call-doors.ts'
import type { SshConnectOptions } from './client-options.ts'
import { SessionClient, type SshClient, type SshInfo } from './client.ts'
import { planConnection, type ConnectionPlan } from './connection-plan.ts'
import type { HostKey } from './host-keys/host-key.ts'
import { learnHostKeys } from './host-keys/further-keys.ts'
import { askMethods, logIn } from './login/login.ts'
import type { LoginPlan } from './login/offer.ts'
import { reach } from './reach.ts'

/**
 * Connects to `ssh://user@host:port` and logs in. A session call: `connect` 10 s, `greeting` 30 s, the key exchange by
 * `tls` 10 s, each step of the login by `auth` 30 s. The default host key policy is `knownHosts()`: an unknown, changed
 * or revoked key is an SshHostKeyError, before anything of a login is sent.
 */
export async function connect(url: string | URL, options?: SshConnectOptions): Promise<SshClient> {
  const taken = connectDoor(options)
  const plan = inCall({ protocol: 'ssh', call: 'connect' }, () => planConnection(url, taken))
  return opening({ identity: plan.identity, options: taken }, (op) =>
    reach(plan, op, async (reached) => {
      const { session, info, software, hostKey, negotiated } = reached
      await logIn(session, loginAt(plan, hostKey), op)
      const { user } = plan.login
      const about: SshInfo = Object.freeze({
        ...info,
        user,
        serverSoftware: software,
        hostKey,
        algorithms: negotiated,
        banner: reached.banner(),
      })
      void learnHostKeys(reached, taken.onHostKeys)
      return new SessionClient(session, about, plan.identity)
    }),
  )
}

/**
 * The methods that the server takes for this user, such as `publickey` and `password`, asked without a credential; `none`
 * alone if it lets the user in without one. After the host key was checked; options, limits and errors as for `connect`.
 */
export async function methods(
  url: string | URL,
  options?: SshConnectOptions,
): Promise<readonly string[]> {
  const taken = connectDoor(options)
  const plan = inCall({ protocol: 'ssh', call: 'methods' }, () => planConnection(url, taken))
  return opening({ identity: plan.identity, options: taken }, (op) =>
    reach(plan, op, async ({ session, hostKey }) => {
      const taken = await askMethods(session, loginAt(plan, hostKey), op)
      session.end()
      session.abort(netError('NET_CLOSED', { message: 'the methods are known' }))
      await session.closed
      return taken ?? ['none']
    }),
  )
}

/** Another server at this address has another key. */
function loginAt({ login }: ConnectionPlan, { fingerprint }: HostKey): LoginPlan {
  return { ...login, server: [login.user, login.endpoint, fingerprint].join(' ') }
}
