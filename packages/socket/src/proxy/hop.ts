/*
 * One proxy on the road: reached over the road before it, talked to until the tunnel stands, and told of in what is
 * known about the connection. It must not know which protocol the proxy speaks.
 */

import { isIP } from 'node:net'

import {
  ConnectError,
  ConnectionLostError,
  formatEndpoint,
  isNetError,
  type Endpoint,
  type Secret,
} from '@net/core'
import {
  addContext,
  claimSecrets,
  mergeOwn,
  netError,
  own,
  stoppable,
  type Operation,
} from '@net/core/authoring'

import { roadOperation } from '../dial-operation.ts'
import type { Dialer, DialOptions } from '../dialer.ts'
import { isAdmitted } from '../admit.ts'
import { socketErrors } from '../errors.ts'
import { withLeftover } from '../leftover-transport.ts'
import type { TlsOptions } from '../tls/options.ts'
import { secure } from '../tls/secure.ts'
import type { Transport } from '../transport.ts'
import { converse, type ProxyDialogue, type Talked } from './proxy-dialogue.ts'
import type { ProxyLogin } from './proxy-url.ts'

/** A proxy, and how to get there. */
export interface HopRoad {
  /** What it is, such as `socks5` or `http-connect`. */
  readonly kind: string
  readonly proxy: Endpoint
  /** The road to the proxy. */
  readonly via: Dialer
  /** TLS to the proxy itself. */
  readonly tls?: TlsOptions
  /** Who asks there. */
  readonly login?: ProxyLogin
}

/** A proxy that gives tunnels. */
export interface ProxyHop extends HopRoad {
  /** Begins the conversation; asked for before anything is connected, so that it may throw for a bad endpoint. */
  dialogue(endpoint: Endpoint, login: RevealedLogin | undefined): ProxyDialogue
}

/** Who asks, ready for the wire. */
export interface RevealedLogin {
  readonly user: string
  readonly password: string
  /** Whose all this is: the dialer's, and the client's for which is dialed. */
  readonly owners: readonly number[]
}

/** The dialer whose tunnels lead through the proxy. */
export function hopDialer(hop: ProxyHop): Dialer {
  return {
    name: hop.kind,
    dial(endpoint, options) {
      const secrets = hop.login?.owner
      const spec = {
        protocol: hop.kind,
        operation: 'dial',
        endpoint,
        errors: socketErrors,
        secrets,
      }
      return roadOperation(spec, options, async (op) => {
        admit(endpoint, options)
        const asker = await askerAt(hop, options, op)
        const dialogue = hop.dialogue(endpoint, asker?.who)
        try {
          const made = await dig(endpoint, dialogue, { hop, options, op })
          asker?.accepted()
          return made
        } catch (error) {
          if (isRefusal(error)) asker?.rejected()
          throw error
        }
      })
    },
  }
}

/** Who asks at a proxy, for as long as one connection to it. */
export interface Asker {
  readonly who: RevealedLogin
  /** The proxy took the password. */
  accepted(): void
  /** The proxy refused it: the next dial calls the callback again, if there is one. */
  rejected(): void
}

/** Who asks there; undefined if nobody is named. What is sent to the proxy belongs to the client that dials. */
export async function askerAt(
  { login }: HopRoad,
  options: DialOptions | undefined,
  op: Operation,
): Promise<Asker | undefined> {
  if (login === undefined) return undefined
  const answer: Secret = await login.password.get({ signal: op.signal })
  const client = own(options, 'client')
  if (client !== undefined) claimSecrets(answer, client.id)
  const owners = client === undefined ? [login.owner] : [login.owner, client.id]
  return {
    who: { user: login.user, password: answer.reveal(), owners },
    accepted: () => login.password.accepted(answer),
    rejected: () => login.password.rejected(answer),
  }
}

function isRefusal(error: unknown): boolean {
  return isNetError(error) && error.code === 'NET_PROXY_AUTH'
}

/** The proxy looks names up, out of our sight, so a name is refused where addresses have to be checked. */
function admit({ host, ...rest }: Endpoint, options: DialOptions | undefined): void {
  if (own(options, 'admit') === undefined) return
  const family = isIP(host)
  if (family === 0) {
    throw netError('NET_ADDRESS_BLOCKED', {
      message: `the proxy would look up ${host}, so its address cannot be checked`,
    })
  }
  const address = { address: host, family: family === 6 ? 6 : 4 } as const
  if (!isAdmitted(options, address, { host, ...rest })) {
    throw netError('NET_ADDRESS_BLOCKED', { message: `connecting to ${host} is not allowed` })
  }
}

/** Connects to the proxy itself. */
export async function reach(
  { via, proxy, tls }: HopRoad,
  options: DialOptions | undefined,
  op: Operation,
): Promise<Transport> {
  // Which addresses are allowed is a question of where the tunnel ends.
  const { admit: _ended, ...given } = mergeOwn<DialOptions>(options)
  const inner = { ...given, ...op.within }
  try {
    const transport = await via.dial(proxy, inner)
    return tls === undefined
      ? transport
      : await secure(transport, tls, { ...op.within, peer: 'the proxy' })
  } catch (error) {
    throw unreachable(error, proxy)
  }
}

function unreachable(error: unknown, proxy: Endpoint): unknown {
  if (!(error instanceof ConnectError) && !(error instanceof ConnectionLostError)) return error
  const { code, phase, retry } = error
  return netError('NET_PROXY_UNREACHABLE', {
    message: `the proxy ${formatEndpoint(proxy)} could not be reached (${code})`,
    retry,
    cause: error,
    phase,
  })
}

interface Digging {
  readonly hop: ProxyHop
  readonly options: DialOptions | undefined
  readonly op: Operation
}

/** The tunnel, over as many connections as the conversation takes. */
async function dig(
  endpoint: Endpoint,
  dialogue: ProxyDialogue,
  digging: Digging,
): Promise<Transport> {
  const { hop, options, op } = digging
  const transport = await reach(hop, options, op)
  let talked: Talked
  try {
    talked = await op.phase('proxy', () =>
      stoppable(op, conversation(transport, dialogue, hop.proxy), () => transport.abort()),
    )
  } catch (error) {
    transport.abort(error)
    throw error
  }
  if ('rest' in talked) return tunnel(transport, endpoint, { hop, rest: talked.rest })
  transport.abort()
  return dig(endpoint, talked.next, digging)
}

/** What leads through the proxy from here on; `rest` has arrived already. */
function tunnel(
  transport: Transport,
  endpoint: Endpoint,
  { hop, rest }: { readonly hop: ProxyHop; readonly rest: Uint8Array },
): Transport {
  const { info } = transport
  const { local, remote } = info
  return withLeftover(
    transport,
    { bytes: rest, ended: false, pulling: undefined },
    {
      endpoint,
      hops: [...info.hops, { kind: hop.kind, endpoint: hop.proxy }],
      // Whatever protects the road up to the proxy, the proxy itself can read and change all that passes.
      encrypted: false,
      ...(local === undefined ? {} : { local }),
      ...(remote === undefined ? {} : { remote }),
    },
  )
}

/** What the proxy itself did wrong, or did not want, names the proxy; what happened to it on the way names the endpoint. */
async function conversation(
  transport: Transport,
  dialogue: ProxyDialogue,
  proxy: Endpoint,
): Promise<Talked> {
  try {
    return await converse(transport, dialogue)
  } catch (error) {
    const endpoint = formatEndpoint(proxy)
    if (error instanceof ConnectionLostError) {
      const message = 'the proxy hung up without an answer'
      throw netError('NET_PROXY_UNREACHABLE', { message, cause: error, endpoint })
    }
    if (!isNetError(error) || error instanceof ConnectError) throw error
    throw addContext(error, { endpoint })
  }
}
