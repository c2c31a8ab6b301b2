/* What servers take for a login, as they have said: who logs in again need not ask again. It must not know how one logs in. */

/** Lists of methods by server and user. */
export class KnownMethods {
  readonly #lists = new Map<string, readonly string[]>()
  readonly #most: number

  /** At most so many lists; the oldest goes first. */
  constructor(most: number) {
    this.#most = most
  }

  of(server: string): readonly string[] | undefined {
    return this.#lists.get(server)
  }

  learn(server: string, methods: readonly string[]): void {
    this.#lists.delete(server)
    this.#lists.set(server, methods)
    if (this.#lists.size <= this.#most) return
    const [oldest = server] = this.#lists.keys()
    this.#lists.delete(oldest)
  }

  forget(server: string): void {
    this.#lists.delete(server)
  }
}
