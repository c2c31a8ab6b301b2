/*
 * Reads of a socket that Node has made, such as one that a server has accepted: what it pushes goes to a reader, past the
 * socket's own buffer, whose events and ticks cost more than a small read. Only for sockets of the system and of TLS,
 * which read on by themselves.
 */

import type { Socket } from 'node:net'

/** Takes what a socket pushes; returns whether to go on, else the socket reads nothing until `resume`. */
export interface PushedReader {
  taken(chunk: Uint8Array): boolean
}

let pass: (reads: PushedReads, chunk: Buffer | null) => boolean

/** Takes what a socket pushes until it leaves. */
export class PushedReads {
  readonly #socket: PushingSocket
  /** Where it is the socket's own, as that of a TLS socket that has to see its end. */
  readonly #own: PropertyDescriptor | undefined
  readonly #push: Socket['push']
  readonly #reader: PushedReader

  static {
    pass = (reads, chunk) =>
      chunk === null ? reads.#push.call(reads.#socket, null) : reads.#reader.taken(chunk)
  }

  constructor(socket: Socket, reader: PushedReader) {
    this.#socket = socket
    this.#reader = reader
    this.#own = Object.getOwnPropertyDescriptor(socket, 'push')
    this.#push = Reflect.get<Socket, 'push'>(socket, 'push')
    this.#socket[READS] = this
    socket.push = pushed
  }

  /** Reads again. */
  resume(): void {
    this.#ask()
    this.#socket.read(0)
  }

  /** The socket is as it was; `isStopped` if the reader has said so. */
  leave(isStopped: boolean): void {
    if (this.#own === undefined) Reflect.deleteProperty(this.#socket, 'push')
    else Object.defineProperty(this.#socket, 'push', this.#own)
    Reflect.deleteProperty(this.#socket, READS)
    if (isStopped) this.#ask()
  }

  /** A stream asks for more only when it has got what it asked for. */
  #ask(): void {
    this.#push.call(this.#socket, NOTHING)
  }
}

type PushingSocket = Socket & { [READS]?: PushedReads }

/** In place of the socket's own: one function for all, as thousands of sockets may have nothing to say. */
function pushed(this: PushingSocket, chunk: Buffer | null): boolean {
  const reads = this[READS]
  return reads !== undefined && pass(reads, chunk)
}

const READS: unique symbol = Symbol('reads')
const NOTHING = Buffer.alloc(0)
