/* Through a SOCKS proxy. Names are resolved by the proxy, under every scheme, so that none is seen on this side. */

import type { Credential } from '@net/core'
import { inCall, option, optionsDoor, type CallPlace, type OptionsDoor } from '@net/core/authoring'

import { dialer, type Dialer } from '../dialer.ts'
import { tcpDialer } from '../tcp-dialer.ts'
import { foreignDialer } from '../foreign-dialer.ts'
import { hopDialer } from './hop.ts'
import { parseProxyUrl } from './proxy-url.ts'
import { socks4Dialogue, socks5Dialogue } from './socks-codec.ts'

/** Options of a SOCKS proxy. */
export interface SocksDialerOptions {
  /** The road to the proxy; default TCP. */
  readonly via?: Dialer | undefined
  /** In place of the URL's. */
  readonly user?: string | undefined
  /** In place of the URL's; SOCKS4 has none. */
  readonly password?: Credential | undefined
}

/**
 * Dials through `socks5://user:password@host:port` (also `socks5h:` and `socks:`) or `socks4a://user@host:port` (also
 * `socks4:`); the default port is 1080. Names are always resolved by the proxy. The dial's phase is `proxy`, its limit
 * `timeout.proxy`. Dials reject with `NET_PROXY_UNREACHABLE`, `NET_PROXY_AUTH`, `NET_PROXY_REFUSED`, or with what the
 * proxy met on its way, such as `NET_CONNECT_REFUSED`. Throws `NET_BAD_URL`. RFC 1928, RFC 1929.
 */
export function socksDialer(url: string | URL, options?: SocksDialerOptions): Dialer {
  const { via, ...given } = socksDoor(options)
  const { endpoint: proxy, login } = inCall(PLACE, () => parseProxyUrl(url, SOCKS_PORTS, given))
  const version4 = proxy.scheme.startsWith('socks4')
  return hopDialer({
    kind: version4 ? 'socks4a' : 'socks5',
    proxy,
    via: via === undefined ? tcpDialer() : foreignDialer(via),
    ...(login === undefined ? {} : { login }),
    dialogue: (target, who) =>
      version4 ? socks4Dialogue(target, who?.user) : socks5Dialogue(target, who),
  })
}

/** The schemes of SOCKS proxies with their ports. */
export const SOCKS_PORTS: Readonly<Record<string, number>> = {
  socks5: 1080,
  socks5h: 1080,
  socks: 1080,
  socks4a: 1080,
  socks4: 1080,
}

const PLACE: CallPlace = { protocol: 'socket', call: 'socksDialer' }
const socksDoor: OptionsDoor<SocksDialerOptions> = optionsDoor<SocksDialerOptions>(
  PLACE,
  { via: dialer, user: option.text, password: option.credential },
  { dialer: 'via' },
)
