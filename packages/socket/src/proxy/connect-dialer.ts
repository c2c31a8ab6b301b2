/* Through an HTTP proxy, by CONNECT; also where TLS protects the way to the proxy. */

import type { Credential } from '@net/core'
import {
  inCall,
  netError,
  option,
  optionsDoor,
  type CallPlace,
  type OptionsDoor,
  type Shape,
} from '@net/core/authoring'

import { dialer, type Dialer } from '../dialer.ts'
import { tcpDialer } from '../tcp-dialer.ts'
import { tlsOptions, type TlsOptions } from '../tls/options.ts'
import { connectDialogue } from './connect-codec.ts'
import { foreignDialer } from '../foreign-dialer.ts'
import { hopDialer, type HopRoad } from './hop.ts'
import { HttpLogin, type ProxyLoginTime } from './http-login.ts'
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
  /**
   * When user and password leave by Basic: `'unasked'`, with the first request, or `'asked'`, once the proxy has answered 407, for
   * which it costs a turn to wait; a proxy that offers Digest then never gets them. Default `'unasked'`.
   */
  readonly login?: ProxyLoginTime | undefined
  /** Further fields for the proxy; the endpoint never sees them. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * Dials through `http://user:password@host:port` or, with TLS to the proxy, `https:`; the default ports are 80 and 443.
 * Names are resolved by the proxy. Basic authentication says who asks, unasked by default; a proxy that answers 407 and offers Digest (RFC 7616) is
 * answered by Digest once, over the same connection if it keeps that, and gets Basic no more. The dial's phase is `proxy`, its
 * limit `timeout.proxy`. Dials reject with `NET_PROXY_UNREACHABLE`, `NET_PROXY_AUTH` for a 407 that remains, and
 * `NET_PROXY_REFUSED` for every other answer but 2xx, with the status in `reply`. Throws `NET_BAD_URL`. RFC 9110, section 9.3.6.
 */
export function connectDialer(url: string | URL, options?: ConnectDialerOptions): Dialer {
  return tunnelsOf(httpProxy(url, options))
}

/** The dialer whose tunnels lead through the proxy. */
export function tunnelsOf({ hop, headers, login }: HttpProxy): Dialer {
  return hopDialer({
    ...hop,
    dialogue: (endpoint, who) =>
      connectDialogue(endpoint, {
        headers,
        login: who === undefined ? undefined : login.talk(who),
      }),
  })
}

/** An HTTP proxy, before it is asked for anything. */
export interface HttpProxy {
  readonly hop: HopRoad
  readonly headers: Readonly<Record<string, string>>
  /** How it is told who asks, whatever it is asked for. */
  readonly login: HttpLogin
}

/** The proxy that URL and options describe. Throws `NET_BAD_URL` and `NET_BAD_OPTION`. */
export function httpProxy(url: string | URL, options?: ConnectDialerOptions): HttpProxy {
  const { via, tls, headers = {}, login: time, ...given } = connectDoor(options)
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
  return { hop, headers, login: new HttpLogin(time) }
}

/** The schemes of HTTP proxies with their ports. */
export const CONNECT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** The option that says when. */
export const proxyLoginTime: Shape<ProxyLoginTime> = option.oneOf('unasked', 'asked')

const PLACE: CallPlace = { protocol: 'socket', call: 'connectDialer' }
const connectDoor: OptionsDoor<ConnectDialerOptions> = optionsDoor<ConnectDialerOptions>(
  PLACE,
  {
    via: dialer,
    user: option.text,
    password: option.credential,
    tls: tlsOptions,
    login: proxyLoginTime,
    headers: option.record(option.text),
  },
  { dialer: 'via' },
)
