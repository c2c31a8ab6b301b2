/*
 * What earlier runs saw of the files that they copied: how the source looked, and how the target showed it afterwards.
 * Pure; reading and writing the file is state-file.ts.
 */

import type { RemoteEntry } from '@net/core'

import { folderOf, nameOf } from '../tree-path.ts'
import { FolderRecords, type Grains } from './folder-records.ts'

/** The records of two trees, folder by folder. */
export class StateRecords {
  readonly #folders = new Map<string, FolderRecords>()
  /** The folder that was last looked at: files come folder by folder. */
  #last: FolderRecords | undefined
  /** Whether something has changed since it was read. */
  isChanged = false

  /** How many files it knows. */
  get size(): number {
    let size = 0
    for (const { size: more } of this.#folders.values()) size += more
    return size
  }

  /** Whether both sides look as they did then; false if only the target does; undefined where that says nothing. */
  isUnchanged(
    path: string,
    source: RemoteEntry,
    target: RemoteEntry,
    grains: Grains,
  ): boolean | undefined {
    return this.#at(folderOf(path))?.isUnchanged(nameOf(path), source, target, grains)
  }

  set(path: string, source: RemoteEntry, target: RemoteEntry): void {
    const folder = folderOf(path)
    if (!this.#folders.has(folder)) this.#folders.set(folder, new FolderRecords())
    const name = nameOf(path)
    // That one is in memory already.
    this.#at(folder)?.set(name === source.name ? source.name : name, source, target)
    this.isChanged = true
  }

  delete(path: string): void {
    if (this.#at(folderOf(path))?.delete(nameOf(path)) === true) this.isChanged = true
  }

  /** Adds the records of a folder that were read. */
  add(folder: string, records: FolderRecords): void {
    this.#folders.set(folder, records)
  }

  #at(folder: string): FolderRecords | undefined {
    const records = this.#folders.get(folder)
    if (records === this.#last) return records
    this.#last?.rest()
    this.#last = records
    return records
  }

  folders(): IterableIterator<[string, FolderRecords]> {
    return this.#folders.entries()
  }
}
