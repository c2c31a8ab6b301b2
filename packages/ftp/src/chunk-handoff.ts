/* From a sink to a loop: one chunk at a time, and the next one only when the loop asks for it. */

/** Hands chunks over, up to a number of bytes. */
export class ChunkHandoff {
  #left: number
  #chunk: Uint8Array | undefined
  #taken: (() => void) | undefined
  #wake: (() => void) | undefined
  #over = false
  #failure: { readonly error: unknown } | undefined

  /** `most` is how many bytes the loop gets. */
  constructor(most: number) {
    this.#left = most
  }

  /** Resolves when the loop asks for more. */
  put(chunk: Uint8Array): Promise<void> {
    if (this.#over) return Promise.resolve()
    return new Promise((taken) => {
      this.#chunk = chunk
      this.#taken = taken
      this.#wake?.()
    })
  }

  /** Nothing follows. */
  end(): void {
    this.#over = true
    this.#wake?.()
  }

  /** Nothing follows, because of this. */
  fail(error: unknown): void {
    if (!this.#over) this.#failure = { error }
    this.end()
  }

  /** The loop has ended. */
  leave(): void {
    this.end()
    this.#taken?.()
  }

  /** What is put, until the end or as many bytes as there may be; throws what `fail` was given. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const chunk = this.#chunk
      if (chunk !== undefined) {
        this.#chunk = undefined
        const bytes = chunk.subarray(0, this.#left)
        this.#left -= bytes.length
        yield bytes
        if (this.#left <= 0) return
        this.#taken?.()
      } else if (this.#failure !== undefined) {
        throw this.#failure.error
      } else if (this.#over) {
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}

/** What `load` puts into its sink, up to `most` bytes; ends it by `left` when the loop ends. */
export async function* handedOver(
  most: number,
  left: AbortController,
  load: (sink: (chunk: Uint8Array) => Promise<void>) => Promise<unknown>,
): AsyncGenerator<Uint8Array, void> {
  const handoff = new ChunkHandoff(most)
  const loading = load((chunk) => handoff.put(chunk)).then(
    () => handoff.end(),
    (error: unknown) => handoff.fail(error),
  )
  try {
    if (most > 0) yield* handoff.chunks()
  } finally {
    left.abort()
    handoff.leave()
    await loading
  }
}
