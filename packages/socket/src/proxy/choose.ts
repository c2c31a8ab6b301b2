/*
 * The road that the options of a client mean: a dialer of the caller's, a proxy, a chain of them, what the
 * environment asks for, or none of these.
 */

import type { Endpoint } from '@net/core'
import { argument, netError, option, optionsDoor, type Shape } from '@net/core/authoring'

import { schemeOf } from '../address.ts'
import { block as aBlock, blocking, type BlockOption } from '../admit.ts'
import { dialer as aDialer, type Dialer, type DialOptions } from '../dialer.ts'
import { foreignDialer } from '../foreign-dialer.ts'
import { tcpDialer } from '../tcp-dialer.ts'
import type { Hop, Transport } from '../transport.ts'
import { unixDialer } from '../unix-dialer.ts'
import {
  CONNECT_PORTS,
  connectDialer,
  httpProxy,
  proxyLoginTime,
  tunnelsOf,
} from './connect-dialer.ts'
import { environmentProxy, variableUrl } from './environment.ts'
import { forwarderOf, type Forwarder } from './forward.ts'
import type { ProxyLoginTime } from './http-login.ts'
import { ProxyMap } from './proxy-map.ts'
import { parseProxyUrl } from './proxy-url.ts'
import { SOCKS_PORTS, socksDialer } from './socks-dialer.ts'

/**
 * The URL of a proxy of scheme `http`, `https`, `socks5` or `socks4a`; several, the nearest first; `'environment'` for
 * what HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY say; false for none.
 */
export type ProxyChain = string | URL | readonly (string | URL)[] | false

/**
 * One road for all, or roads by where they lead: `https:`, `api.example`, `*.example`, `*`, with a scheme in front or a port
 * behind where that matters (`http://*.example:8080`). The key that says most of an endpoint counts; what none fits goes
 * without a proxy.
 */
export type ProxyOption = ProxyChain | Readonly<Record<string, ProxyChain>>

const chain = option.either<ProxyChain>(
  [option.url, option.list(option.url), option.oneOf(false)],
  "the URL of a proxy, a list of these with the nearest first, 'environment' or false",
)

/** Which proxies are on the road. */
export const proxy: Shape<ProxyOption> = option.either<ProxyOption>(
  [chain, option.record(chain)],
  `${chain.may}, or an object of these by where they lead`,
)

/** The options that choose a client's road. */
export interface RoadChoice {
  /** The road, whatever it is; excludes `proxy`. */
  readonly dialer?: Dialer | undefined
  /** The proxies on the road; excludes `dialer`. */
  readonly proxy?: ProxyOption | undefined
  /** When an HTTP proxy is told user and password by Basic, as with `connectDialer`; default `'unasked'`. */
  readonly proxyLogin?: ProxyLoginTime | undefined
  /** Which addresses are not connected to; default none. */
  readonly block?: BlockOption | undefined
}

/** Which road an endpoint is reached on, and why. */
export interface RoadExplanation {
  /** The proxies on the road as far as they are known before, nearest first; without credentials. */
  readonly hops: readonly Hop[]
  /**
   * What decided: an option such as `proxy` or `dialer`, a variable such as `HTTPS_PROXY` or `NO_PROXY`, `this machine`
   * for what no variable sends elsewhere, `no variable`, or `nothing`.
   */
  readonly why: string
}

/** A road that was chosen. */
export interface ChosenRoad {
  readonly dialer: Dialer
  /** Reads no more than the options and the environment: nothing is connected. */
  explain(endpoint: Endpoint): RoadExplanation
  /**
   * The HTTP proxy at the end of the road, where it is to pass on requests to this endpoint, of scheme `http`, itself;
   * undefined where `dialer` leads there.
   */
  forwarder(endpoint: Endpoint): Forwarder | undefined
}

/**
 * The road that the options mean; `otherwise` is the `proxy` of who says nothing, by default false. The endpoint's path
 * decides between TCP and Unix sockets, its scheme which variable of the environment counts. Throws `NET_BAD_OPTION` for
 * `dialer` and `proxy` together, `NET_BAD_URL`.
 */
export function chooseRoad(choice: RoadChoice, otherwise: ProxyOption = false): ChosenRoad {
  const taken = roadDoor(choice)
  const road = unguarded(taken, argument('otherwise', proxy, otherwise))
  if (taken.block === undefined) return road
  // Only of a tunnel is it certain that the proxy does not lead elsewhere.
  return { ...road, dialer: blocking(road.dialer, taken.block), forwarder: NEVER }
}

function unguarded(choice: RoadChoice, otherwise: ProxyOption): ChosenRoad {
  const { dialer, proxy: proxies, proxyLogin } = choice
  if (dialer === undefined) return proxied(proxies ?? otherwise, proxyLogin)
  if (proxies !== undefined && proxies !== false) {
    throw netError('NET_BAD_OPTION', { message: 'dialer and proxy exclude each other' })
  }
  const explain = (): RoadExplanation => ({ hops: [], why: 'dialer' })
  return { dialer: foreignDialer(dialer), explain, forwarder: NEVER }
}

function proxied(proxies: ProxyOption, login?: ProxyLoginTime): ChosenRoad {
  if (proxies === false) return NO_PROXY
  if (proxies === 'environment') return environmentRoad(login)
  if (isMap(proxies)) return mappedRoad(proxies, login)
  const chain = [proxies].flat()
  if (chain.length === 0) {
    throw netError('NET_BAD_OPTION', { message: 'proxy is an empty list; pass false for no proxy' })
  }
  const hops = chain.map(hopOf)
  return { ...chained(chain, login), explain: () => ({ hops, why: 'proxy' }) }
}

/** The road through all of these. */
function chained(
  chain: readonly (string | URL)[],
  login: ProxyLoginTime | undefined,
): Pick<ChosenRoad, 'dialer' | 'forwarder'> {
  const through = (via: Dialer, url: string | URL): Dialer =>
    isSocks(url) ? socksDialer(url, { via }) : connectDialer(url, { via, login })
  const before = chain.slice(0, -1).reduce<Dialer>(through, direct)
  const last = chain.at(-1) ?? ''
  if (isSocks(last)) return { dialer: through(before, last), forwarder: NEVER }
  // One and the same, so that what it says to one of the two holds for both.
  const proxy = httpProxy(last, { via: before, login })
  const forwarder = forwarderOf(proxy)
  return {
    dialer: tunnelsOf(proxy),
    forwarder: ({ scheme }) => (scheme === 'http' ? forwarder : undefined),
  }
}

function isMap(proxies: ProxyOption): proxies is Readonly<Record<string, ProxyChain>> {
  return typeof proxies === 'object' && !Array.isArray(proxies) && !option.url.fits(proxies)
}

function mappedRoad(
  chains: Readonly<Record<string, ProxyChain>>,
  login: ProxyLoginTime | undefined,
): ChosenRoad {
  const roads = Object.entries(chains).map(([key, chain]) => [key, proxied(chain, login)] as const)
  const map = new ProxyMap(Object.fromEntries(roads))
  const otherwise = proxied(false)
  return {
    dialer: {
      name: 'proxies',
      dial: async (endpoint, options) =>
        (map.for(endpoint)?.value ?? otherwise).dialer.dial(endpoint, options),
    },
    explain(endpoint) {
      const found = map.for(endpoint)
      if (found === undefined) return otherwise.explain(endpoint)
      const { hops, why } = found.value.explain(endpoint)
      return { hops, why: why === 'proxy' || why === 'nothing' ? `proxy: ${found.key}` : why }
    },
    forwarder: (endpoint) => map.for(endpoint)?.value.forwarder(endpoint),
  }
}

/** Looks at the variables at every dial: a program may set them after this client was made. */
function environmentRoad(login: ProxyLoginTime | undefined): ChosenRoad {
  const roads = new Map<string, Pick<ChosenRoad, 'dialer' | 'forwarder'>>()
  const roadTo = (endpoint: Endpoint): Pick<ChosenRoad, 'dialer' | 'forwarder'> => {
    const { proxy: url, why } = environmentProxy(endpoint)
    if (url === undefined) return NO_PROXY
    const known = roads.get(url)
    const road = known ?? readable(why, () => chained([variableUrl(url)], login))
    if (known === undefined) roads.set(url, road)
    return road
  }
  return {
    dialer: {
      name: 'environment',
      async dial(endpoint: Endpoint, options?: DialOptions): Promise<Transport> {
        return roadTo(endpoint).dialer.dial(endpoint, options)
      },
    },
    forwarder: (endpoint) => roadTo(endpoint).forwarder(endpoint),
    explain(endpoint) {
      const { proxy: url, why } = environmentProxy(endpoint)
      const hops = url === undefined ? [] : [readable(why, () => hopOf(variableUrl(url)))]
      return { hops, why }
    },
  }
}

function hopOf(url: string | URL): Hop {
  const socks = isSocks(url)
  const { endpoint } = parseProxyUrl(url, socks ? SOCKS_PORTS : CONNECT_PORTS)
  if (!socks) return { kind: 'http-connect', endpoint }
  return { kind: endpoint.scheme.startsWith('socks4') ? 'socks4a' : 'socks5', endpoint }
}

function isSocks(url: string | URL): boolean {
  const scheme = schemeOf(url)
  if (Object.hasOwn(SOCKS_PORTS, scheme)) return true
  if (Object.hasOwn(CONNECT_PORTS, scheme)) return false
  throw netError('NET_BAD_URL', {
    message: 'the scheme of a proxy is http, https, socks5 or socks4a',
  })
}

function readable<T>(variable: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw netError('NET_BAD_CONFIG', {
      message: `${variable} does not hold the URL of a proxy`,
      cause,
    })
  }
}

const roadDoor = optionsDoor<RoadChoice>(
  { protocol: 'socket', call: 'chooseRoad' },
  { dialer: aDialer, proxy, proxyLogin: proxyLoginTime, block: aBlock },
)
const tcp = tcpDialer()
const unix = unixDialer()
/** TCP, or a Unix socket where the endpoint has a path. */
const direct: Dialer = {
  name: 'direct',
  dial: (endpoint, options) => systemDialer(endpoint).dial(endpoint, options),
  listen: async (endpoint, options) => {
    const listener = systemDialer(endpoint).listen?.(endpoint, options)
    if (listener !== undefined) return listener
    throw netError('NET_UNSUPPORTED', { message: 'this dialer cannot listen' })
  },
}

function systemDialer({ path }: Endpoint): Dialer {
  return path === undefined ? tcp : unix
}

const NEVER = (): undefined => undefined
const NO_PROXY: ChosenRoad = {
  dialer: direct,
  explain: () => ({ hops: [], why: 'nothing' }),
  forwarder: NEVER,
}
