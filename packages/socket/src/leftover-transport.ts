/* A transport some of whose bytes were read already: gives these first, then goes on as before. */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { NetError } from '@net/core'

import type { Leftover } from './read-side.ts'
import type { ConnectionInfo, Transport } from './transport.ts'

/** The transport as it was before the leftover was read; `info` describes it from here on. */
export function withLeftover(
  transport: Transport,
  leftover: Leftover,
  info: ConnectionInfo = transport.info,
): Transport {
  return new LeftoverTransport(transport, leftover, info)
}

/** What `withLeftover` gives. */
export class LeftoverTransport implements Transport {
  readonly info: ConnectionInfo
  declare readonly duplex?: Duplex
  declare readonly closed?: Promise<NetError | undefined>
  declare readonly secure?: NonNullable<Transport['secure']>
  readonly #inner: Transport
  readonly #ended: boolean
  #bytes: Uint8Array | undefined
  #pulling: Promise<Uint8Array | null> | undefined

  /** Whether it is one itself, and not something that stands for one. */
  static is(given: object): boolean {
    return #ended in given
  }

  constructor(inner: Transport, { bytes, ended, pulling }: Leftover, info: ConnectionInfo) {
    this.info = info
    if (inner.duplex !== undefined) this.duplex = inner.duplex
    if (inner.closed !== undefined) this.closed = inner.closed
    // Bytes that were read already would pass for protected ones.
    if (inner.secure !== undefined && bytes.length === 0) this.secure = inner.secure.bind(inner)
    this.#inner = inner
    this.#ended = ended
    this.#bytes = bytes.length === 0 ? undefined : bytes
    this.#pulling = pulling
  }

  read(): Promise<Uint8Array | null> {
    const bytes = this.#bytes
    const pulling = this.#pulling
    if (bytes !== undefined) {
      this.#bytes = undefined
      return Promise.resolve(bytes)
    }
    if (pulling !== undefined) {
      this.#pulling = undefined
      return pulling
    }
    return this.#ended ? Promise.resolve(null) : this.#inner.read()
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#inner.write(chunks)
  }

  flush(): Promise<void> {
    return this.#inner.flush?.() ?? this.#inner.write([])
  }

  end(): Promise<void> {
    return this.#inner.end()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  abort(reason?: unknown): void {
    this.#inner.abort(reason)
  }

  release(): Socket | undefined {
    // A socket that has ended cannot take anything back.
    const socket = this.#ended ? undefined : this.#inner.release?.()
    if (socket === undefined) return undefined
    if (this.#bytes !== undefined) socket.unshift(this.#bytes)
    // A chunk that was on its way to us in this very turn; the socket has given nothing to anybody yet.
    this.#pulling?.then(
      (chunk) => void (chunk !== null && socket.unshift(chunk)),
      () => {},
    )
    return socket
  }
}
