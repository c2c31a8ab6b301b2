/*
 * The memory into which plain sockets are read. Node makes a block of 64 KiB for each read, which costs more than a small
 * read itself; here all sockets share one, and what has arrived is copied out of it. A socket that brings much at a time
 * has a new block for each read, which goes on as it is. Who reads a socket by hand can have it read into memory of his
 * own.
 */

import type { OnReadOpts, Socket } from 'node:net'

/** Takes what a socket has read, in place of the socket's own buffer. */
export interface DirectReader {
  /** Memory for the next bytes; undefined for the shared one. It is filled from its beginning. */
  memory(): Uint8Array | undefined
  /**
   * So many bytes are at the beginning of `memory`. `mustCopy`: it is filled again by the next read. Returns whether to go
   * on; else the socket reads nothing until its `read` is called.
   */
  filled(memory: Uint8Array, size: number, mustCopy: boolean): boolean
}

/** What a socket must be made with, and who takes what it has read. */
export class DirectReads {
  /** Nobody: the bytes go into the socket's buffer, as those of any other socket. */
  reader: DirectReader | undefined
  readonly onread: OnReadOpts
  #socket: Socket | undefined
  /** How many bytes the last read brought. */
  #last = 0
  /** Whether the memory of the next read is the reader's. */
  #isLent = false

  constructor() {
    this.onread = {
      // Asked for once at the beginning and after each read.
      buffer: () => this.#next(),
      callback: (size, memory) => this.#filled(size, memory),
    }
  }

  /** The reads of this socket from here on. */
  belongTo(socket: Socket): void {
    this.#socket = socket
    bySocket.set(socket, this)
  }

  #next(): Uint8Array {
    const lent = this.reader?.memory()
    this.#isLent = lent !== undefined
    return lent ?? (this.#last < LARGE ? block() : newBlock())
  }

  #filled(size: number, memory: Uint8Array): boolean {
    this.#last = size
    // A few bytes are not worth a whole block.
    const mustCopy = memory === shared || (!this.#isLent && size < LARGE)
    if (this.reader !== undefined) return this.reader.filled(memory, size, mustCopy)
    const chunk = mustCopy
      ? copyFrom(memory, size)
      : Buffer.from(memory.buffer, memory.byteOffset, size)
    return this.#socket?.push(chunk) === true
  }
}

/** How the socket reads, if it was made by us. */
export function directReads(socket: object): DirectReads | undefined {
  return bySocket.get(socket)
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
  shared ??= newBlock()
  return shared
}

function newBlock(): Buffer {
  return Buffer.allocUnsafeSlow(BLOCK)
}

/** A read and the copy out of here happen in one turn, so that one is enough for all. */
let shared: Buffer | undefined
const bySocket = new WeakMap<object, DirectReads>()
const BLOCK = 65_536
const LARGE = 32_768
