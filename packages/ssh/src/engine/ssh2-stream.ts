/*
 * A channel as an ordinary Duplex: ssh2's own never calls back a write to a closed channel, and reports its end in
 * ways of its own. Who reads it by hand gets what comes gathered in memory of his own, past both buffers.
 */

import { Duplex } from 'node:stream'

import { netError } from '@net/core/authoring'
import { DirectReads } from '@net/socket/authoring'

import { hearData, hearNoData, moreRoom, type ChannelEar } from './ssh2-data.ts'
import { closeChannel } from './ssh2-internals.ts'
import type { EngineChannel } from './ssh2-types.ts'

/** The bytes of a channel. Half-open like TCP; destroying it closes the channel. */
export class ChannelStream extends Duplex implements ChannelEar {
  readonly copies = true
  readonly #channel: EngineChannel
  readonly #reads = new DirectReads()
  #hasRoom = true
  /** The reader's, with so many bytes in it. */
  #memory: Uint8Array | undefined
  #filled = 0
  #writing: ((error?: Error | null) => void) | undefined

  constructor(channel: EngineChannel) {
    super({ allowHalfOpen: true })
    this.#channel = channel
    this.#reads.belongTo(this)
    channel.on('end', () => this.#ended())
    channel.on('close', () => this.#closed())
    channel.on('error', (error: Error) => void this.destroy(error))
    hearData(channel, this)
  }

  /** The connection is gone. */
  lost(error: Error): void {
    this.flush()
    this.destroy(error)
  }

  arrived(data: Buffer): boolean {
    const { reader } = this.#reads
    if (reader === undefined) this.#hasRoom = this.push(Buffer.from(data))
    else if (!this.#gathered(data)) this.#hasRoom = reader.filled(data, data.length, true)
    return this.#hasRoom
  }

  /** Hands over what was gathered. */
  readonly flush = (): void => {
    const [memory, filled] = [this.#memory, this.#filled]
    this.#memory = undefined
    this.#filled = 0
    if (memory === undefined || filled === 0 || this.destroyed) return
    this.#hasRoom = this.#reads.reader?.filled(memory, filled, false) ?? true
    if (!this.#hasRoom) this.#channel._waitChanDrain = true
  }

  override read(size?: number): unknown {
    // Whoever reads by hand asks so for more.
    if (this.#reads.reader !== undefined) this.#goOn()
    return super.read(size)
  }

  override _read(): void {
    this.#goOn()
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#channel.outgoing.state !== 'open') {
      done(gone())
      return
    }
    this.#writing = done
    this.#channel.write(chunk, () => this.#written())
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#channel.outgoing.state === 'open') this.#channel.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#written(error ?? gone())
    closeChannel(this.#channel)
    hearNoData(this.#channel)
    done(error)
  }

  /** Puts the data behind what is in the reader's memory; false if there is none with room for it. */
  #gathered(data: Buffer): boolean {
    if (this.#filled + data.length > (this.#memory?.length ?? 0)) {
      this.flush()
      this.#memory = this.#reads.reader?.memory()
    }
    const memory = this.#memory
    if (memory === undefined || data.length > memory.length) return false
    // At the end of this turn: the packets that came together go on together.
    if (this.#filled === 0) process.nextTick(this.flush)
    memory.set(data, this.#filled)
    this.#filled += data.length
    if (this.#filled === memory.length) this.flush()
    return true
  }

  #goOn(): void {
    if (this.#hasRoom) return
    this.#hasRoom = true
    moreRoom(this.#channel)
  }

  #written(error?: Error): void {
    const done = this.#writing
    this.#writing = undefined
    done?.(error)
  }

  #ended(): void {
    this.push(null)
    // Nobody but its own reader asks the stream itself.
    if (this.#reads.reader !== undefined) super.read(0)
  }

  #closed(): void {
    if (this.destroyed) return
    this.#written(gone())
    if (this.readableEnded) this.destroy()
    else this.once('end', () => this.destroy())
  }
}

function gone(): Error {
  return netError('NET_CONN_CLOSED', { message: 'the tunnel was closed by its other end' })
}
