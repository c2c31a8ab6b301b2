/*
 * The road of a call, as far as it decides whose answer comes back: a certificate of the client's shows who asks, what is
 * trusted who may answer, and behind a dialer, a proxy or a handler another server may have the same URL. It must not know what
 * the options mean.
 */

import { isSecret } from '@net/core'
import type { BlockOption, Dialer, ProxyOption, TlsOptions } from '@net/socket'

import type { Handler } from '../handler.ts'

/** What is said of a road. */
export interface CachedRoad {
  readonly tls?: TlsOptions | undefined
  readonly dialer?: Dialer | undefined
  readonly unixSocket?: string | undefined
  readonly proxy?: ProxyOption | undefined
  readonly block?: BlockOption | undefined
  readonly handler?: Handler | undefined
  /** Roads of a client's for some URLs. */
  readonly mounts?: Readonly<Record<string, CachedRoad>> | undefined
}

/** The same text for roads of which the same is said; undefined for the usual one. Keys are in it: it is to be sealed. */
export function roadText(road: CachedRoad): string | undefined {
  const { tls, dialer, unixSocket, proxy, block, handler, mounts = {} } = road
  const others = Object.entries(mounts).map(([key, mount]) => [key, roadText(mount)])
  // All dialers over SSH have one name, whatever machine they dial from.
  const said = [tls, dialer && idOf(dialer), unixSocket, proxy, block, handler]
  if ([...said, ...others.map(([, text]) => text)].every((each) => each === undefined))
    return undefined
  return JSON.stringify([said.map(plain), others])
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return idOf(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  if (value instanceof URL) return value.href
  if (isSecret(value)) return value.reveal()
  if (Array.isArray(value)) return value.map(plain)
  const said = Object.entries(value).map(([name, each]) => [name, plain(each)] as const)
  return said.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** Of what is the caller's own code: no other program can know what it does. */
function idOf(code: object): string {
  const known = ids.get(code) ?? crypto.randomUUID()
  ids.set(code, known)
  return known
}

const ids = new WeakMap<object, string>()
