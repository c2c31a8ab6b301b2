/*
 * A transport of the caller's: what it throws where it should reject fails that call and nothing else, what it reads is
 * looked at before it is used, and letting go of it never fails.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { isNetError, type NetError } from '@net/core'
import {
  argument,
  guarded,
  netError,
  shape,
  thrownMessage,
  translate,
  type Shape,
} from '@net/core/authoring'

import { isKnown, socketErrors } from './errors.ts'
import { rejected } from './handled.ts'
import { LeftoverTransport } from './leftover-transport.ts'
import { SocketTransport } from './socket-transport.ts'
import type { ByteReceiver, ConnectionInfo, Inflow, Transport } from './transport.ts'

/** The same transport, made safe unless it is one of ours, in which nothing is another's. */
export function foreignTransport(transport: Transport): Transport {
  const isSafe =
    SAFE.some((Class) => Class.is(transport)) &&
    METHODS.every((name) => !Object.hasOwn(transport, name))
  return isSafe ? transport : new ForeignTransport(transport)
}

class ForeignTransport implements Transport {
  readonly info: ConnectionInfo
  declare readonly duplex?: Duplex
  declare readonly closed?: Promise<NetError | undefined>
  declare readonly release?: () => Socket | undefined
  declare readonly secure?: NonNullable<Transport['secure']>
  declare readonly deliver?: (receiver: ByteReceiver) => Inflow
  readonly #inner: Transport
  readonly #abort: (reason?: unknown) => void
  #closing: Promise<void> | undefined

  static is(given: object): boolean {
    return #inner in given
  }

  constructor(inner: Transport) {
    this.info = inner.info
    this.#inner = inner
    this.#abort = guarded('abort() of a transport', (reason) => inner.abort(reason))
    if (inner.duplex !== undefined) this.duplex = inner.duplex
    if (inner.closed !== undefined) this.closed = inner.closed.then(lossOf, failure)
    if (inner.release !== undefined) this.release = () => socketOf(() => inner.release?.())
    if (inner.secure !== undefined) this.secure = inner.secure.bind(inner)
    if (inner.deliver !== undefined) this.deliver = inner.deliver.bind(inner)
  }

  read(): Promise<Uint8Array | null> {
    return called(() => this.#inner.read()).then(chunkOf, failed)
  }

  write(chunks: readonly Uint8Array[]): Promise<void> {
    return called(() => this.#inner.write(chunks))
  }

  flush(): Promise<void> {
    return called(() => this.#inner.flush?.() ?? this.#inner.write([]))
  }

  end(): Promise<void> {
    return called(() => this.#inner.end())
  }

  close(): Promise<void> {
    // One that cannot be closed in order is let go of all the same.
    this.#closing ??= called(() => this.#inner.close()).catch((error: unknown) => this.abort(error))
    return this.#closing
  }

  abort(reason?: unknown): void {
    this.#abort(reason)
  }
}

/** The promise that the call gives, without one more of ours. */
function called<T>(call: () => Promise<T>): Promise<T> {
  try {
    const given: unknown = call()
    return given instanceof Promise ? given : Promise.resolve(given as T)
  } catch (error) {
    return rejected(failure(error))
  }
}

function chunkOf(given: unknown): Uint8Array | null {
  return argument('what read() of a transport gives', isChunk, given)
}

function failed(error: unknown): never {
  throw failure(error)
}

/** What the transport threw, as an error that says so. */
function failure(error: unknown): NetError {
  if (isNetError(error)) return error
  if (isKnown(error)) return translate(error, socketErrors, {})
  const message = `the transport has failed: ${thrownMessage(error)}`
  return netError('NET_CONN_CLOSED', { message, cause: error })
}

function lossOf(told: unknown): NetError | undefined {
  return told === undefined ? undefined : failure(told)
}

function socketOf(release: () => unknown): Socket | undefined {
  const given = release()
  return given instanceof Socket ? given : undefined
}

const SAFE = [SocketTransport, LeftoverTransport, ForeignTransport] as const
const METHODS = ['read', 'write', 'flush', 'end', 'close', 'abort'] as const
const isChunk: Shape<Uint8Array | null> = shape(
  'a Uint8Array, or null for the end',
  (value) => value === null || value instanceof Uint8Array,
)
