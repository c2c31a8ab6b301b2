/*
 * The reading half of a WebSocket: hands what arrives to its frames as it arrives, and lets the peer wait while the program has
 * not read enough. It must not know messages.
 */

import type { NetError } from '@net/core'
import { deliverFrom } from '@net/socket/authoring'
import type { ByteReceiver, Connection, Inflow } from '@net/socket'

/** What is read for. */
export interface FrameReading {
  /** Whether a few bytes may unfold to many. */
  readonly compressed: boolean
  /** Takes bytes apart; undefined if that is done, else it resolves when it is. Rejects for a peer that breaks the rules. */
  receive(chunk: Uint8Array): Promise<void> | undefined
  /** What has to settle before more is read; undefined if nothing has. */
  room(): Promise<void> | undefined
  /** The peer has ended. */
  ended(): void
  /** The connection is lost, or the peer has broken the rules. */
  failed(error: unknown): void
}

/** Reads until the end; nothing else may read the connection from then on. */
export function readFrames(connection: Connection, reading: FrameReading): void {
  new FrameReader(reading).read(connection)
}

class FrameReader implements ByteReceiver {
  readonly #reading: FrameReading
  #inflow: Pick<Inflow, 'resume'> | undefined
  /** Whether the last bytes are still taken apart. */
  #isDigesting = false
  /** What happens behind them. */
  #end: (() => void) | undefined

  constructor(reading: FrameReading) {
    this.#reading = reading
  }

  read(connection: Connection): void {
    this.#inflow = deliverFrom(connection, this)
  }

  arrived(chunk: Uint8Array): boolean {
    const reading = this.#reading
    const digesting = reading.compressed ? this.#inPieces(chunk) : reading.receive(chunk)
    if (digesting === undefined && reading.room() === undefined) return true
    void this.#goOn(digesting)
    return false
  }

  ended(): void {
    this.#behind(() => this.#reading.ended())
  }

  lost(error: NetError): void {
    this.#behind(() => this.#reading.failed(error))
  }

  /** What one piece unfolds to is not held back, so that the pieces are small. */
  async #inPieces(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += PIECE) {
      if (at > 0) await this.#reading.room()
      await this.#reading.receive(chunk.subarray(at, at + PIECE))
    }
  }

  async #goOn(digesting: Promise<void> | undefined): Promise<void> {
    try {
      this.#isDigesting = true
      await digesting
    } catch (error) {
      this.#end = undefined
      this.#reading.failed(error)
      return
    }
    this.#isDigesting = false
    if (this.#end !== undefined) {
      this.#end()
      return
    }
    await this.#reading.room()
    this.#inflow?.resume()
  }

  /** The messages before it come first. */
  #behind(end: () => void): void {
    if (this.#isDigesting) this.#end = end
    else end()
  }
}

const PIECE = 16_384
