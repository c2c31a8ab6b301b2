/*
 * How many files and folders may be open on the server at once, and which calls wait for a place. It must not know how they
 * are opened.
 */

import { WaitList, type Operation } from '@net/core/authoring'

/** What one opening takes. */
export interface HandlePlace {
  /** How many handles: 2 where a second one must follow, which has its place then. */
  readonly size: number
  /** Whether what is opened is closed without the caller, as in a tree. */
  readonly isPatient: boolean
}

/** The places of one session. */
export class HandlePlaces {
  readonly #lines = { patient: line(), own: line() }
  #count = 0
  #patient = 0
  #most = Infinity
  #isTold = false
  #oneByOne = 0

  /** How many are taken. */
  get count(): number {
    return this.#count
  }

  /** Whether the server itself has said how many there are. */
  get isTold(): boolean {
    return this.#isTold
  }

  /** The server says how many there are. */
  told(count: number): void {
    this.#isTold = true
    this.learnt(count)
  }

  /** From here on so many are open at once. */
  learnt(count: number): void {
    this.#most = Math.max(1, Math.min(this.#most, count))
    this.#next()
  }

  /** Until the function is called, one place at a time is given to what is closed without the caller; what the caller opens is not held back. */
  oneByOne(): () => void {
    this.#oneByOne += 1
    return () => {
      this.#oneByOne -= 1
      this.#next()
    }
  }

  /** Resolves when there is room. Rejects with `NET_TIMEOUT_POOL`, and with what stops the operation. */
  async take(op: Operation, place: HandlePlace): Promise<void> {
    const waiting = this.#lines[place.isPatient ? 'patient' : 'own']
    if (waiting.size > 0 || !this.#fits(place)) await waiting.waitFor(op, place)
    else this.#add(place, 1)
  }

  /** The place is free again. */
  leave(place: HandlePlace): void {
    this.#add(place, -1)
    this.#next()
  }

  #fits({ size, isPatient }: HandlePlace): boolean {
    if (isPatient && this.#oneByOne > 0 && this.#patient > 0) return false
    return this.#count === 0 || this.#count + size <= this.#most
  }

  #add({ size, isPatient }: HandlePlace, sign: 1 | -1): void {
    this.#count += sign * size
    if (isPatient) this.#patient += sign * size
  }

  #next(): void {
    for (const waiting of [this.#lines.own, this.#lines.patient]) {
      for (let { first } = waiting; first !== undefined && this.#fits(first.detail);) {
        waiting.shift()
        this.#add(first.detail, 1)
        first.grant(undefined)
        ;({ first } = waiting)
      }
    }
  }
}

function line(): WaitList<undefined, HandlePlace> {
  return new WaitList({
    what: 'a file to be closed, as the server opens no more at once',
    code: 'NET_TIMEOUT_POOL',
  })
}
