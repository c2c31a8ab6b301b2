/*
 * The one implementation of Connection: a reading and a writing half over any transport, and the rules of its
 * life: open, upgraded to TLS, handed over, closed.
 */

import type { Socket } from 'node:net'

import { type CallDefaults, type CloseOptions, type FileSource, type NetError } from '@net/core'
import {
  abortError,
  argument,
  clock,
  inCall,
  netError,
  option,
  optionsDoor,
  type ClientContext,
  type OptionsDoor,
} from '@net/core/authoring'

import { isTransport, takeGrace, takeStartTls, takeWait, written } from './call-doors.ts'
import { placeOf } from './connection-place.ts'
import { bytesOf, checked, ConnectionReads, given } from './connection-reads.ts'
import type { Connection, StartTlsOptions, WaitOptions, WebStreams } from './connection.ts'
import { FileFill, fileSource } from './file-fill.ts'
import { foreignTransport } from './foreign-transport.ts'
import { toSocket } from './handover.ts'
import { ReadSide, type SideSpec } from './read-side.ts'
import { theEnd } from './reads.ts'
import { SocketTransport, type Follower } from './socket-transport.ts'
import { withLeftover } from './leftover-transport.ts'
import { serverTls, type ServerTls, type TlsOptions } from './tls/options.ts'
import { RecordGate } from './tls/record-gate.ts'
import { secure, secureServer, tlsEnd } from './tls/secure.ts'
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
export class StreamConnection extends ConnectionReads implements Connection, Follower {
  readonly #options: ConnectionOptions
  protected readonly reads: ReadSide
  readonly #writes: WriteSide
  /** Made for who asks: thousands of idle connections have nobody who does. */
  #closed: PromiseWithResolvers<NetError | undefined> | undefined
  /** How it ended. */
  #end: { readonly error: NetError | undefined } | undefined
  #transport: Transport
  #over = false
  #upgrading = false
  #isJoined = false
  #handshake: StoppableHandshake | undefined
  /** What is below a TLS that may end. */
  #gate: Gated | undefined
  #closing: Promise<void> | undefined
  /** Ends a close that is under way. */
  #cut: ((error: NetError) => void) | undefined

  constructor(transport: Transport, options: ConnectionOptions) {
    super()
    this.#transport = transport
    this.#options = options
    const { limits, context } = placeOf(transport.info.endpoint, options.defaults?.timeout)
    const lost: SideSpec['lost'] = (error, half) => {
      // What has arrived before a loss can still be read, so a loss by itself does not end the connection.
      if (half === 'read') this.#ended(error)
      else this.#lose(error)
    }
    const spec = { limits, context, lost }
    this.reads = new ReadSide(transport, spec)
    this.#writes = new WriteSide(transport, spec)
    this.#follow(transport)
  }

  get closed(): Promise<NetError | undefined> {
    if (this.#closed === undefined) {
      this.#closed = Promise.withResolvers()
      if (this.#end !== undefined) this.#closed.resolve(this.#end.error)
    }
    return this.#closed.promise
  }

  /** Its transport is gone; one that was left for TLS says nothing about the connection. */
  gone(transport: Transport, error: NetError | undefined): void {
    if (transport === this.#transport && !this.#upgrading) this.#ended(error)
  }

  /** Whether all that it does is to wait for the peer's next words. */
  get idle(): boolean {
    const { busy, buffered } = this.reads
    return !this.#isJoined && busy && buffered === 0 && !this.#writes.isWaiting
  }

  get info(): ConnectionInfo {
    return this.#transport.info
  }

  /**
   * Passes everything on that arrives; there are no reads from then on. Joined with another one, what it waits for may be what that
   * one brings.
   */
  passTo(heir: ByteReceiver, isJoined = false): void {
    this.#isJoined = isJoined
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
    else this.#cut?.(abortError(reason))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async startTls(tls?: TlsOptions, options?: StartTlsOptions): Promise<void> {
    const place = { protocol: 'socket', call: 'startTls' }
    const taken = inCall(place, () => given(takeStartTls, options))
    const { mayStop = false, ...road } = taken ?? {}
    const wanted = tls === undefined ? (this.#options.tls ?? {}) : tls
    await this.#change('startTls', road, () => this.#upgrade(wanted, road, mayStop))
  }

  async stopTls(options?: WaitOptions): Promise<void> {
    const place = { protocol: 'socket', call: 'stopTls' }
    const taken = inCall(place, () => given(takeWait, options))
    const gate = this.#gate
    if (gate === undefined && !this.#over) {
      throw netError('NET_UNSUPPORTED', {
        message: 'TLS can be stopped only where startTls was called with { mayStop: true }',
      })
    }
    await this.#change('stopTls', taken, () => this.#downgrade(gate, taken))
  }

  toSocket(): Socket {
    if (this.#over) throw closedError()
    if (this.#upgrading || this.reads.busy)
      throw netError('NET_BUSY', { message: 'a read is waiting' })
    if (this.#writes.underWay !== undefined)
      throw netError('NET_BUSY', { message: 'a write is under way' })
    this.#leave(closedError())
    const socket = toSocket(withLeftover(this.#transport, this.reads.release()))
    this.#ended(undefined)
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

  /** Goes on over another transport, behind what was written before. */
  async #change(
    call: string,
    options: WaitOptions | undefined,
    change: () => Promise<void>,
  ): Promise<void> {
    if (this.#over) throw closedError()
    if (this.#upgrading || this.reads.busy) {
      throw netError('NET_BUSY', {
        message: `${call} cannot begin while a read or another change of TLS is under way`,
      })
    }
    this.#upgrading = true
    try {
      const flushed = this.#writes.flush(options)
      // In turn: what is written from here on must not leave before it is protected, or while it is.
      await this.#writes.before(async () => {
        await flushed
        await change()
      })
    } finally {
      this.#upgrading = false
    }
  }

  async #upgrade(tls: ServerTls, options: WaitOptions, mayStop: boolean): Promise<void> {
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
      const under = withLeftover(plain, leftover)
      const gate = mayStop ? new RecordGate(under) : undefined
      const below = gate ?? under
      const transport =
        side === 'server'
          ? await secureServer(below, tls, road)
          : await secure(below, tls as TlsOptions, road)
      this.#gate = gate && { gate, plain: under }
      if (gate !== undefined) gate.hasEnded = () => transport.duplex?.readableEnded === true
      this.#goOn(transport)
    } catch (thrown) {
      const error = handshake.ended ?? (thrown as NetError)
      this.#lose(error)
      throw error
    } finally {
      handshake.over()
      this.#handshake = undefined
    }
  }

  async #downgrade(stop: Gated | undefined, options: WaitOptions | undefined): Promise<void> {
    if (this.#over || stop === undefined) throw closedError()
    const { gate, plain } = stop
    try {
      gate.hold()
      await tlsEnd(this.#transport, options, async () => {
        await this.#transport.end()
        await this.reads.run('stopTls', theEnd, undefined)
      })
      this.#gate = undefined
      this.#goOn(withLeftover(plain, gate.leave()))
    } catch (error) {
      plain.abort(error)
      this.#lose(error as NetError)
      throw error
    }
  }

  #goOn(transport: Transport): void {
    this.#transport = transport
    this.reads.attach(transport)
    this.#writes.attach(transport)
    this.#follow(transport)
  }

  async #close(grace: number): Promise<void> {
    if (this.#over) {
      await this.closed
      return
    }
    this.#leave(closedError())
    this.#handshake?.end(closedError())
    const cut = Promise.withResolvers<void>()
    const end = (error: NetError): void => {
      this.#transport.abort(error)
      cut.resolve()
    }
    const timer = clock().after(grace, () =>
      end(netError('NET_CLOSED', { message: `not closed within ${grace} ms` })),
    )
    this.#cut = (error) => {
      this.#writes.giveUp(error)
      this.#ended(error)
      end(error)
    }
    const close = (): Promise<void> => this.#transport.close()
    const closed = this.#writes.underWay?.then(close, close) ?? close()
    await Promise.race([closed, cut.promise])
    timer.clear()
    this.#cut = undefined
    this.#ended(undefined)
  }

  #follow(transport: Transport): void {
    if (transport instanceof SocketTransport) transport.tell(this)
    else void transport.closed?.then((error) => this.gone(transport, error))
  }

  #ended(error: NetError | undefined): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    this.#closed?.resolve(error)
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
    // Before the transport tells what it calls its end.
    this.#ended(error)
    this.#transport.abort(error)
  }

  /** No call is allowed any more, but what was written still goes out. */
  #leave(reason: NetError): void {
    this.#over = true
    this.#writes.shut(closedError)
    this.reads.shut(reason, closedError)
  }
}

interface Gated {
  readonly gate: RecordGate
  readonly plain: Transport
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
