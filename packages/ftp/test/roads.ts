/* Roads for tests: one that seems to lead to another machine, one that gives its bytes one by one, one that leads nowhere. */

import { netError } from '@net/core/authoring'
import { tcpDialer, type ConnectionInfo, type Dialer, type Transport } from '@net/socket'

class Wrapped implements Transport {
  readonly info: ConnectionInfo
  readonly #inner: Transport
  readonly #piece: number
  #rest: Uint8Array = new Uint8Array(0)

  constructor(inner: Transport, info: ConnectionInfo, piece: number) {
    this.#inner = inner
    this.info = info
    this.#piece = piece
  }

  get closed(): Transport['closed'] & object {
    return this.#inner.closed ?? Promise.resolve(undefined)
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#rest.length === 0) {
      const chunk = await this.#inner.read()
      if (chunk === null) return null
      this.#rest = chunk
    }
    const piece = this.#rest.subarray(0, this.#piece)
    this.#rest = this.#rest.subarray(this.#piece)
    return piece
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#inner.write(chunks)
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
}

/** TCP to 127.0.0.1, whatever is asked for, that says it reached 192.0.2.1. */
export function elsewhere(): Dialer {
  const dialer = tcpDialer()
  return {
    name: 'elsewhere',
    async dial(endpoint, options) {
      const inner = await dialer.dial({ ...endpoint, host: '127.0.0.1' }, options)
      const remote = { scheme: 'tcp', host: '192.0.2.1', port: endpoint.port }
      return new Wrapped(inner, { ...inner.info, endpoint, remote }, Infinity)
    },
  }
}

/** TCP that counts as encrypted, as an SSH tunnel whose last leg does not leave the server. */
export function tunnelled(): Dialer {
  const dialer = tcpDialer()
  return {
    name: 'tunnelled',
    async dial(endpoint, options) {
      const inner = await dialer.dial(endpoint, options)
      const hops = [{ kind: 'ssh', endpoint }]
      return new Wrapped(inner, { ...inner.info, hops, encrypted: true }, Infinity)
    },
  }
}

/** TCP whose reads give so many bytes at most. */
export function piecewise(piece: number): Dialer {
  const dialer = tcpDialer()
  return {
    name: 'piecewise',
    async dial(endpoint, options) {
      const inner = await dialer.dial(endpoint, options)
      return new Wrapped(inner, inner.info, piece)
    },
  }
}

/** A dial that ends only when it is aborted. */
export function nowhere(): Dialer {
  return {
    name: 'nowhere',
    dial: (_, options) =>
      new Promise((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () =>
          reject(netError('NET_ABORTED', { message: 'the dial was given up', phase: 'connect' })),
        )
      }),
  }
}
