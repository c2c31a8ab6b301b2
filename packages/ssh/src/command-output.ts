/*
 * An output of a command that runs, to be read while it runs. One that is read holds the command up where its reader is slow,
 * as a pipe does; one that no reader has begun to read never does: the first of it is kept, and what is too much is dropped.
 */

import type { NetError } from '@net/core'
import { netError } from '@net/core/authoring'
import {
  overTransport,
  type ByteReceiver,
  type Connection,
  type ConnectionInfo,
  type Inflow,
  type ReadLimitOptions,
  type ReadLineOptions,
  type ReadSomeOptions,
  type ReadTextOptions,
  type Transport,
  type WaitOptions,
} from '@net/socket'

/** An output of a command. Reads are those of a `Connection`: one at a time, and one that fails consumes nothing. */
export type CommandOutput = Pick<
  Connection,
  | 'read'
  | 'readExactly'
  | 'readLine'
  | 'readUntil'
  | 'readAll'
  | 'readText'
  | 'lines'
  | typeof Symbol.asyncIterator
>

/** The bytes of one output, between the channel and who reads them. */
export class OutputRoad implements Transport {
  readonly info: ConnectionInfo
  readonly #name: string
  readonly #most: number
  readonly #resume: () => void
  #held: Uint8Array[] = []
  #size = 0
  #dropped = 0
  #receiver: ByteReceiver | undefined
  #hasRoom = false
  #isRead = false
  #isLeft = false
  #end: 'ended' | NetError | undefined

  /** At most so many bytes are kept before reading begins; `resume` is called when there is room again. */
  constructor(name: string, info: ConnectionInfo, most: number, resume: () => void) {
    this.#name = name
    this.info = info
    this.#most = most
    this.#resume = resume
  }

  /** Reading begins: from now on nothing is dropped. */
  begin(): void {
    if (this.#isRead) return
    this.#isRead = true
    this.#handOver()
  }

  /** Returns whether there is room for more. */
  arrived(chunk: Uint8Array): boolean {
    if (this.#isLeft) return true
    if (this.#hasRoom) {
      this.#hasRoom = this.#receiver?.arrived(chunk) === true
      return this.#hasRoom || !this.#isRead
    }
    if (!this.#isRead && this.#size + chunk.length > this.#most) this.#dropped += chunk.length
    // What stood in the middle is gone, so that nothing may follow.
    if (this.#dropped > 0) return true
    this.#held.push(chunk)
    this.#size += chunk.length
    return !this.#isRead
  }

  /** Nothing follows; with an error, because the connection is lost. */
  ended(error?: NetError): void {
    this.#end ??= error ?? 'ended'
    if (this.#hasRoom) this.#tellEnd()
  }

  deliver(receiver: ByteReceiver): Inflow {
    this.#receiver = receiver
    this.#handOver()
    return { resume: () => this.#handOver(), stop: () => undefined }
  }

  read(): Promise<Uint8Array | null> {
    return Promise.reject(netError('NET_UNSUPPORTED', { message: 'an output is delivered' }))
  }

  write(): Promise<void> {
    return Promise.reject(netError('NET_UNSUPPORTED', { message: 'an output is read' }))
  }

  end(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.abort()
    return Promise.resolve()
  }

  /** It is not read any more: who still reads it hears so, unless all of it was read. */
  abort(): void {
    if (this.#end === undefined || (this.#end === 'ended' && this.#held.length > 0)) {
      this.#end = netError('NET_CLOSED', {
        message: `the command was given up, and ${this.#name} with it`,
      })
    }
    this.#isLeft = true
    this.#hasRoom = false
    this.#held = []
    this.#tellEnd()
    this.#resume()
  }

  #handOver(): void {
    const receiver = this.#receiver
    if (receiver === undefined || !this.#isRead) return
    this.#hasRoom = true
    while (this.#hasRoom) {
      const chunk = this.#held.shift()
      if (chunk === undefined) break
      this.#size -= chunk.length
      this.#hasRoom = receiver.arrived(chunk)
    }
    if (!this.#hasRoom) return
    if (this.#dropped > 0 || this.#end !== undefined) this.#tellEnd()
    else this.#resume()
  }

  #tellEnd(): void {
    const receiver = this.#receiver
    if (receiver === undefined || this.#held.length > 0) return
    this.#receiver = undefined
    if (this.#dropped > 0) receiver.lost(this.#tooMuch())
    else if (this.#end === 'ended') receiver.ended()
    else if (this.#end !== undefined) receiver.lost(this.#end)
  }

  #tooMuch(): NetError {
    return netError('NET_PROTO_LIMIT', {
      message: `${this.#name} was not read while the command printed more than ${this.#most} bytes there; the rest was dropped`,
      limit: this.#most,
    })
  }
}

/** Who reads an output. */
export class OutputReader implements CommandOutput {
  readonly #road: OutputRoad
  readonly #connection: Connection

  constructor(road: OutputRoad) {
    this.#road = road
    this.#connection = overTransport(road)
  }

  read(options?: ReadSomeOptions): Promise<Uint8Array | null> {
    return this.#reading().read(options)
  }

  readExactly(size: number, options?: WaitOptions): Promise<Uint8Array> {
    return this.#reading().readExactly(size, options)
  }

  readLine(options?: ReadLineOptions): Promise<string | null> {
    return this.#reading().readLine(options)
  }

  readUntil(
    delimiter: string | Uint8Array,
    options?: ReadLimitOptions,
  ): Promise<Uint8Array | null> {
    return this.#reading().readUntil(delimiter, options)
  }

  readAll(options?: ReadLimitOptions): Promise<Uint8Array> {
    return this.#reading().readAll(options)
  }

  readText(options?: ReadTextOptions): Promise<string> {
    return this.#reading().readText(options)
  }

  lines(options?: ReadLineOptions): AsyncIterable<string> {
    return this.#reading().lines(options)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#reading()[Symbol.asyncIterator]()
  }

  #reading(): Connection {
    this.#road.begin()
    return this.#connection
  }
}
