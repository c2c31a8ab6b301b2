/*
 * To which forward a connection belongs that a server brings: servers name other addresses than they were asked for. Pure; it
 * must not know ssh2.
 */

import { isIPv6 } from 'node:net'

/** Where a server listens for us. */
export interface ForwardAddress {
  /** As it was asked for. */
  readonly host: string
  /** As it was granted. */
  readonly port: number
}

/**
 * The forward for a connection to this address: the one that was asked for so; else the only one of that port; else the one
 * that listens on all addresses of its family. Undefined if it belongs to none.
 */
export function forwardFor<T extends ForwardAddress>(
  forwards: Iterable<T>,
  host: string,
  port: number,
): T | undefined {
  const onPort = [...forwards].filter((forward) => forward.port === port)
  const exact = onPort.find((forward) => forward.host === host)
  if (exact !== undefined || onPort.length === 0) return exact
  if (onPort.length === 1) return onPort[0]
  const everywhere = isIPv6(host) ? EVERYWHERE_6 : EVERYWHERE_4
  const wild = onPort.filter((forward) => everywhere.has(forward.host))
  return wild.length === 1 ? wild[0] : undefined
}

const EVERYWHERE_4: ReadonlySet<string> = new Set(['', '*', '0.0.0.0'])
const EVERYWHERE_6: ReadonlySet<string> = new Set(['', '*', '::'])
