/*
 * The order of what happens to a cache, for all clients that share it: changes of one URL come one after the other, and what
 * is changed at the server makes void what was asked before. It must not know what is kept.
 */

import { isPromise } from 'node:util/types'

import type { HttpCache } from './entry.ts'

/** An answer on its way into the cache. What is done at the server meanwhile makes it void. */
export interface Filling {
  readonly url: string
  isVoid: boolean
}

/** The changes of one cache. */
export class CacheChanges {
  /** The last change of each URL, while it is under way; it never rejects. */
  readonly #under = new Map<string, Promise<void>>()
  /** By URL. */
  readonly #fillings = new Map<string, Set<Filling>>()

  /** Those of the cache, the same for all its clients. */
  static of(cache: HttpCache): CacheChanges {
    const known = all.get(cache)
    if (known !== undefined) return known
    const changes = new CacheChanges()
    all.set(cache, changes)
    return changes
  }

  /** Resolves when the changes of the URL have come to their end; undefined where there are none. */
  under(url: string): Promise<void> | undefined {
    return this.#under.get(url)
  }

  /** Changes what is kept for the URL, behind the changes before. */
  run(url: string, change: () => void | Promise<void>): void | Promise<void> {
    const before = this.#under.get(url)
    const changed = before === undefined ? change() : before.then(change)
    if (!isPromise(changed)) return undefined
    const over = changed
      .catch(() => {})
      .then(() => {
        if (this.#under.get(url) === over) this.#under.delete(url)
      })
    this.#under.set(url, over)
    return changed
  }

  /** An answer of the URL is asked for. */
  begin(url: string): Filling {
    const filling: Filling = { url, isVoid: false }
    const begun = this.#fillings.get(url)
    if (begun === undefined) this.#fillings.set(url, new Set([filling]))
    else begun.add(filling)
    return filling
  }

  /** It will not be kept, or it has been. */
  end(filling: Filling): void {
    const { url } = filling
    const begun = this.#fillings.get(url)
    if (begun?.delete(filling) === true && begun.size === 0) this.#fillings.delete(url)
  }

  /** Of this URL nothing is kept that was asked for before now. */
  makeVoid(url: string): void {
    for (const filling of this.#fillings.get(url) ?? []) filling.isVoid = true
  }

  /** Of all URLs; resolves when the changes under way have come to their end. */
  async makeAllVoid(): Promise<void> {
    for (const url of this.#fillings.keys()) this.makeVoid(url)
    await Promise.all(this.#under.values())
  }
}

const all = new WeakMap<HttpCache, CacheChanges>()
