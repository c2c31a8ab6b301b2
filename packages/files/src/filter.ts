/* Which entries a verb sees. A filter hides an entry on both sides: it is neither copied, compared nor removed. */

import { pathTest, type PathTest } from './engine/ignore.ts'
import { isWithin } from './tree-path.ts'

/** What is left out, by patterns as in .gitignore files, relative to the tree or folder that the verb is given. */
export interface FilterOptions {
  /** What these mean is left out, on both sides; a folder with everything in it, and it is not listed. Default nothing. */
  readonly exclude?: readonly string[] | undefined
  /** Only what these mean is taken, and the folders on the way to it. Default everything. */
  readonly include?: readonly string[] | undefined
}

/** The filter of one call. */
export class Filter {
  readonly #isExcluded: PathTest | undefined
  readonly #isIncluded: PathTest | undefined
  /** The patterns, for what is remembered of a run. */
  readonly key: string

  readonly #own: ReadonlySet<string>

  /** `own` are paths that are no part of the trees whatever the patterns say. */
  constructor({ exclude = [], include = [] }: FilterOptions, own: readonly string[] = []) {
    this.#own = new Set(own)
    this.#isExcluded = exclude.length === 0 ? undefined : pathTest(exclude)
    this.#isIncluded = include.length === 0 ? undefined : pathTest(include)
    this.key = JSON.stringify([exclude, include])
  }

  /** Whether it hides anything at all. */
  get hidesAny(): boolean {
    return this.#own.size > 0 || this.#isExcluded !== undefined || this.#isIncluded !== undefined
  }

  /** Whether the entry is hidden, with all that is in it. */
  hides(path: string, isFolder: boolean): boolean {
    if (this.#own.has(path) || this.#isExcluded?.(path, isFolder) === true) return true
    return !isFolder && this.#isIncluded?.(path, false) === false
  }

  /** Whether one of the own paths lies in the folder, or will. */
  holdsOwn(folder: string): boolean {
    for (const own of this.#own) if (isWithin(folder, own)) return true
    return false
  }

  /** Whether the folder is wanted for itself. */
  wantsFolder(path: string): boolean {
    return this.#isIncluded === undefined || this.#isIncluded(path, true)
  }
}
