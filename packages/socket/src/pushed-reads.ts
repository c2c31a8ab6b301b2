/*
 * Reads of a socket that Node has made, such as one that a server has accepted: what it pushes goes to a reader, past the
 * socket's own buffer, whose events and ticks cost more than a small read. Only for sockets of the system and of TLS,
 * which read on by themselves.
 */

import type { Socket } from 'node:net'

/** Takes what a socket pushes until it leaves. */
export class PushedReads {
  readonly #socket: Socket
  /** Where it is the socket's own, as that of a TLS socket that has to see its end. */
  readonly #own: PropertyDescriptor | undefined
  readonly #push: Socket['push']

  /** `arrived` returns whether to go on; else the socket reads nothing until `resume`. */
  constructor(socket: Socket, arrived: (chunk: Buffer) => boolean) {
    this.#socket = socket
    this.#own = Object.getOwnPropertyDescriptor(socket, 'push')
    this.#push = socket.push.bind(socket)
    socket.push = (chunk: Buffer | null) => (chunk === null ? this.#push(null) : arrived(chunk))
  }

  /** Reads again. */
  resume(): void {
    this.#ask()
    this.#socket.read(0)
  }

  /** The socket is as it was; `isStopped` if `arrived` has said so. */
  leave(isStopped: boolean): void {
    if (this.#own === undefined) Reflect.deleteProperty(this.#socket, 'push')
    else Object.defineProperty(this.#socket, 'push', this.#own)
    if (isStopped) this.#ask()
  }

  /** A stream asks for more only when it has got what it asked for. */
  #ask(): void {
    this.#push(NOTHING)
  }
}

const NOTHING = Buffer.alloc(0)
