/*
 * The file of a state: a line that says which trees and filters it is of, a line for each file, and a line that says that
 * it is whole. One that is not, or of other trees, is no state.
 */

import { StateRecords, type StateRecord } from './state-records.ts'

/** What a state is of. */
export interface StateOwner {
  readonly from: string
  readonly to: string
  readonly filter: string
}

/** The text of a state, in pieces. */
export function* stateText(owner: StateOwner, records: StateRecords): Generator<string, void> {
  yield `${JSON.stringify({ format: FORMAT, ...owner })}\n`
  let lines: string[] = []
  for (const [path, { source, target }] of records.entries()) {
    const { size, modified } = source
    lines.push(JSON.stringify([path, size, modified, target.size, target.modified]))
    if (lines.length < LINES) continue
    yield `${lines.join('\n')}\n`
    lines = []
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`
  yield `${JSON.stringify({ end: records.size })}\n`
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
    const records = lines.slice(0, -2).map((line) => recordOf(line))
    const { end: count } = JSON.parse(end ?? '') as { readonly end: unknown }
    if (count !== records.length || lines.at(-1) !== '') return CUT
    return new StateRecords(new Map(records))
  } catch {
    return CUT
  }
}

function recordOf(line: string): [string, StateRecord] {
  const [path, size, modified, targetSize, targetModified] = JSON.parse(line) as Fields
  return [
    path,
    {
      source: { size: size ?? undefined, modified: modified ?? undefined },
      target: { size: targetSize ?? undefined, modified: targetModified ?? undefined },
    },
  ]
}

type Told = number | null
type Fields = [path: string, size: Told, modified: Told, targetSize: Told, targetModified: Told]

const FORMAT = 'net files state 1'
const CUT = 'it is not whole'
const LINES = 1000
