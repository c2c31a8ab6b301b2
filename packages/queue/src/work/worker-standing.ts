/* How a worker stands to its store: whether it works, or waits for an answer, and since when; and that it is told. */

import { clock, isHeard, openOperation, type ClientContext, type Timer } from '@net/core/authoring'

/** Whether a worker works. */
export type WorkerState = 'working' | 'reconnecting' | 'closing' | 'closed'

/** The standing of one worker. */
export class WorkerStanding {
  readonly #queue: string
  readonly #client: ClientContext
  #state: WorkerState = 'working'
  #since: number = clock().date()
  /** Until the store is taken for one that is away. */
  #silence: Timer | undefined

  constructor(queue: string, client: ClientContext) {
    this.#queue = queue
    this.#client = client
  }

  get state(): WorkerState {
    return this.#state
  }

  /** Since when, in milliseconds since 1970. */
  get since(): number {
    return this.#since
  }

  become(state: WorkerState): void {
    this.#silence?.clear()
    this.#state = state
    this.#since = clock().date()
  }

  /** Waits until the store can be asked; one that lets wait for too long is away. */
  async answer(ready: (() => Promise<void>) | undefined): Promise<void> {
    if (ready === undefined) return
    const silence = clock().after(LONGEST_SILENCE, () => {
      this.away(`its store has not answered for ${LONGEST_SILENCE} ms`)
    })
    this.#silence = silence
    try {
      await ready()
    } finally {
      silence.clear()
    }
  }

  /** It takes no jobs until it is answered. */
  away(why: string): void {
    if (this.#state !== 'working') return
    this.become('reconnecting')
    this.#tell(`the worker takes no jobs: ${why}`)
  }

  /** It was answered. */
  back(): void {
    if (this.#state !== 'reconnecting') return
    const lost = clock().date() - this.#since
    this.become('working')
    this.#tell(`the worker works again, after ${lost} ms`)
  }

  /** What happens to a worker is an operation of its own. */
  #tell(message: string): void {
    if (!isHeard('operation', this.#client.log)) return
    const what = { protocol: 'queue', operation: 'process', target: this.#queue } as const
    const op = openOperation({ ...what, kind: 'session', client: this.#client }, undefined)
    op.begin()
    op.warn(message)
    op.succeeded()
  }
}

/** In milliseconds. */
const LONGEST_SILENCE = 5000
