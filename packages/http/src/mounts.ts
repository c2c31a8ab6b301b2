/*
 * Which road, which TLS and which handler a request takes: those of the client, or others that it mounted for a part of the
 * web. It must not know requests.
 */

import { netError, type Taken } from '@net/core/authoring'

import type { ClientOptions, MountOptions } from './client-options.ts'
import { limitsOf } from './connection-limits.ts'
import { Connector } from './connector.ts'
import type { Handler } from './handler.ts'
import { foreignHandler } from './middleware/compose.ts'
import type { Place } from './place.ts'
import { Road } from './road.ts'

/** One of the ways that requests take. */
export interface Mount {
  readonly road: Road
  readonly connector: Connector
  readonly handler: Handler | undefined
}

/** The ways that the requests of one client take. */
export class Mounts {
  readonly #own: Mount
  readonly #mounted: readonly { readonly prefix: Prefix; readonly mount: Mount }[]

  /** `home` is the origin to which alone the client's certificate is shown. Throws `ArgumentError`s. */
  constructor(options: Taken<ClientOptions>, home: string | undefined) {
    this.#own = mountOf(options, home, '')
    const mounted = Object.entries(options.mounts ?? {}).map(([key, given]) => ({
      prefix: prefixOf(key),
      mount: mountOf(overlaid(options, given), home, key),
    }))
    this.#mounted = mounted.toSorted((a, b) => weight(b.prefix) - weight(a.prefix))
  }

  /** The way to this place: of the mount whose prefix says most of it. */
  for(place: Pick<Place, 'origin' | 'path'>): Mount {
    if (this.#mounted.length === 0) return this.#own
    return this.#mounted.find(({ prefix }) => isWithin(prefix, place))?.mount ?? this.#own
  }
}

/** A road of the mount replaces the client's as a whole; what guards the client guards the mount. */
function overlaid(client: Taken<ClientOptions>, mount: MountOptions): Taken<ClientOptions> {
  const { dialer: _, proxy: _proxy, unixSocket: _path, ...others } = client
  const hasRoad = [mount.dialer, mount.proxy, mount.unixSocket].some((road) => road !== undefined)
  const base = hasRoad ? others : client
  return { ...base, ...mount } as Taken<ClientOptions>
}

function mountOf(options: Taken<ClientOptions>, home: string | undefined, name: string): Mount {
  const { tls, http2 = false, lenient, maxHeaderBytes, handler } = options
  const { idleTime } = limitsOf(options.connections)
  const road = new Road(options)
  return {
    road,
    connector: new Connector({ road, tls, home, http2, lenient, maxHeaderBytes, idleTime, name }),
    handler: handler && foreignHandler(handler),
  }
}

interface Prefix {
  readonly scheme: string
  /** Name, and port unless it is the scheme's; undefined for all. */
  readonly host: string | undefined
  /** Whether the hosts below it are meant, and not itself. */
  readonly below: boolean
  /** `/`, or without a slash at its end. */
  readonly path: string
}

function prefixOf(key: string): Prefix {
  const [, scheme, star, rest] = KEY.exec(key) ?? []
  const below = star !== undefined
  if (scheme !== undefined && rest === undefined)
    return { scheme, host: undefined, below, path: '/' }
  const url = scheme === undefined ? null : URL.parse(`${scheme}://${rest}`)
  if (scheme === undefined || url === null || url.search !== '')
    throw netError('NET_BAD_OPTION', {
      message: `the key ${key} of mounts is none of https:, https://api.example, https://*.example:8443 and https://api.example/v2`,
    })
  return { scheme, host: url.host, below, path: url.pathname.replace(/(?<=.)\/$/, '') }
}

function isWithin(
  { scheme, host, below, path }: Prefix,
  to: Pick<Place, 'origin' | 'path'>,
): boolean {
  if (!to.origin.startsWith(`${scheme}://`)) return false
  const its = to.origin.slice(scheme.length + 3)
  if (host !== undefined && !(below ? its.endsWith(`.${host}`) : its === host)) return false
  if (path === '/') return true
  return to.path.startsWith(path) && ['', '/', '?'].includes(to.path.charAt(path.length))
}

/** A whole host says more than those below one, the longer name more than the shorter; then the path. */
function weight({ host, below, path }: Prefix): number {
  const ofHost = host === undefined ? 0 : (below ? 1000 : 1_000_000) + host.length
  return ofHost * 10_000 + path.length
}

const KEY = /^(https?):(?:\/\/(?:(\*)\.)?([^\s*?#@]+))?$/
