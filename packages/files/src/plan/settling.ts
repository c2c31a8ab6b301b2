/*
 * Takes out of two listings what a plan would keep as the same: most of what two trees hold is of that kind, and costs
 * neither a step nor a record then. Pure.
 */

import type { RemoteEntry } from '@net/core'

import { TWICE, type Listed } from '../scanned.ts'
import { faultOf, join } from '../tree-path.ts'
import { compareFiles } from './compare.ts'
import { ownerOfPart } from './part-name.ts'
import type { PlanRules } from './plan-rules.ts'
import { whyNot } from './target-names.ts'

/** What is the same by the rules of a plan. */
export class Settling {
  readonly #rules: PlanRules
  /** Whether one name of the source is one name of the target. */
  readonly #isPlain: boolean

  /** Without `settles` it settles nothing. */
  constructor(rules: PlanRules, settles = true) {
    const { letterCase, unicodeForm } = rules.to
    this.#rules = rules
    this.#isPlain = settles && letterCase === 'kept' && unicodeForm === 'kept'
  }

  /** Whether what both sides have under the name belongs together. */
  isPair(name: string): boolean {
    return this.#isPlain && faultOf(name) === undefined && whyNot(name, this.#rules) === undefined
  }

  /** Takes the files that are the same out of the listings of two folders of that path. */
  settle(path: string, source: Listed, target: Listed): void {
    // A part belongs to a file of its folder, which a plan has to see then.
    if (!this.#isPlain || !isWhole(source) || !isWhole(target)) return
    const same: string[] = []
    for (const [name, ours] of source.found) {
      const theirs = target.found.get(name)
      if (theirs === undefined || theirs === TWICE || ours === TWICE) continue
      if (this.#isSame(join(path, name), ours, theirs)) same.push(name)
    }
    takeOut(same, source)
    takeOut(same, target)
  }

  #isSame(path: string, source: RemoteEntry, target: RemoteEntry): boolean {
    const { modes, to } = this.#rules
    if (source.type !== 'file' || target.type !== 'file') return false
    const hasOtherMode = source.mode !== undefined && source.mode !== target.mode
    if (modes && to.modes && hasOtherMode) return false
    const { certain, isSame, why } = compareFiles(path, source, target, this.#rules)
    return isSame && certain && why === 'same' && this.isPair(source.name)
  }
}

/** Most folders are dropped as a whole here; to take their files out one by one costs as much as to compare them. */
function takeOut(names: readonly string[], listed: Listed): void {
  if (names.length === listed.found.size) listed.found.clear()
  else for (const name of names) listed.found.delete(name)
  listed.settled += names.length
}

function isWhole({ failure, found }: Listed): boolean {
  if (failure !== undefined) return false
  for (const name of found.keys()) if (ownerOfPart(name) !== undefined) return false
  return true
}
