/*
 * What earlier runs saw of the files that they copied: how the source looked, and how the target showed it afterwards.
 * Pure; reading and writing the file is state-file.ts.
 */

import type { RemoteEntry } from '@net/core'

/** What a file looked like on both sides once it was copied. */
export interface StateRecord {
  readonly source: Look
  readonly target: Look
}

/** Size and time of a file. */
export interface Look {
  readonly size: number | undefined
  readonly modified: number | undefined
}

/** The records of two trees, by path. */
export class StateRecords {
  readonly #records: Map<string, StateRecord>
  /** Whether something has changed since it was read. */
  isChanged = false

  constructor(records: Map<string, StateRecord> = new Map()) {
    this.#records = records
  }

  get size(): number {
    return this.#records.size
  }

  /** Whether both sides look as they did then; false if only the target does; undefined where that says nothing. */
  isUnchanged(
    path: string,
    source: RemoteEntry,
    target: RemoteEntry,
    grain: number,
  ): boolean | undefined {
    const record = this.#records.get(path)
    if (record === undefined || !looksLike(target, record.target, grain)) return undefined
    return looksLike(source, record.source, grain)
  }

  set(path: string, source: RemoteEntry, target: RemoteEntry): void {
    this.#records.set(path, { source: lookOf(source), target: lookOf(target) })
    this.isChanged = true
  }

  delete(path: string): void {
    if (this.#records.delete(path)) this.isChanged = true
  }

  entries(): IterableIterator<[string, StateRecord]> {
    return this.#records.entries()
  }
}

function lookOf({ size, modified }: RemoteEntry): Look {
  return { size, modified }
}

function looksLike(entry: RemoteEntry, look: Look, grain: number): boolean {
  if (entry.size !== look.size) return false
  if (entry.modified === undefined || look.modified === undefined) {
    return entry.modified === look.modified
  }
  return Math.abs(entry.modified - look.modified) <= grain
}
