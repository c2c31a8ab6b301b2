/* Whom a store tells: workers that there may be work, and listeners what happens. */

import { guarded } from '@net/core/authoring'

import type { QueueEvent } from '../queue-event.ts'

/** The listeners of one store. */
export class Listeners {
  readonly #work = new Set<() => void>()
  readonly #events = new Set<(event: QueueEvent) => void>()

  /** Whether anybody hears events. */
  get isHeard(): boolean {
    return this.#events.size > 0
  }

  onWork(listener: () => void): () => void {
    const own = (): void => listener()
    this.#work.add(own)
    return () => void this.#work.delete(own)
  }

  onEvent(listener: (event: QueueEvent) => void): () => void {
    const own = guarded('a listener of queue events', listener)
    this.#events.add(own)
    return () => void this.#events.delete(own)
  }

  work(): void {
    for (const each of this.#work) each()
  }

  tell(event: QueueEvent): void {
    const frozen = Object.freeze(event)
    for (const each of this.#events) each(frozen)
  }
}
