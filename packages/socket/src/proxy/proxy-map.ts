/*
 * Which of several proxies an endpoint is for, by its scheme, host and port. It must not know what a proxy is.
 */

import type { Endpoint } from '@net/core'
import { netError } from '@net/core/authoring'

/** One entry: what it is for, as a pattern, and the value. */
interface Entry<T> {
  readonly key: string
  readonly value: T
  readonly scheme: string | undefined
  /** Undefined for any host. */
  readonly host: string | undefined
  /** Whether hosts below it are meant, and not itself. */
  readonly below: boolean
  readonly port: number | undefined
}

/** Values by endpoint. */
export class ProxyMap<T> {
  readonly #entries: readonly Entry<T>[]

  /**
   * Keys are `https:`, `api.example`, `*.example`, `*`, each but the first also with a scheme in front (`http://*.example`) and
   * a port behind (`api.example:8443`). Throws `NET_BAD_OPTION` for any other.
   */
  constructor(values: Readonly<Record<string, T>>) {
    const entries = Object.entries(values).map(([key, value]) => entryOf(key, value))
    this.#entries = entries.toSorted((a, b) => weight(b) - weight(a))
  }

  /** The entry that says most of the endpoint. */
  for(endpoint: Endpoint): { readonly key: string; readonly value: T } | undefined {
    const host = canonical(endpoint.host) ?? endpoint.host.toLowerCase()
    return this.#entries.find((entry) => fits(entry, { ...endpoint, host }))
  }
}

function entryOf<T>(key: string, value: T): Entry<T> {
  const [, only] = SCHEME.exec(key) ?? []
  if (only !== undefined)
    return { key, value, scheme: only, host: undefined, below: false, port: undefined }
  const [whole, scheme, host = '', port] = PATTERN.exec(key.toLowerCase()) ?? []
  const below = host.startsWith('*.')
  const name = host === '*' ? undefined : canonical(host.replace(/^\*\./, ''))
  // A key that fits nothing would let its requests go without a proxy.
  if (whole === undefined || (host !== '*' && name === undefined))
    throw netError('NET_BAD_OPTION', {
      message: `the key ${key} of proxy is none of https:, api.example, *.example:8443, http://*.example and *`,
    })
  return {
    key,
    value,
    scheme,
    host: name,
    below,
    port: port === undefined ? undefined : Number(port),
  }
}

function fits(entry: Entry<unknown>, { scheme, host, port }: Endpoint): boolean {
  if (entry.scheme !== undefined && entry.scheme !== scheme) return false
  if (entry.port !== undefined && entry.port !== port) return false
  if (entry.host === undefined) return true
  return entry.below ? host.endsWith(`.${entry.host}`) : host === entry.host
}

/** A host as URLs spell it: names in ASCII and without a dot at the end, addresses in one form. Undefined for what is none. */
function canonical(host: string): string | undefined {
  const isAddress = host.includes(':') && !host.startsWith('[')
  const url = URL.parse(`http://${isAddress ? `[${host}]` : host}`)
  if (url === null || url.href !== `http://${url.host}/`) return undefined
  return url.hostname.replace(/\.$/, '').replace(/^\[|\]$/g, '')
}

/** A whole host says more than those below one, the longer name more than the shorter; then the port, then the scheme. */
function weight({ host, below, port, scheme }: Entry<unknown>): number {
  const ofHost = host === undefined ? 0 : (below ? 1000 : 100_000) + host.length * 4
  return ofHost + (port === undefined ? 0 : 2) + (scheme === undefined ? 0 : 1)
}

const SCHEME = /^([a-z][a-z0-9+.-]*):$/
const PATTERN =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[^\s:/*[\]@]+|\[[\da-f:.]+\])(?::(\d{1,5}))?\/?$/
