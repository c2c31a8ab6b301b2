/*
 * A gate at which tasks wait while it is closed: asyncio's Event, by a name that is free in JavaScript.
 */

import { WaitList } from '@net/core/authoring'

import type { WaitOptions } from '../tasks/job.ts'
import { waitRefusal } from './wait-refusal.ts'

/** A gate, closed at first by default. */
export class Gate {
  readonly #waiting = new WaitList<void>({ what: 'the gate' })
  #isOpen: boolean

  constructor(options?: { readonly open?: boolean }) {
    this.#isOpen = options?.open === true
  }

  /** Whether it is open. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Waits until it is open. A wait that has ended stays ended, even if it is closed again right away. */
  wait(options?: WaitOptions): Promise<void> {
    const refused = waitRefusal(options)
    if (refused !== undefined) return Promise.reject(refused)
    return this.#isOpen ? OPEN : this.#waiting.wait(undefined, options)
  }

  /** Opens it and ends all waits; it stays open. */
  open(): void {
    this.#isOpen = true
    this.#waiting.grantAll()
  }

  /** Closes it for those who come from here on. */
  close(): void {
    this.#isOpen = false
  }
}

const OPEN: Promise<void> = Promise.resolve()
