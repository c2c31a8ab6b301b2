/* The road of `--via` and `--proxy`: SOCKS and HTTP proxies, and SSH hosts, one behind the other. */

import type { Dialer, ProxyOption } from '@net/socket'

import { serverOf } from './address.ts'
import type { Call } from './call.ts'
import { callOptions, hostKeysOf, sshLogin } from './connect-options.ts'
import { passwordFor } from './secrets.ts'
import { UsageError } from './usage-error.ts'

/** A road that is open; ends what it opened. */
export interface Road extends AsyncDisposable {
  /** What a connect takes: a dialer, a proxy, or nothing. */
  readonly options: { readonly dialer?: Dialer; readonly proxy?: ProxyOption }
}

/** Opens the road that the options name. Throws `UsageError`. */
export async function openRoad(call: Call): Promise<Road> {
  const { via, proxy } = call.options
  if (via === undefined) {
    // The proxy's URL is the caller's own word, its login included.
    return { options: proxy === undefined ? {} : { proxy }, async [Symbol.asyncDispose]() {} }
  }
  if (proxy !== undefined) throw new UsageError('give --via or --proxy, not both')
  const opened: AsyncDisposable[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.toReversed()) await each[Symbol.asyncDispose]()
  }
  try {
    let dialer: Dialer | undefined
    for (const hop of via) dialer = await hopOver(call, hop, { dialer, opened })
    return { options: dialer === undefined ? {} : { dialer }, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Before {
  readonly dialer: Dialer | undefined
  readonly opened: AsyncDisposable[]
}

async function hopOver(call: Call, hop: string, { dialer, opened }: Before): Promise<Dialer> {
  const scheme = /^([a-z0-9+.-]+):/i.exec(hop)?.[1]?.toLowerCase() ?? ''
  const kind = KINDS.get(scheme)
  if (kind === undefined) {
    throw new UsageError(`--via ${hop}: give socks5:, http:, https: or ssh:`)
  }
  const { endpoint, user } = serverOf(hop, { schemes: [scheme], defaultPort: PORTS[kind] })
  const asker = { host: endpoint.host, user, role: 'hop' } as const
  if (kind === 'ssh') {
    const ssh = await import('@net/ssh')
    const host = await ssh.connect(hop, {
      ...callOptions(call),
      ...(await sshLogin(ssh, call, asker)),
      hostKeys: hostKeysOf(ssh, call),
      ...(dialer === undefined ? {} : { dialer }),
    })
    opened.push(host)
    return host.dialer
  }
  const { connectDialer, socksDialer } = await import('@net/socket')
  const login = user === undefined ? {} : { password: await passwordFor(call, asker) }
  const options = { ...login, ...(dialer === undefined ? {} : { via: dialer }) }
  return kind === 'socks' ? socksDialer(hop, options) : connectDialer(hop, options)
}

const KINDS: ReadonlyMap<string, 'socks' | 'http' | 'ssh'> = new Map([
  ['socks', 'socks'],
  ['socks4', 'socks'],
  ['socks4a', 'socks'],
  ['socks5', 'socks'],
  ['socks5h', 'socks'],
  ['http', 'http'],
  ['https', 'http'],
  ['ssh', 'ssh'],
])
const PORTS = { socks: 1080, http: 8080, ssh: 22 } as const
