/* The messages of a WebSocket that nobody has read yet, and those who wait for one. A bounded number; whoever fills it waits. */

import type { NetError } from '@net/core'

/** A message: text, or bytes. */
export type Message = string | Uint8Array

type Waiting = PromiseWithResolvers<Message | null>

/** The queue. */
export class MessageQueue {
  #messages: Message[] = []
  #size = 0
  #waiting: Waiting[] = []
  #room: PromiseWithResolvers<void> | undefined
  #isOver = false
  #error: NetError | undefined

  /** Whether the peer has to wait for the reader. */
  get isFull(): boolean {
    return this.#size >= READ_AHEAD
  }

  /** Resolves when there is room; undefined if there is. */
  get room(): Promise<void> | undefined {
    if (!this.isFull || this.#isOver) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  push(message: Message): void {
    if (this.#isOver) return
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting.resolve(message)
      return
    }
    this.#messages.push(message)
    this.#size += costOf(message)
  }

  /** Nothing follows: what is there is still given, then the end or the error. */
  end(error: NetError | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#error = error
    for (const waiting of this.#waiting.splice(0)) {
      if (error === undefined) waiting.resolve(null)
      else waiting.reject(error)
    }
    this.#let()
  }

  /** Makes room by dropping what nobody will read. */
  drop(): void {
    this.#messages = []
    this.#size = 0
    this.#let()
  }

  /** The next message, null at the end. `cancel` takes the wait back. */
  next(): { readonly message: Promise<Message | null>; cancel(error: Error): void } {
    const first = this.#messages.shift()
    if (first !== undefined) {
      this.#size -= costOf(first)
      if (!this.isFull) this.#let()
      return { message: Promise.resolve(first), cancel() {} }
    }
    if (this.#isOver) {
      const message =
        this.#error === undefined ? Promise.resolve(null) : Promise.reject(this.#error)
      return { message, cancel() {} }
    }
    const waiting: Waiting = Promise.withResolvers()
    this.#waiting.push(waiting)
    return {
      message: waiting.promise,
      cancel: (error) => {
        const at = this.#waiting.indexOf(waiting)
        if (at < 0) return
        this.#waiting.splice(at, 1)
        waiting.reject(error)
      },
    }
  }

  #let(): void {
    this.#room?.resolve()
    this.#room = undefined
  }
}

/** Also an empty message costs something to keep. */
function costOf(message: Message): number {
  return message.length + 64
}

const READ_AHEAD = 65_536
