/* From a URL to a client that is logged in, or to what the server would take for a login. */

import { inCall, netError, type Taken } from '@net/core/authoring'
import { opening } from '@net/socket/authoring'

import { connectDoor } from './call-doors.ts'
import type { SshConnectOptions, SshJump } from './client-options.ts'
import { SessionClient, type SshClient, type SshInfo } from './client.ts'
import { configured, isName } from './config/config-options.ts'
import { configVariables } from './config/config-variables.ts'
import { planConnection, type ConnectionPlan } from './connection-plan.ts'
import type { HostKey } from './host-keys/host-key.ts'
import { learnHostKeys } from './host-keys/further-keys.ts'
import { askMethods, logIn } from './login/login.ts'
import type { LoginPlan } from './login/offer.ts'
import { jumpDialer, type JumpHop } from './jump-dialer.ts'
import { proxyCommandDialer } from './proxy-command.ts'
import { reach } from './reach.ts'

/**
 * Connects to `ssh://user@host:port`, or to a host of ssh_config by its name, and logs in. A session call: `connect` 10 s,
 * `greeting` 30 s, the key exchange by `tls` 10 s, each step of the login by `auth` 30 s. The default host key policy is
 * `knownHosts()`: an unknown, changed or revoked key is an SshHostKeyError, before anything of a login is sent. Rejects with
 * `NET_BAD_CONFIG` for a configuration that `ssh` would refuse, and for hops that lead back to themselves.
 */
export async function connect(url: string | URL, options?: SshConnectOptions): Promise<SshClient> {
  return connectOver(TARGET, url, options)
}

/** Where a host stands on the way. */
interface Place {
  /** The hosts that led here, as ssh_config has them. */
  readonly chain: readonly string[]
  /**
   * What ssh_config has for the road to it: of the target its hops, and its command where the caller names no other road; of
   * the first hop both; of a hop behind another nothing, since that one is the road.
   */
  readonly roads: 'hops' | 'all' | 'none'
}

async function connectOver(
  place: Place,
  url: string | URL,
  options: SshConnectOptions | undefined,
): Promise<SshClient> {
  const { taken, plan } = await planned(place, url, options, 'connect')
  return opening({ identity: plan.identity, options: taken }, (op) => {
    if (plan.warning !== undefined) op.warn(plan.warning)
    return reach(plan, op, async (reached) => {
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
    })
  })
}

/**
 * The methods that the server takes for this user, such as `publickey` and `password`, asked without a credential; `none`
 * alone if it lets the user in without one. After the host key was checked; options, limits and errors as for `connect`.
 */
export async function methods(
  url: string | URL,
  options?: SshConnectOptions,
): Promise<readonly string[]> {
  const { taken, plan } = await planned(TARGET, url, options, 'methods')
  return opening({ identity: plan.identity, options: taken }, (op) =>
    reach(plan, op, async ({ session, hostKey }) => {
      const accepted = await askMethods(session, loginAt(plan, hostKey), op)
      session.end()
      session.abort(netError('NET_CLOSED', { message: 'the methods are known' }))
      await session.closed
      return accepted ?? ['none']
    }),
  )
}

async function planned(
  { chain, roads }: Place,
  url: string | URL,
  options: SshConnectOptions | undefined,
  call: string,
): Promise<{ readonly taken: Taken<SshConnectOptions>; readonly plan: ConnectionPlan }> {
  const given = connectDoor(options)
  const free = roads === 'all' || !hasRoad(given)
  const place = { protocol: 'ssh', call } as const
  if (!(given.config ?? isName(url))) {
    const plan = inCall(place, () => planConnection(url, given))
    return {
      taken: given,
      plan: throughHops({ chain, free }, plan, given, [given.jump ?? []].flat()),
    }
  }
  const { url: whole, options: taken, config } = await configured(url, given)
  const plan = {
    ...inCall(place, () => planConnection(whole, taken)),
    localAddress: config.bindAddress,
    variables: configVariables(config),
    warning: config.skipsExec ? SKIPPED : undefined,
  }
  const here = `${config.user}@${config.hostname}:${config.port}`
  if (chain.includes(here)) {
    const message = `the hops lead back to themselves: ${[...chain, here].join(' → ')}`
    throw netError('NET_BAD_CONFIG', { message })
  }
  if (free && given.jump === undefined && config.proxyCommand !== undefined) {
    return { taken, plan: { ...plan, dialer: proxyCommandDialer(config.proxyCommand) } }
  }
  const hops = [given.jump ?? (roads === 'none' ? [] : config.proxyJump)].flat()
  return { taken, plan: throughHops({ chain: [...chain, here], free }, plan, taken, hops) }
}

function hasRoad({ dialer, proxy }: Taken<SshConnectOptions>): boolean {
  return dialer !== undefined || proxy !== undefined
}

/** `free` says that the caller has named no road of its own, so that the first hop may have one. */
function throughHops(
  { chain, free }: { readonly chain: readonly string[]; readonly free: boolean },
  plan: ConnectionPlan,
  { config, log }: Taken<SshConnectOptions>,
  hops: readonly SshJump[],
): ConnectionPlan {
  if (hops.length === 0) return plan
  const ways = hops.map((hop, at): JumpHop => {
    const { url, ...own } = typeof hop === 'string' ? { url: hop } : hop
    const roads = at > 0 ? 'none' : free ? 'all' : 'hops'
    // The hop is a host of its own; only where to look it up, and where to write, are the same.
    const shared = {
      ...(config === undefined ? {} : { config }),
      ...(log === undefined ? {} : { log }),
    }
    return {
      // Without its password, however that is encoded.
      name: String(url)
        .replace(/^ssh:\/\//i, '')
        .replace(/:.*@/s, '@'),
      connect: (dialer, dial) =>
        connectOver({ chain, roads }, url, { ...shared, ...own, dialer, signal: dial?.signal }),
    }
  })
  return { ...plan, dialer: jumpDialer(ways, plan.dialer) }
}

const SKIPPED =
  'the configuration has a block of Match exec, whose command is not run: nothing in it holds'

/** Another server at this address has another key. */
function loginAt({ login }: ConnectionPlan, { fingerprint }: HostKey): LoginPlan {
  return { ...login, server: [login.user, login.endpoint, fingerprint].join(' ') }
}

const TARGET: Place = { chain: [], roads: 'hops' }
