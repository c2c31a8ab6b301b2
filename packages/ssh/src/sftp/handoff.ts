/* From work that runs by itself to a loop that takes what it makes: one item at a time, the next only when it is asked for. */

import type { CallOptions } from '@net/core'
import { leavable } from '@net/core/authoring'

/** Hands items over. */
class Handoff<T> {
  #item: { readonly value: T } | undefined
  #taken: (() => void) | undefined
  #wake: (() => void) | undefined
  #isOver = false
  #failure: { readonly error: unknown } | undefined

  /** Resolves when the loop asks for more. */
  put(value: T): Promise<void> {
    if (this.#isOver) return Promise.resolve()
    return new Promise((taken) => {
      this.#item = { value }
      this.#taken = taken
      this.#wake?.()
    })
  }

  /** Nothing follows. */
  end(failure?: { readonly error: unknown }): void {
    if (!this.#isOver) this.#failure = failure
    this.#isOver = true
    this.#wake?.()
  }

  /** The loop has ended. */
  leave(): void {
    this.end()
    this.#taken?.()
  }

  async *items(): AsyncGenerator<T, void> {
    for (;;) {
      const item = this.#item
      if (item !== undefined) {
        this.#item = undefined
        yield item.value
        this.#taken?.()
      } else if (this.#failure !== undefined) {
        throw this.#failure.error
      } else if (this.#isOver) {
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}

/** What `work` puts, as a loop that may be left at any time; the work ends by the signal then. */
export function handedOver<T>(
  work: (put: (value: T) => Promise<void>, left: AbortSignal) => Promise<unknown>,
): AsyncGenerator<T, undefined, undefined> {
  const left = new AbortController()
  return leavable(loop(work, left), { leave: () => left.abort() })
}

/** The options, with a signal that also says that the loop was left. */
export function until<T extends CallOptions>(options: T, left: AbortSignal): T {
  const { signal } = options
  return { ...options, signal: signal === undefined ? left : AbortSignal.any([signal, left]) }
}

async function* loop<T>(
  work: (put: (value: T) => Promise<void>, left: AbortSignal) => Promise<unknown>,
  left: AbortController,
): AsyncGenerator<T, void> {
  const handoff = new Handoff<T>()
  const working = work((value) => handoff.put(value), left.signal).then(
    () => handoff.end(),
    (error: unknown) => handoff.end({ error }),
  )
  try {
    yield* handoff.items()
  } finally {
    left.abort()
    handoff.leave()
    await working
  }
}
