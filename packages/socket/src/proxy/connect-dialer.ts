/* Through an HTTP proxy, by CONNECT; also where TLS protects the way to the proxy. */

import type { Credential } from '@net/core'
import {
  claimSecrets,
  holdSecret,
  inCall,
  netError,
  option,
  optionsDoor,
  type CallPlace,
  type OptionsDoor,
} from '@net/core/authoring'

import { dialer, type Dialer } from '../dialer.ts'
import { tcpDialer } from '../tcp-dialer.ts'
import { tlsOptions, type TlsOptions } from '../tls/options.ts'
import { connectDialogue } from './connect-codec.ts'
import { foreignDialer } from '../foreign-dialer.ts'
import { hopDialer, type HopRoad, type RevealedLogin } from './hop.ts'
import { parseProxyUrl } from './proxy-url.ts'

/** Options of an HTTP proxy. */
export interface ConnectDialerOptions {
  /** The road to the proxy; default TCP. */
  readonly via?: Dialer | undefined
  /** In place of the URL's. */
  readonly user?: string | undefined
  /** In place of the URL's. */
  readonly password?: Credential | undefined
  /** For `https:`: TLS with the proxy, which is verified as any other. */
  readonly tls?: TlsOptions | undefined
  /** Further fields for the proxy; the endpoint never sees them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * Dials through `http://user:password@host:port` or, with TLS to the proxy, `https:`; the default ports are 80 and 443.
 * Names are resolved by the proxy; Basic authentication says who asks. The dial's phase is `proxy`, its limit
 * `timeout.proxy`. Dials reject with `NET_PROXY_UNREACHABLE`, `NET_PROXY_AUTH` for 407, and `NET_PROXY_REFUSED` for every
 * other answer but 2xx, with the status in `reply`. Throws `NET_BAD_URL`. RFC 9110, section 9.3.6.
 */
export function connectDialer(url: string | URL, options?: ConnectDialerOptions): Dialer {
  const { hop, headers, authorize } = httpProxy(url, options)
  return hopDialer({
    ...hop,
    dialogue: (endpoint, who) =>
      connectDialogue(endpoint, {
        headers,
        ...(who === undefined ? {} : { authorization: authorize(who) }),
      }),
  })
}

/** An HTTP proxy, before it is asked for anything. */
export interface HttpProxy {
  readonly hop: HopRoad
  readonly headers: Readonly<Record<string, string>>
  /** The value of `Proxy-Authorization`. */
  readonly authorize: (who: RevealedLogin) => string
}

/** The proxy that URL and options describe. Throws `NET_BAD_URL` and `NET_BAD_OPTION`. */
export function httpProxy(url: string | URL, options?: ConnectDialerOptions): HttpProxy {
  const { via, tls, headers = {}, ...given } = connectDoor(options)
  const { endpoint: proxy, login } = inCall(PLACE, () => parseProxyUrl(url, CONNECT_PORTS, given))
  if (login?.user.includes(':') === true) {
    throw netError('NET_BAD_OPTION', {
      message: 'the user of Basic authentication must not contain a colon',
    })
  }
  const hop: HopRoad = {
    kind: 'http-connect',
    proxy,
    via: via === undefined ? tcpDialer() : foreignDialer(via),
    ...(proxy.scheme === 'https' ? { tls: { ...tls, alpn: ['http/1.1'] } } : {}),
    ...(login === undefined ? {} : { login }),
  }
  return { hop, headers, authorize: basicOnce() }
}

/** Basic authentication (RFC 7617). What goes on the wire is the pair as a whole, which is kept out of all messages too. */
function basicOnce(): (login: RevealedLogin) => string {
  let last: { readonly pair: string; readonly header: string } | undefined
  return ({ user, password, owners }) => {
    const pair = `${user}:${password}`
    if (last?.pair !== pair) {
      last = { pair, header: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
      holdSecret(pair, last)
    }
    for (const owner of owners) claimSecrets(last, owner)
    return last.header
  }
}

/** The schemes of HTTP proxies with their ports. */
export const CONNECT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

const PLACE: CallPlace = { protocol: 'socket', call: 'connectDialer' }
const connectDoor: OptionsDoor<ConnectDialerOptions> = optionsDoor<ConnectDialerOptions>(
  PLACE,
  {
    via: dialer,
    user: option.text,
    password: option.credential,
    tls: tlsOptions,
    headers: option.record(option.text),
  },
  { dialer: 'via' },
)
