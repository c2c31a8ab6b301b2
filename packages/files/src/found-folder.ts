/* What one folder was found to hold, as small as it can be held: its files become entries when they are asked for. */

import type { NetError } from '@net/core'

import { FileColumns, isPlainFile } from './file-columns.ts'
import type { Scanned, ScannedFolder } from './scanned.ts'

/** A folder that was listed. */
export class FoundFolder implements ScannedFolder {
  readonly hidden: Set<string>
  readonly hollow: Map<string, Scanned> = new Map()
  readonly settled: number
  readonly failure?: NetError
  hides: boolean
  readonly #path: string
  readonly #files: FileColumns
  /** In the order of the listing; undefined for the next one of the files. */
  readonly #order: (Scanned | undefined)[] = []

  /** `path` is where it is in its tree. */
  constructor(path: string, { failure, found, hidden, hides, settled }: FoundParts) {
    this.#path = path
    this.#files = new FileColumns(found.size)
    this.hidden = hidden
    this.hides = hides
    this.settled = settled
    if (failure !== undefined) this.failure = failure
  }

  /** Made anew for each who asks. */
  get entries(): ReadonlyMap<string, Scanned> {
    let files = 0
    const entries = new Map<string, Scanned>()
    for (const other of this.#order) {
      const each = other ?? { entry: this.#files.at(files++, this.#path) }
      entries.set(each.entry.name, each)
    }
    return entries
  }

  add(scanned: Scanned): void {
    const { entry, folder, from, refused } = scanned
    const isPlain = folder === undefined && from === undefined && refused === undefined
    if (isPlain && isPlainFile(entry)) {
      this.#files.push(entry)
      this.#order.push(undefined)
    } else this.#order.push(scanned)
  }
}

/** What else is known of it. */
export interface FoundParts extends Pick<ScannedFolder, 'hides' | 'settled'> {
  readonly hidden: Set<string>
  readonly failure: NetError | undefined
  /** What is going to be added, at the most. */
  readonly found: { readonly size: number }
}
