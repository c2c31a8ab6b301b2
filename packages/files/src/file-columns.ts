/* The files of one folder in columns: a hundred thousand of them as objects would take four times the memory. */

import type { RemoteEntry } from '@net/core'

import { join } from './tree-path.ts'

/** A file of which no more is known than the columns take. */
export interface PlainFile extends RemoteEntry {
  readonly type: 'file'
  readonly size: number
  readonly modified: number
}

/** Whether the columns take all that is known of it. */
export function isPlainFile(entry: RemoteEntry): entry is PlainFile {
  const { modified, raw, size, target, type } = entry
  const isKnown = size !== undefined && modified !== undefined
  return type === 'file' && isKnown && target === undefined && raw === undefined
}

/** Files of one folder, in the order in which they came. */
export class FileColumns {
  readonly #names: string[] = []
  readonly #sizes: number[] = []
  readonly #times: number[] = []
  readonly #modes: number[] = []

  get length(): number {
    return this.#names.length
  }

  push({ mode = UNKNOWN, modified, name, size }: PlainFile): void {
    this.#names.push(name)
    this.#sizes.push(size)
    this.#times.push(modified)
    this.#modes.push(mode)
  }

  /** The file of that number, where the folder has that path. */
  at(index: number, folder: string): RemoteEntry {
    const { [index]: name = '' } = this.#names
    const { [index]: size = 0 } = this.#sizes
    const { [index]: modified = 0 } = this.#times
    const { [index]: mode = UNKNOWN } = this.#modes
    const path = join(folder, name)
    if (mode === UNKNOWN) return { name, path, type: 'file', size, modified }
    return { name, path, type: 'file', size, modified, mode }
  }
}

const UNKNOWN = -1
