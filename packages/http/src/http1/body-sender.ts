/*
 * The body of one request on its way to the server: what its source has at hand leaves as one write, and as one chunk where
 * it is sent in chunks. The last piece of a body whose length was told leaves only when the source has ended, as a server
 * takes a body of that length for complete, whatever else was to follow.
 */

import { copyOf, PIECE } from '@net/core/authoring'

import type { BodyPieces } from '../connection.ts'
import { wrongLength } from '../content-length.ts'

/** Where a body is sent. */
export interface BodyRoad {
  /** Whether the exchange is over, and the rest of no use. */
  isOver(): boolean
  /** Frames the pieces and writes them; undefined if there is room for more already, false if they cannot be sent. */
  write(pieces: readonly Uint8Array[]): Promise<boolean> | undefined
}

/** Sends one body. */
export class BodySender {
  readonly #road: BodyRoad
  /** How much of the length that was told is missing; undefined without one. */
  #left: number | undefined
  #last: Uint8Array | undefined
  /** How much leaves at once: little where the server is slower than we are, so that the limits see it leave. */
  #step = PIECE

  /** `length` is what was told; undefined where the end of the body shows in another way. */
  constructor(road: BodyRoad, length?: number) {
    this.#road = road
    this.#left = length
  }

  /** Resolves to whether all has left. Rejects with what the source throws, and `NET_SIZE_MISMATCH` for another length. */
  async send(body: BodyPieces): Promise<boolean> {
    for await (const piece of body) {
      if (this.#road.isOver()) return false
      const pieces = this.#batch(piece, body)
      if (pieces.length === 0) continue
      const written = this.#write(pieces)
      if (written !== true && !(await written)) return false
    }
    if (this.#road.isOver()) return false
    if (this.#left !== undefined && this.#left > 0) throw wrongLength()
    return this.#last === undefined || this.#write([this.#last])
  }

  #batch(first: Uint8Array, body: BodyPieces): readonly Uint8Array[] {
    const pieces: Uint8Array[] = []
    let size = 0
    for (let piece: Uint8Array | undefined = first; piece !== undefined;) {
      if (piece.length > 0 && !this.#isLast(piece)) {
        pieces.push(piece)
        size += piece.length
      }
      piece = size < this.#step ? body.ready?.() : undefined
    }
    return pieces
  }

  #isLast(piece: Uint8Array): boolean {
    if (this.#left === undefined) return false
    if (piece.length > this.#left) throw wrongLength()
    this.#left -= piece.length
    if (this.#left > 0) return false
    // A copy, as the source may use its bytes again to say that it has ended.
    this.#last = copyOf(piece)
    return true
  }

  #write(pieces: readonly Uint8Array[]): boolean | Promise<boolean> {
    const taken = this.#road.write(pieces)
    this.#step = taken === undefined ? Math.min(2 * this.#step, MOST) : PIECE
    return taken ?? true
  }
}

const MOST = 262_144
