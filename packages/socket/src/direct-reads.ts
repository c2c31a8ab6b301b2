/*
 * The memory into which plain sockets are read. Node makes a block of 64 KiB for each read, which costs more than the
 * read itself; here all sockets share one, and what has arrived is copied out of it. Who reads a socket by hand can
 * have it read into memory of his own.
 */

import type { OnReadOpts } from 'node:net'
import type { Duplex } from 'node:stream'

/** Takes what a socket has read, in place of the socket's own buffer. */
export interface DirectReader {
  /** Memory for the next bytes; undefined for the shared one. It is filled from its beginning. */
  memory(): Uint8Array | undefined
  /**
   * So many bytes are at the beginning of `memory`. `shared`: they have to be copied before this returns. Returns whether
   * to go on; else the socket reads nothing until its `read` is called.
   */
  filled(memory: Uint8Array, size: number, shared: boolean): boolean
}

/** What a socket must be made with, and who takes what it has read. */
export class DirectReads {
  /** Undefined: the bytes go into the socket's buffer, as those of any other socket. */
  reader: DirectReader | undefined
  readonly onread: OnReadOpts
  #stream: Duplex | undefined

  constructor() {
    this.onread = {
      buffer: () => this.next(),
      callback: (size, memory) => this.#filled(size, memory),
    }
  }

  /** Memory for the next read: asked for once at the beginning and after each read. */
  next(): Uint8Array {
    return this.reader?.memory() ?? block()
  }

  /** The reads of this socket, or of another stream that asks for memory as one does, from here on. */
  belongTo(stream: Duplex): void {
    this.#stream = stream
    byStream.set(stream, this)
  }

  #filled(size: number, memory: Uint8Array): boolean {
    if (this.reader !== undefined) return this.reader.filled(memory, size, memory === shared)
    return this.#stream?.push(copyFrom(memory, size)) === true
  }
}

/** How the socket reads, if it was made by us. */
export function directReads(socket: object): DirectReads | undefined {
  return byStream.get(socket)
}

/** The first bytes of the memory in memory of their own. */
export function copyFrom(memory: Uint8Array, size: number): Buffer {
  const copy = Buffer.allocUnsafe(size)
  // A view of the memory would be one more object for each read.
  if (memory === shared) shared.copy(copy, 0, 0, size)
  else copy.set(memory.subarray(0, size))
  return copy
}

function block(): Uint8Array {
  shared ??= Buffer.allocUnsafeSlow(BLOCK)
  return shared
}

/** A read and the copy out of here happen in one turn, so that one is enough for all. */
let shared: Buffer | undefined
const byStream = new WeakMap<object, DirectReads>()
const BLOCK = 65_536
