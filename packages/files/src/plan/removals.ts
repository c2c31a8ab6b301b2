/*
 * What is removed, deepest first, each entry as what it is: never through a link, and never a folder that holds something
 * that is hidden or that could not be listed.
 */

import type { Scanned } from '../scanned.ts'
import { join } from '../tree-path.ts'
import type { EntryReason, PlanStep } from './plan-step.ts'

/** Makes the steps that remove entries of the target. */
export class Removals {
  readonly #deletes: boolean

  constructor(deletes: boolean) {
    this.#deletes = deletes
  }

  /** The steps for an entry and all that is in it; what has to stay is kept. */
  of(path: string, to: string, left: Scanned): readonly PlanStep[] {
    const steps: PlanStep[] = []
    this.#collect(path, to, left, steps)
    return steps
  }

  /** The steps that remove all of it; undefined where some of it has to stay. */
  whole(path: string, to: string, left: Scanned): readonly PlanStep[] | undefined {
    if (!this.#deletes) return undefined
    const steps = this.of(path, to, left)
    return steps.every(({ action }) => action === 'remove') ? steps : undefined
  }

  /** Resolves to whether it all goes. */
  #collect(path: string, to: string, left: Scanned, steps: PlanStep[]): boolean {
    const { entry, folder, refused } = left
    const step = { path, to, type: entry.type, target: entry }
    const error = refused ?? folder?.failure
    let stays: EntryReason | undefined
    if (folder !== undefined) {
      for (const each of folder.entries.values()) {
        const { name } = each.entry
        if (!this.#collect(join(path, name), join(to, name), each, steps)) stays = 'holds excluded'
      }
      if (folder.hides) stays = 'holds excluded'
    }
    // What was to go and stays, because it could not be looked at, has failed.
    if (error !== undefined) steps.push({ ...step, action: 'keep', why: 'not listed', error })
    else if (stays !== undefined) steps.push({ ...step, action: 'keep', why: stays })
    else steps.push({ ...step, action: 'remove', why: 'not in the source' })
    return error === undefined && stays === undefined
  }
}
