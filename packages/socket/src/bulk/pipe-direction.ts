/*
 * One direction of a pipe: what arrives on a connection goes out on another one, out of the memory into which it was
 * read. Nothing is read while the other one has no room. It must not know the other direction.
 */

import type { NetError } from '@net/core'

import type { Connection } from '../connection.ts'
import { DONE } from '../handled.ts'
import type { StreamConnection } from '../stream-connection.ts'
import type { ByteReceiver } from '../transport.ts'

/** How a direction ends; one of them is called, once. */
export interface DirectionEnd {
  /** The end has arrived and was sent on. */
  ended(carried: number): void
  /** The connection that is read is lost. */
  lost(error: NetError): void
  /** The other one takes no more. */
  refused(error: unknown, carried: number): void
}

/** Carries bytes from one connection to another. */
export class PipeDirection implements ByteReceiver {
  readonly #from: StreamConnection
  readonly #to: Connection
  readonly #end: DirectionEnd
  #carried = 0
  #block: Uint8Array | undefined
  #isOver = false

  constructor(from: StreamConnection, to: Connection, end: DirectionEnd) {
    this.#from = from
    this.#to = to
    this.#end = end
  }

  begin(): void {
    this.#from.passTo(this, this.#from !== this.#to)
  }

  /** A pipe that carries little has no memory of its own; there are thousands of such. */
  memory(): Uint8Array | undefined {
    if (this.#carried < BLOCK) return undefined
    this.#block ??= Buffer.allocUnsafeSlow(BLOCK)
    return this.#block
  }

  arrived(chunk: Uint8Array): boolean {
    if (this.#isOver) return false
    const written = this.#to.write(chunk)
    // Mostly the kernel has it by now, and its memory can be filled again.
    if (written === DONE) {
      this.#carried += chunk.length
      return true
    }
    written.then(
      () => {
        this.#carried += chunk.length
        if (!this.#isOver) this.#from.passOn()
      },
      (error: unknown) => this.#refused(error),
    )
    return false
  }

  ended(): void {
    if (this.#isOver) return
    this.#to.end().then(
      () => this.#finish(() => this.#end.ended(this.#carried)),
      (error: unknown) => this.#refused(error),
    )
  }

  lost(error: NetError): void {
    this.#finish(() => this.#end.lost(error))
  }

  #refused(error: unknown): void {
    this.#finish(() => this.#end.refused(error, this.#carried))
  }

  #finish(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    tell()
  }
}

/** As much as a connection writes at once. */
const BLOCK = 65_536
