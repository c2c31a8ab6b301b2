/*
 * The file of a state: a line that says which trees and filters it is of, a line for each folder, and a line that says that
 * it is whole. One that is not, or of other trees, is no state.
 */

import { FolderRecords, type Columns } from './folder-records.ts'
import { StateRecords } from './state-records.ts'

/** What a state is of. */
export interface StateOwner {
  readonly from: string
  readonly to: string
  readonly filter: string
}

/** The text of a state, in pieces. */
export function* stateText(owner: StateOwner, records: StateRecords): Generator<string, void> {
  // Files are settled while this is written: what counts is what was written.
  let count = 0
  yield `${JSON.stringify({ format: FORMAT, ...owner })}\n`
  for (const [folder, { columns }] of records.folders()) {
    count += columns.names.length
    yield `${lineOf(folder, columns)}\n`
  }
  yield `${JSON.stringify({ end: count })}\n`
}

/** The records of the text; a sentence where it is no state of these trees. */
export function recordsOf(text: string, owner: StateOwner): StateRecords | string {
  const [first = '', ...lines] = text.split('\n')
  const end = lines.at(-2)
  try {
    const head = JSON.parse(first) as StateOwner & { readonly format: unknown }
    if (head.format !== FORMAT) return 'it is no state file'
    if (head.from !== owner.from || head.to !== owner.to) return 'it is of other trees'
    if (head.filter !== owner.filter) return 'it was kept with other patterns'
    const records = new StateRecords()
    for (const line of lines.slice(0, -2)) records.add(...folderOf(line))
    const { end: count } = JSON.parse(end ?? '') as { readonly end: unknown }
    return count === records.size && lines.at(-1) === '' ? records : CUT
  } catch {
    return CUT
  }
}

/** A target that shows what the source does, as most do, is not written twice. */
function lineOf(folder: string, { names, source, target }: Columns): string {
  const shown = source.every((value, at) => Object.is(value, target[at])) ? [] : [target]
  return JSON.stringify([folder, names, source, ...shown])
}

function folderOf(line: string): [string, FolderRecords] {
  const [folder, names, source, target = [...source]] = JSON.parse(line) as Line
  for (const column of [source, target]) {
    if (column.length !== names.length * 2) throw new RangeError(CUT)
    // What is not known is null in JSON.
    for (let at = column.indexOf(null); at !== -1; at = column.indexOf(null, at)) {
      column[at] = Number.NaN
    }
  }
  return [
    folder,
    new FolderRecords({ names, source: source as number[], target: target as number[] }),
  ]
}

type Line = [folder: string, names: string[], source: (number | null)[], target?: (number | null)[]]

const FORMAT = 'net files state 2'
const CUT = 'it is not whole'
