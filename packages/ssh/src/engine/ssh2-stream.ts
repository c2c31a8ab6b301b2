/*
 * A channel as an ordinary Duplex: ssh2's own never calls back a write to a closed channel, and reports its end in
 * ways of its own.
 */

import { Duplex } from 'node:stream'

import { netError } from '@net/core/authoring'

import { closeChannel } from './ssh2-internals.ts'
import type { EngineChannel } from './ssh2-types.ts'

/** The bytes of a channel. Half-open like TCP; destroying it closes the channel. */
export class ChannelStream extends Duplex {
  readonly #channel: EngineChannel
  #writing: ((error?: Error | null) => void) | undefined

  constructor(channel: EngineChannel) {
    super({ allowHalfOpen: true })
    this.#channel = channel
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause()
    })
    channel.on('end', () => this.push(null))
    channel.on('close', () => this.#closed())
    channel.on('error', (error: Error) => void this.destroy(error))
    channel.pause()
  }

  /** The connection is gone. */
  lost(error: Error): void {
    this.destroy(error)
  }

  override _read(): void {
    this.#channel.resume()
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
    // What still arrives must be read, or the window of the connection fills up.
    this.#channel.removeAllListeners('data')
    this.#channel.resume()
    done(error)
  }

  #written(error?: Error): void {
    const done = this.#writing
    this.#writing = undefined
    done?.(error)
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
