/* The messages of a WebSocket that nobody has read yet, and those who wait for one. A bounded number; whoever fills it waits. */

import type { NetError } from '@net/core'

/** A message: text, or bytes. */
export type Message = string | Uint8Array

/** A message that is asked for. */
export interface NextMessage {
  /** The message, null at the end. */
  readonly message: Promise<Message | null>
  /** Takes the wait back; what has come already stays given. */
  cancel(error: Error): void
  /** The message that was given goes to whoever asks next. */
  giveBack(): void
}

type Waiting = PromiseWithResolvers<Message | null> & { given?: Message }

/** The queue. */
export class MessageQueue {
  #messages: Message[] = []
  #size = 0
  #waiting: Waiting[] = []
  #room: PromiseWithResolvers<void> | undefined
  #isOver = false
  #isDropped = false
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
    if (this.#isOver || this.#isDropped) return
    if (this.#given(message)) return
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

  /** Makes room by dropping the unread messages and all that follow: a reader must not find a gap between two messages. */
  drop(): void {
    this.#isDropped = true
    this.#messages = []
    this.#size = 0
    this.#let()
  }

  /** The next message. */
  next(): NextMessage {
    const first = this.#messages.shift()
    if (first !== undefined) {
      this.#size -= costOf(first)
      if (!this.isFull) this.#let()
      return { message: Promise.resolve(first), cancel() {}, giveBack: () => this.#restore(first) }
    }
    if (this.#isOver) {
      const message =
        this.#error === undefined ? Promise.resolve(null) : Promise.reject(this.#error)
      return { message, cancel() {}, giveBack() {} }
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
      giveBack: () => this.#restore(waiting.given),
    }
  }

  #restore(message: Message | undefined): void {
    if (message === undefined || this.#given(message)) return
    this.#messages.unshift(message)
    this.#size += costOf(message)
  }

  /** Whether somebody waited for it. */
  #given(message: Message): boolean {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return false
    waiting.given = message
    waiting.resolve(message)
    return true
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
