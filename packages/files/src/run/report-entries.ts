/*
 * The entries of a report while it grows: files that were sent, of which there may be a hundred thousand, are kept in
 * columns, and become entries when the report is read.
 */

import type { EntryReport } from '../entry-report.ts'
import { NumberList } from '../number-list.ts'
import { folderOf, join, nameOf } from '../tree-path.ts'

/** The entries of one report, in the order in which they came. */
export class ReportEntries {
  readonly #names: string[] = []
  readonly #folders: string[] = []
  readonly #sizes = new NumberList()
  /** Those that are more than a name and a size, by their numbers. */
  readonly #others = new Map<number, EntryReport>()
  /** Each folder's path once. */
  readonly #known = new Map<string, string>()

  /** `name` is the last part of the path, where the caller has it already. */
  push(entry: EntryReport, name: string = nameOf(entry.path)): void {
    const { path, size = 0 } = entry
    const isSent = isSentFile(entry)
    if (!isSent) this.#others.set(this.#names.length, entry)
    this.#names.push(isSent ? name : '')
    this.#folders.push(isSent ? this.#once(folderOf(path)) : '')
    this.#sizes.push(size)
  }

  /** All of them, made anew. */
  all(): readonly EntryReport[] {
    return Object.freeze(
      this.#names.map((_, index) => this.#others.get(index) ?? this.#sent(index)),
    )
  }

  #sent(index: number): EntryReport {
    const { [index]: name = '' } = this.#names
    const { [index]: folder = '' } = this.#folders
    const size = this.#sizes.at(index)
    return Object.freeze({ path: join(folder, name), ...SENT, size, transferred: size })
  }

  #once(folder: string): string {
    const known = this.#known.get(folder)
    if (known === undefined) this.#known.set(folder, folder)
    return known ?? folder
  }
}

function isSentFile(entry: EntryReport): boolean {
  const { action, certain, error, note, size, to, transferred, type, why } = entry
  if (type !== SENT.type || action !== SENT.action || why !== SENT.why) return false
  const isPlain = to === undefined && certain === undefined && note === undefined
  return isPlain && error === undefined && size !== undefined && transferred === size
}

const SENT = { type: 'file', action: 'make', why: 'missing' } as const
