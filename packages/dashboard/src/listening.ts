/*
 * Which events are listened to. An event without a listener is never made, so that a program pays for lines, progress and
 * pools only while a page shows them.
 */

import { onEvent, type NetEvent, type NetEventName } from '@net/core'

/** Listens to what every operation is made of, and at times to everything. */
export class Listening implements Disposable {
  readonly #take: (event: NetEvent) => void
  readonly #always: boolean
  readonly #basic: readonly Disposable[]
  #more: readonly Disposable[] = []

  constructor(take: (event: NetEvent) => void, always: boolean) {
    this.#take = take
    this.#always = always
    this.#basic = BASIC.map((name) => onEvent(name, take))
    if (always) this.#listenToMore()
  }

  /** Whether everything is listened to from now on. */
  toEverything(isWanted: boolean): void {
    if (this.#always) return
    if (isWanted && this.#more.length === 0) this.#listenToMore()
    if (!isWanted) this.#endMore()
  }

  [Symbol.dispose](): void {
    this.#endMore()
    for (const each of this.#basic) each[Symbol.dispose]()
  }

  #listenToMore(): void {
    this.#more = MORE.map((name) => onEvent(name, this.#take))
  }

  #endMore(): void {
    for (const each of this.#more) each[Symbol.dispose]()
    this.#more = []
  }
}

const BASIC: readonly NetEventName[] = ['operation', 'phase', 'retry']
const MORE: readonly NetEventName[] = ['wire', 'progress', 'pool']
