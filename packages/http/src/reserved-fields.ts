/* The fields that frame messages and end connections, which only the engine may say. */

import { netError } from '@net/core/authoring'

/** Throws `NET_BAD_HEADER` for a field that belongs to the connection. */
export function refuseReserved(fields: Iterable<readonly [string, string]>): void {
  for (const [name] of fields) {
    if (!RESERVED.has(name.toLowerCase())) continue
    throw netError('NET_BAD_HEADER', { message: `the header ${name} belongs to the connection` })
  }
}

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
