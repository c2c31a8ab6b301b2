/* Lines of a LIST: our own reading first, and basic-ftp's for what it does not know, loaded when such a line comes. */

import { loadLineReader, type ReadLine } from '../engine/basic-ftp.ts'
import type { ListedDates } from './listed-dates.ts'
import type { ListedFile } from './listed-file.ts'
import { readDosLine } from './dos-line.ts'
import { readEplfLine } from './eplf-line.ts'
import { readMainframeLine } from './mainframe-line.ts'
import { readUnixLine } from './unix-line.ts'

/** Reads the lines of one listing. */
export class LineReader {
  readonly #dates: ListedDates | undefined
  #engine: ReadLine | undefined
  #isFirst = true

  /** Without `dates` the dates of the lines are not read. */
  constructor(dates?: ListedDates) {
    this.#dates = dates
  }

  /** What the line says; `known` if it is no entry and says nothing, undefined if it is not for us to read. */
  read(line: string): ListedFile | 'known' | undefined {
    const isFirst = this.#isFirst
    this.#isFirst = false
    // "total 12", in the server's language.
    if (isFirst && TOTAL.test(line)) return 'known'
    const dates = this.#dates
    return (
      readUnixLine(line, dates) ??
      readDosLine(line, dates) ??
      readEplfLine(line) ??
      readMainframeLine(line)
    )
  }

  /** As `read`, by the engine; undefined if the engine cannot read the line either. */
  async readByEngine(line: string): Promise<ListedFile | undefined> {
    this.#engine ??= await loadLineReader()
    return this.#engine(line)
  }
}

const TOTAL = /^[^\s\d]\S*(?: \S+)?:? +\d[\d.,]*\s?[KMGT]?$/i
