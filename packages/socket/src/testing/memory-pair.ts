/*
 * A road in memory: two transports, each of which reads what the other writes, with the back-pressure and the
 * half-closing of a real one. No time passes on it by itself.
 */

import type { Endpoint, NetError } from '@net/core'
import { abortError, netError, option, optionsDoor, type OptionsDoor } from '@net/core/authoring'

import { DONE, handled, rejected } from '../handled.ts'
import type { ConnectionInfo, Transport } from '../transport.ts'

/** Options of a road in memory. */
export interface MemoryOptions {
  /** How many bytes one side may be ahead of the other's reading before its writes wait. Default 64 KiB. */
  readonly capacity?: number | undefined
  /** What the endpoint is said to be; default `memory` with port 0. */
  readonly endpoint?: Endpoint | undefined
}

/** Two transports that are connected with each other. */
export function memoryPair(options?: MemoryOptions): [Transport, Transport] {
  const { capacity = CAPACITY, endpoint = MEMORY } = memoryDoor(options)
  const there = new Pipe(capacity)
  const back = new Pipe(capacity)
  return [
    new MemoryTransport(endpoint, { incoming: back, outgoing: there }),
    new MemoryTransport(endpoint, { incoming: there, outgoing: back }),
  ]
}

/** One direction. */
class Pipe {
  readonly #capacity: number
  readonly #chunks: Uint8Array[] = []
  #size = 0
  #ended = false
  #deaf = false
  #broken: { readonly forReader: () => NetError; readonly forWriter: () => NetError } | undefined
  #reader: PromiseWithResolvers<Uint8Array | null> | undefined
  #room: PromiseWithResolvers<void> | undefined

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  read(): Promise<Uint8Array | null> {
    if (this.#reader !== undefined) {
      return rejected(netError('NET_BUSY', { message: 'another read is waiting' }))
    }
    if (this.#broken !== undefined) return rejected(this.#broken.forReader())
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#size -= chunk.length
      if (this.#size < this.#capacity) this.#open()
      return Promise.resolve(chunk)
    }
    if (this.#ended) return Promise.resolve(null)
    this.#reader = Promise.withResolvers()
    return this.#reader.promise
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    if (this.#broken !== undefined) return rejected(this.#broken.forWriter())
    if (this.#ended) return rejected(closed())
    for (const chunk of chunks) this.#put(chunk)
    if (this.#size < this.#capacity) return DONE
    this.#room ??= Promise.withResolvers()
    return handled(this.#room.promise)
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#reader?.resolve(null)
    this.#reader = undefined
  }

  /** The other side reads no more; written bytes are discarded. */
  stopReading(): void {
    this.#deaf = true
    this.#chunks.length = 0
    this.#size = 0
    if (this.#reader !== undefined) void handled(this.#reader.promise)
    this.#reader?.reject(closed())
    this.#reader = undefined
    this.#open()
  }

  /** Both ends hear at once that it is broken, each its own story. */
  break(forReader: () => NetError, forWriter: () => NetError): void {
    if (this.#broken !== undefined) return
    this.#broken = { forReader, forWriter }
    this.#chunks.length = 0
    this.#size = 0
    if (this.#reader !== undefined) void handled(this.#reader.promise)
    this.#reader?.reject(forReader())
    this.#reader = undefined
    this.#room?.reject(forWriter())
    this.#room = undefined
  }

  #put(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.#deaf) return
    // The writer may use its buffer again; on a real road the kernel has taken a copy.
    const copy = new Uint8Array(chunk)
    if (this.#reader === undefined) {
      this.#chunks.push(copy)
      this.#size += copy.length
    } else {
      this.#reader.resolve(copy)
      this.#reader = undefined
    }
  }

  #open(): void {
    this.#room?.resolve()
    this.#room = undefined
  }
}

class MemoryTransport implements Transport, AsyncDisposable {
  readonly info: ConnectionInfo
  readonly closed: Promise<NetError | undefined>
  readonly #incoming: Pipe
  readonly #outgoing: Pipe
  readonly #gone: (error: NetError | undefined) => void
  #over = false

  constructor(
    endpoint: Endpoint,
    { incoming, outgoing }: { readonly incoming: Pipe; readonly outgoing: Pipe },
  ) {
    this.info = { endpoint, hops: [], local: MEMORY, remote: MEMORY, encrypted: false }
    this.#incoming = incoming
    this.#outgoing = outgoing
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#gone = resolve
  }

  read(): Promise<Uint8Array | null> {
    return this.#over ? rejected(closed()) : this.#incoming.read()
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return this.#over ? rejected(closed()) : this.#outgoing.write(chunks)
  }

  flush(): Promise<void> {
    return this.#over ? rejected(closed()) : DONE
  }

  end(): Promise<void> {
    this.#outgoing.end()
    return DONE
  }

  async close(): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#outgoing.end()
    this.#incoming.stopReading()
    this.#gone(undefined)
  }

  abort(reason?: unknown): void {
    if (this.#over) return
    this.#over = true
    const error = (): NetError => abortError(reason)
    this.#outgoing.break(reset, error)
    this.#incoming.break(error, reset)
    this.#gone(error())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort()
  }
}

function closed(): NetError {
  return netError('NET_CLOSED', { message: 'the connection is closed on our side' })
}

function reset(): NetError {
  return netError('NET_CONN_RESET', { message: 'the connection was reset' })
}

const CAPACITY = 64 * 1024
const MEMORY: Endpoint = { scheme: 'memory', host: 'memory', port: 0 }
const memoryDoor: OptionsDoor<MemoryOptions> = optionsDoor<MemoryOptions>(
  { protocol: 'socket', call: 'memoryPair' },
  { capacity: option.count, endpoint: option.anything },
)
