/*
 * The road of a call, as far as it decides whose answer comes back: a certificate of the client's shows who asks, what is
 * trusted who may answer, and behind a dialer another server may have the same URL. It must not know what the options mean.
 */

import type { Dialer, TlsOptions } from '@net/socket'

/** What is said of a road. */
export interface CachedRoad {
  readonly tls?: TlsOptions | undefined
  readonly dialer?: Pick<Dialer, 'name'> | undefined
  readonly unixSocket?: string | undefined
  /** Roads of a client's for some URLs. */
  readonly mounts?: Readonly<Record<string, CachedRoad>> | undefined
}

/** The same text for roads of which the same is said; undefined for the usual one. Keys are in it: it is to be sealed. */
export function roadText({ tls, dialer, unixSocket, mounts }: CachedRoad): string | undefined {
  const others = Object.entries(mounts ?? {}).map(([key, mount]) => [key, roadText(mount)])
  if ((tls ?? dialer ?? unixSocket) === undefined && others.every(([, text]) => text === undefined))
    return undefined
  const said = Object.entries(tls ?? {}).map(([name, value]) => [name, plain(value)])
  said.sort(([one = ''], [other = '']) => (String(one) < String(other) ? -1 : 1))
  return JSON.stringify([said, dialer?.name, unixSocket, others])
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  return Array.isArray(value) ? value.map(plain) : value
}
