/*
 * The one implementation of Connection: a reading and a writing half over any transport, and the rules of its
 * life: open, upgraded to TLS, handed over, closed.
 */

import type { Socket } from 'node:net'

import {
  formatEndpoint,
  type CallDefaults,
  type CloseOptions,
  type FileSource,
  type NetError,
} from '@net/core'
import {
  abortError,
  argument,
  clock,
  inCall,
  limitsFor,
  netError,
  option,
  optionsDoor,
  type ClientContext,
  type OptionsDoor,
} from '@net/core/authoring'

import { isTransport, takeGrace, takeWait, written } from './call-doors.ts'
import { bytesOf, checked, ConnectionReads, given } from './connection-reads.ts'
import type { Connection, WaitOptions, WebStreams } from './connection.ts'
import { FileFill, fileSource } from './file-fill.ts'
import { foreignTransport } from './foreign-transport.ts'
import { toSocket } from './handover.ts'
import { ReadSide } from './read-side.ts'
import { withLeftover } from './leftover-transport.ts'
import { serverTls, type ServerTls, type TlsOptions } from './tls/options.ts'
import { secure, secureServer } from './tls/secure.ts'
import { StoppableHandshake } from './tls/stoppable-handshake.ts'
import type { ByteReceiver, ConnectionInfo, Transport } from './transport.ts'
import { webStreams } from './web-streams.ts'
import { WriteSide } from './write-side.ts'

/** Options of a connection over a transport. */
export interface ConnectionOptions {
  /** Limits for its calls. Default: 60 s for writes, none for reads. */
  readonly defaults?: CallDefaults | undefined
  /** Which part `startTls` plays; default 'client'. */
  readonly side?: 'client' | 'server' | undefined
  /** What `startTls` uses where it is given no options of its own. */
  readonly tls?: ServerTls | undefined
  /** The client that it belongs to; it has the log. */
  readonly client?: ClientContext | undefined
}

/** A Connection over any transport, which must not be used otherwise from then on. */
export function overTransport(transport: Transport, options?: ConnectionOptions): Connection {
  inCall({ protocol: 'socket', call: 'overTransport' }, () =>
    argument('the transport', isTransport, transport),
  )
  return new StreamConnection(foreignTransport(transport), connectionDoor(options))
}

/** A Connection, with what a server must know to close it at the right moment. */
export class StreamConnection extends ConnectionReads implements Connection {
  readonly closed: Promise<NetError | undefined>
  readonly #options: ConnectionOptions
  protected readonly reads: ReadSide
  readonly #writes: WriteSide
  readonly #gone: (error: NetError | undefined) => void
  #transport: Transport
  #over = false
  #upgrading = false
  #handshake: StoppableHandshake | undefined
  #closing: Promise<void> | undefined

  constructor(transport: Transport, options: ConnectionOptions) {
    super()
    this.#transport = transport
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<NetError | undefined>()
    this.closed = promise
    this.#gone = resolve
    const { endpoint } = transport.info
    const where = formatEndpoint(endpoint)
    const spec = {
      limits: limitsFor('session', options.defaults?.timeout),
      context: { protocol: endpoint.scheme, target: where, endpoint: where },
    }
    // What has arrived before a loss can still be read, so a loss by itself does not end the connection.
    this.reads = new ReadSide(transport, { ...spec, lost: (error) => this.#gone(error) })
    this.#writes = new WriteSide(transport, { ...spec, lost: (error) => this.#lose(error) })
    this.#follow(transport)
  }

  /** Whether all that it does is to wait for the peer's next words. */
  get idle(): boolean {
    return this.reads.busy && this.reads.buffered === 0
  }

  get info(): ConnectionInfo {
    return this.#transport.info
  }

  /** Passes everything on that arrives; there are no reads from then on. */
  passTo(heir: ByteReceiver): void {
    this.reads.passTo(heir)
  }

  /** There is room again where everything is passed to. */
  passOn(): void {
    this.reads.passOn()
  }

  write(data: string | Uint8Array | readonly Uint8Array[], options?: WaitOptions): Promise<void> {
    return checked('write', () => {
      const chunks =
        typeof data === 'string' || data instanceof Uint8Array
          ? [bytesOf(data)]
          : argument('data', written, data)
      return this.#writes.write(chunks, given(takeWait, options))
    })
  }

  sendFile(file: FileSource, options?: WaitOptions): Promise<number> {
    return checked('sendFile', () => {
      argument('the file', fileSource, file)
      return this.#sendFile(new FileFill(file), given(takeWait, options))
    })
  }

  flush(options?: WaitOptions): Promise<void> {
    return checked('flush', () => this.#writes.flush(given(takeWait, options)))
  }

  end(options?: WaitOptions): Promise<void> {
    return checked('end', () => this.#writes.end(given(takeWait, options)))
  }

  close(options?: CloseOptions): Promise<void> {
    return checked('close', () => (this.#closing ??= this.#close(takeGrace(options))))
  }

  abort(reason?: unknown): void {
    if (!this.#over) this.#lose(abortError(reason))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async startTls(tls?: TlsOptions, options?: WaitOptions): Promise<void> {
    const taken = inCall({ protocol: 'socket', call: 'startTls' }, () => given(takeWait, options))
    if (this.#over) throw closedError()
    if (this.#upgrading || this.reads.busy) {
      throw netError('NET_BUSY', {
        message: 'startTls cannot begin while a read or another startTls is under way',
      })
    }
    this.#upgrading = true
    try {
      const flushed = this.#writes.flush(taken)
      // In turn: what is written from here on must not leave before it is protected.
      await this.#writes.before(async () => {
        await flushed
        await this.#upgrade(tls === undefined ? (this.#options.tls ?? {}) : tls, taken)
      })
    } finally {
      this.#upgrading = false
    }
  }

  toSocket(): Socket {
    if (this.#over) throw closedError()
    if (this.#upgrading || this.reads.busy)
      throw netError('NET_BUSY', { message: 'a read is waiting' })
    if (this.#writes.underWay !== undefined)
      throw netError('NET_BUSY', { message: 'a write is under way' })
    this.#leave(closedError())
    const socket = toSocket(withLeftover(this.#transport, this.reads.release()))
    this.#gone(undefined)
    return socket
  }

  toWeb(): WebStreams {
    if (this.#over) throw closedError()
    return webStreams(this)
  }

  async #sendFile(file: FileFill, options: WaitOptions | undefined): Promise<number> {
    try {
      await this.#writes.pull(() => file.next(), options)
      return file.size
    } finally {
      await file.close()
    }
  }

  async #upgrade(tls: ServerTls, options: WaitOptions | undefined): Promise<void> {
    if (this.#over) throw closedError()
    // From here to the handshake nothing may come between: a byte that arrives now must not pass for protected.
    if (this.reads.buffered > 0) {
      throw netError('NET_PROTO_UNEXPECTED', {
        message: 'the peer sent unencrypted data before the TLS handshake',
        phase: 'tls',
        received: this.reads.buffered,
      })
    }
    const plain = this.#transport
    const leftover = this.reads.release()
    const handshake = new StoppableHandshake(options?.signal)
    this.#handshake = handshake
    try {
      const { side, client } = this.#options
      const road = { ...options, client, signal: handshake.signal }
      const below = withLeftover(plain, leftover)
      const transport =
        side === 'server'
          ? await secureServer(below, tls, road)
          : await secure(below, tls as TlsOptions, road)
      this.#transport = transport
      this.reads.attach(transport)
      this.#writes.attach(transport)
      this.#follow(transport)
    } catch (thrown) {
      const error = handshake.ended ?? (thrown as NetError)
      this.#lose(error)
      throw error
    } finally {
      handshake.over()
      this.#handshake = undefined
    }
  }

  async #close(grace: number): Promise<void> {
    if (this.#over) {
      await this.closed
      return
    }
    this.#leave(closedError())
    this.#handshake?.end(closedError())
    const cut = Promise.withResolvers<void>()
    const timer = clock().after(grace, () => {
      this.#transport.abort(netError('NET_CLOSED', { message: `not closed within ${grace} ms` }))
      cut.resolve()
    })
    const close = (): Promise<void> => this.#transport.close()
    const closed = this.#writes.underWay?.then(close, close) ?? close()
    await Promise.race([closed, cut.promise])
    timer.clear()
    this.#gone(undefined)
  }

  #follow(transport: Transport): void {
    void transport.closed?.then((error) => {
      // A transport that was left for TLS says nothing about the connection.
      if (transport !== this.#transport || this.#upgrading) return
      this.#gone(error)
    })
  }

  /** The road is lost or given up: everything under way ends with the error. */
  #lose(error: NetError): void {
    if (this.#over) return
    this.#over = true
    this.#writes.shut(closedError)
    this.#writes.giveUp(error)
    this.reads.shut(error, closedError)
    // The transport has handed its socket over to the handshake.
    this.#handshake?.end(error)
    this.#transport.abort(error)
    this.#gone(error)
  }

  /** No call is allowed any more, but what was written still goes out. */
  #leave(reason: NetError): void {
    this.#over = true
    this.#writes.shut(closedError)
    this.reads.shut(reason, closedError)
  }
}

function closedError(): NetError {
  return netError('NET_CLOSED', { message: 'the connection is closed' })
}

const connectionDoor: OptionsDoor<ConnectionOptions> = optionsDoor<ConnectionOptions>(
  { protocol: 'socket', call: 'overTransport' },
  {
    defaults: option.defaults,
    side: option.oneOf('client', 'server'),
    tls: serverTls,
    client: option.anything,
  },
)
