/* The records of one folder, in columns: a hundred thousand files as objects would take ten times the memory. */

import type { RemoteEntry } from '@net/core'

/** Names, and sizes and times in turn: what is not known is NaN. */
export interface Columns {
  readonly names: string[]
  readonly source: number[]
  readonly target: number[]
}

/** The smallest difference of times that each side keeps: a change of the source may be less than what its target can show. */
export interface Grains {
  readonly source: number
  readonly target: number
}

/** What was seen of the files of one folder. */
export class FolderRecords {
  readonly columns: Columns
  #index: Map<string, number> | undefined
  /** Files come in the order in which they came then: most often it is the next one. */
  #next = 0

  constructor(columns: Columns = { names: [], source: [], target: [] }) {
    this.columns = columns
  }

  get size(): number {
    return this.columns.names.length
  }

  /** As of `StateRecords`. */
  isUnchanged(
    name: string,
    source: RemoteEntry,
    target: RemoteEntry,
    grains: Grains,
  ): boolean | undefined {
    const at = this.#at(name)
    const { columns } = this
    if (at === undefined || !looksLike(target, columns.target, at, grains.target)) return undefined
    return looksLike(source, columns.source, at, grains.source)
  }

  set(name: string, source: RemoteEntry, target: RemoteEntry): void {
    const at = this.#at(name) ?? this.size
    this.#places().set(name, at)
    this.columns.names[at] = name
    put(this.columns.source, at, source)
    put(this.columns.target, at, target)
  }

  /** Whether there was one. */
  delete(name: string): boolean {
    const at = this.#at(name)
    if (at === undefined) return false
    const { names, source, target } = this.columns
    // The last one takes its place.
    const last = names.pop() ?? name
    for (const column of [source, target]) {
      const [size = Number.NaN, modified = Number.NaN] = column.splice(-2)
      if (last !== name) column.splice(at * 2, 2, size, modified)
    }
    this.#places().delete(name)
    if (last === name) return true
    names[at] = last
    this.#places().set(last, at)
    return true
  }

  /** Lets go of what only makes the next look quick. */
  rest(): void {
    this.#index = undefined
    this.#next = 0
  }

  #at(name: string): number | undefined {
    const isNext = this.columns.names[this.#next] === name
    const at = isNext ? this.#next : this.#places().get(name)
    if (at !== undefined) this.#next = at + 1
    return at
  }

  #places(): Map<string, number> {
    return (this.#index ??= new Map(this.columns.names.map((name, at) => [name, at])))
  }
}

function put(column: number[], at: number, { modified, size }: RemoteEntry): void {
  column[at * 2] = size ?? Number.NaN
  column[at * 2 + 1] = modified ?? Number.NaN
}

function looksLike(
  { modified, modifiedGrain = 0, size }: RemoteEntry,
  column: readonly number[],
  at: number,
  grain: number,
): boolean {
  const [thenSize = Number.NaN, thenModified = Number.NaN] = [column[at * 2], column[at * 2 + 1]]
  if (!Object.is(size ?? Number.NaN, thenSize)) return false
  if (modified === undefined || Number.isNaN(thenModified)) {
    return modified === undefined && Number.isNaN(thenModified)
  }
  return Math.abs(modified - thenModified) <= Math.max(grain, modifiedGrain)
}
