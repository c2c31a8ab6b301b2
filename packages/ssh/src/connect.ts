/*
 * From a URL to a client that is logged in: the road, the server's first words, the key exchange with the check of the
 * host key, the login. What fails on the way leaves nothing open.
 */

import {
  formatEndpoint,
  isNetError,
  parseEndpoint,
  secret,
  type Credential,
  type Endpoint,
} from '@net/core'
import {
  clientContext,
  inCall,
  isCallerFault,
  netError,
  type Operation,
  refuseControl,
  type Taken,
} from '@net/core/authoring'
import { chooseRoad, type Dialer, type Transport } from '@net/socket'
import { opening, type ClientIdentity } from '@net/socket/authoring'

import { offer, offerOnly, otherHostKeys, type Algorithms } from './algorithms.ts'
import { refuseLong } from './command-line.ts'
import { connectDoor } from './call-doors.ts'
import type { SshConnectOptions } from './client-options.ts'
import { SessionClient, type SshClient, type SshInfo } from './client.ts'
import { startSession, type SshSession } from './engine/ssh2.ts'
import { sshErrors } from './engine/ssh2-errors.ts'
import { foreignPolicy } from './host-keys/foreign-policy.ts'
import type { HostKey } from './host-keys/host-key.ts'
import {
  knownHosts,
  type HostKeyCheck,
  type HostKeyPolicy,
  type HostKeySubject,
  type HostKeyVerdict,
} from './host-keys/policy.ts'
import type { KeepAliveOptions } from './keep-alive.ts'
import { localUser } from './local-user.ts'
import { logIn, type LoginPlan } from './login.ts'

/**
 * Connects to `ssh://user@host:port` and logs in. A session call: `connect` 10 s, `greeting` 30 s, the key exchange by
 * `tls` 10 s, each step of the login by `auth` 30 s. The default host key policy is `knownHosts()`: an unknown, changed
 * or revoked key is an SshHostKeyError, before anything of a login is sent.
 */
export async function connect(url: string | URL, options?: SshConnectOptions): Promise<SshClient> {
  const taken = connectDoor(options)
  const plan = inCall({ protocol: 'ssh', call: 'connect' }, () => planConnection(url, taken))
  return opening({ identity: plan.identity, options: taken }, (op) => establish(plan, op))
}

interface ConnectionPlan {
  readonly endpoint: Endpoint
  readonly host: Omit<HostKeySubject, 'signal'>
  readonly dialer: Dialer
  readonly hostKeys: HostKeyPolicy
  readonly keepAlive: KeepAliveOptions | false
  readonly login: Omit<LoginPlan, 'server'>
  readonly identity: ClientIdentity
}

function planConnection(url: string | URL, options: Taken<SshConnectOptions>): ConnectionPlan {
  const parsed = parseEndpoint(url, { schemes: ['ssh'], defaultPort: 22 })
  if (parsed.path !== undefined && parsed.path !== '/') {
    throw netError('NET_BAD_URL', { message: 'an SSH URL has no path' })
  }
  const { endpoint } = parsed
  const user = options.user ?? parsed.user ?? localUser()
  refuseControl('user', user)
  refuseLong('user', user, LONGEST_USER)
  const client = clientContext(options)
  const where = formatEndpoint(endpoint)
  const { dialer, proxy, block } = options
  return {
    endpoint,
    host: hostOf(endpoint, options.hostKeyAlias),
    dialer: chooseRoad({ dialer, proxy, block }).dialer,
    hostKeys: foreignPolicy(options.hostKeys ?? knownHosts()),
    keepAlive: options.keepAlive ?? {},
    login: {
      user,
      endpoint: where,
      keys: [options.auth ?? []].flat(),
      password: held(options.password) ?? parsed.password,
      client: client.id,
    },
    identity: { protocol: 'ssh', endpoint: where, errors: sshErrors, client },
  }
}

function hostOf(
  { host, port }: Endpoint,
  alias: string | undefined,
): Omit<HostKeySubject, 'signal'> {
  if (alias !== undefined) {
    refuseControl('hostKeyAlias', alias)
    return { name: alias }
  }
  // A dot at the end says that the name is whole; known_hosts has names without it.
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  return port === SSH_PORT ? { name } : { name: `[${name}]:${port}`, plainName: name }
}

/** A secret from the first moment, so that no event or error shows it. */
function held(password: Credential | undefined): Credential | undefined {
  if (typeof password !== 'string') return password
  refuseLong('the password', password, LONGEST_PASSWORD)
  return secret(password)
}

async function establish(plan: ConnectionPlan, op: Operation): Promise<SshClient> {
  const check = await plan.hostKeys.open({ ...plan.host, signal: op.signal })
  const call = { plan, op }
  let algorithms = offer(check.types)
  const seen: string[] = []
  for (;;) {
    const trust = new Trust(check)
    try {
      return await handshake(
        await plan.dialer.dial(plan.endpoint, op.within),
        { trust, algorithms },
        call,
      )
    } catch (error) {
      const others = trust.otherKeys(error, seen)
      if (others.length === 0) throw error
      algorithms = offerOnly(others)
    }
  }
}

async function handshake(
  transport: Transport,
  { trust, algorithms }: { readonly trust: Trust; readonly algorithms: Algorithms },
  { plan, op }: { readonly plan: ConnectionPlan; readonly op: Operation },
): Promise<SshClient> {
  const banner: string[] = []
  const session = await startSession(transport, {
    user: plan.login.user,
    algorithms,
    keepAlive: plan.keepAlive,
    checkHostKey: (key, offered) => trust.check(key, offered),
    onBanner: (text) => {
      op.wire('receive', () => text)
      if (banner.length < MOST_BANNERS) banner.push(text)
    },
  })
  const forget = op.onAbort((reason) => session.abort(reason))
  try {
    const steps = await shakeHands(session, op)
    await trust.settle(op)
    // Another server at this address has another key.
    const server = [plan.login.user, plan.login.endpoint, steps.hostKey.fingerprint].join(' ')
    await logIn(session, { ...plan.login, server }, op)
    const info: SshInfo = Object.freeze({
      ...transport.info,
      encrypted: true,
      user: plan.login.user,
      serverSoftware: steps.software,
      hostKey: steps.hostKey,
      algorithms: steps.negotiated,
      banner: banner.join(''),
    })
    return new SessionClient(session, info, plan.identity)
  } catch (error) {
    session.abort(error as Error)
    throw trust.fault ?? error
  } finally {
    forget()
  }
}

/** From the first byte to the end of the key exchange. */
export async function shakeHands(
  session: SshSession,
  op: Operation,
): Promise<{ software: string } & Awaited<SshSession['exchanged']>> {
  const { software } = await op.phase('greeting', async () => {
    const identification = await session.identified
    for (const line of identification.banner) op.wire('receive', () => line)
    op.wire('receive', () => identification.line)
    return identification
  })
  const exchange = await op.phase('kex', () => session.exchanged)
  return { software, ...exchange }
}

/** The verdict on the host key of one connection. */
class Trust {
  /** What the caller's own policy threw. */
  fault: unknown
  readonly #check: HostKeyCheck
  #verdict: HostKeyVerdict = {}
  #shown: { readonly type: string; readonly offered: readonly string[] } | undefined

  constructor(check: HostKeyCheck) {
    this.#check = check
  }

  async check(key: HostKey, offered: readonly string[]): Promise<void> {
    this.#shown = { type: key.type, offered }
    try {
      this.#verdict = await this.#check.check(key)
    } catch (error) {
      // The connection ends with it, and would tell it as one of its own.
      if (isCallerFault(error)) this.fault = error
      throw error
    }
  }

  /** The algorithms of further keys that may be the right one, after this failure; `seen` gets the type that was shown. */
  otherKeys(error: unknown, seen: string[]): readonly string[] {
    const refused = isNetError(error) && error.code === 'NET_HOSTKEY_CHANGED'
    if (this.#check.anyType !== true || this.#shown === undefined || !refused) return []
    seen.push(this.#shown.type)
    return otherHostKeys(this.#shown.offered, seen)
  }

  /** The server has proved that the key is its own. */
  async settle(op: Operation): Promise<void> {
    const { warning } = this.#verdict
    await this.#verdict.remember?.()
    if (warning !== undefined) op.warn(warning)
  }
}

const SSH_PORT = 22
const LONGEST_USER = 1024
const LONGEST_PASSWORD = 8192
const MOST_BANNERS = 16
