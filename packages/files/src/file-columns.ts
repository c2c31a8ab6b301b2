/* The files of one folder in columns: a hundred thousand of them as objects would take four times the memory. */

import type { RemoteEntry } from '@net/core'

import { NumberList } from './number-list.ts'
import { join } from './tree-path.ts'

/** A file of which no more is known than the columns take. */
export interface PlainFile extends RemoteEntry {
  readonly type: 'file'
  readonly size: number
  readonly modified: number
}

/** Whether the columns take all that is known of it. */
export function isPlainFile(entry: RemoteEntry): entry is PlainFile {
  const { modified, modifiedGrain, raw, size, target, type } = entry
  const isKnown = size !== undefined && modified !== undefined
  const hasMore = modifiedGrain !== undefined || target !== undefined || raw !== undefined
  return type === 'file' && isKnown && !hasMore
}

/** Files of one folder, in the order in which they came. */
export class FileColumns {
  readonly #names: string[] = []
  /** Of each the size, the time and the mode. */
  readonly #numbers: NumberList

  /** `expected` is about how many there will be. */
  constructor(expected?: number) {
    this.#numbers = new NumberList(expected && expected * 3)
  }

  get length(): number {
    return this.#names.length
  }

  push({ mode = Number.NaN, modified, name, size }: PlainFile): void {
    this.#names.push(name)
    this.#numbers.push(size, modified, mode)
  }

  /** The file of that number, where the folder has that path. */
  at(index: number, folder: string): RemoteEntry {
    const { [index]: name = '' } = this.#names
    const path = join(folder, name)
    const size = this.#numbers.at(index * 3)
    const modified = this.#numbers.at(index * 3 + 1)
    const mode = this.#numbers.at(index * 3 + 2)
    if (Number.isNaN(mode)) return { name, path, type: 'file', size, modified }
    return { name, path, type: 'file', size, modified, mode }
  }
}
