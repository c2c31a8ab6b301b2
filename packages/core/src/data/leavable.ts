/*
 * Async generators that can be left at any time. `return()` of the language's own waits until the `next()` under way has
 * settled, and while a source is silent that is never.
 */

/** What an iterator gives when it has ended, made once. */
export const ITERATION_END: IteratorReturnResult<undefined> = { done: true, value: undefined }

/** How a generator is left while it waits. */
export interface LeavableOptions {
  /** Ends what the generator waits for. What it returns is waited for; it must not reject. */
  readonly leave: () => Promise<void> | void
  /** Called with what the generator throws after it was left like that; by default such an error is dropped. */
  readonly late?: (error: unknown) => void
}

/**
 * The generator, with a `return()` that does not wait for a `next()` under way: it calls `leave`, and the `next()` gives
 * the end, or the item that was there already. Without a `next()` under way it is the generator's own.
 */
export function leavable<T>(
  generator: AsyncGenerator<T, void>,
  options: LeavableOptions,
): AsyncGenerator<T, undefined, undefined> {
  return new Leavable(generator, options)
}

class Leavable<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #generator: AsyncGenerator<T, void>
  readonly #options: LeavableOptions
  #waiting = 0
  #left: Promise<void> | undefined

  constructor(generator: AsyncGenerator<T, void>, options: LeavableOptions) {
    this.#generator = generator
    this.#options = options
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#left !== undefined) return Promise.resolve(ITERATION_END)
    this.#waiting++
    return this.#generator.next().then(this.#came, this.#failed)
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#waiting > 0) this.#left ??= this.#leave()
    await (this.#left ?? this.#generator.return())
    return ITERATION_END
  }

  async throw(error: unknown): Promise<never> {
    await this.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  async #leave(): Promise<void> {
    await this.#options.leave()
    // It ends behind the `next()` under way, which its caller may never see.
    this.#generator.return().catch((error: unknown) => this.#options.late?.(error))
  }

  readonly #came = (result: IteratorResult<T, void>): IteratorResult<T, undefined> => {
    this.#waiting--
    return result.done === true ? ITERATION_END : result
  }

  readonly #failed = (error: unknown): IteratorReturnResult<undefined> => {
    this.#waiting--
    if (this.#left === undefined) throw error
    this.#options.late?.(error)
    return ITERATION_END
  }
}
