/*
 * The TLS options of single calls, told apart by what they say: connections that were made with others must not be used. It
 * must not know what the options mean.
 */

import type { TlsOptions } from '@net/socket'

/** Those of one client: the most recent ones. */
export class TlsVariants {
  readonly #known: { readonly id: number; readonly tls: TlsOptions }[] = []
  #next = 1

  /** The same number for options that say the same. */
  idOf(tls: TlsOptions): number {
    const found = this.#known.find((known) => isSame(known.tls, tls))
    if (found !== undefined) return found.id
    const id = this.#next++
    this.#known.push({ id, tls: copyOf(tls) })
    if (this.#known.length > MOST) this.#known.shift()
    return id
  }
}

/** The caller may use its bytes again, for the key of somebody else. */
function copyOf(tls: TlsOptions): TlsOptions {
  return Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, ownBytes(value)]))
}

function ownBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  return Array.isArray(value) ? value.map(ownBytes) : value
}

function isSame(a: TlsOptions, b: TlsOptions): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => isSameValue(Reflect.get(a, name), Reflect.get(b, name)))
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b)
  return a.length === b.length && a.every((one, at) => isSameValue(one, b[at]))
}

const MOST = 64
