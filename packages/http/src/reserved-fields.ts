/* The fields that frame messages, end connections and log in at proxies, which only the engine may say. */

import { netError } from '@net/core/authoring'

/** Throws `NET_BAD_HEADER` for a field that belongs to the connection, or to a proxy. */
export function refuseReserved(fields: Iterable<readonly [string, string]>): void {
  for (const [name] of fields) {
    const lower = name.toLowerCase()
    if (RESERVED.has(lower)) throw refused(`the header ${name} belongs to the connection`)
    if (lower === 'proxy-authorization') throw refused(FOR_THE_PROXY)
  }
}

/** Whether a field of this name, in lower case, belongs to the connection, or to a proxy. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name) || name === 'proxy-authorization'
}

function refused(message: string): Error {
  return netError('NET_BAD_HEADER', { message })
}

/** A server would get it that is no proxy, through a tunnel. */
const FOR_THE_PROXY =
  "the header proxy-authorization would reach the server; a proxy gets its own by createClient({ proxy: 'http://user:password@host' })"

const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
