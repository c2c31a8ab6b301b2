/*
 * Links that a tree shows as the folders that they lead to, as some servers do: what is in such a folder lies elsewhere,
 * perhaps outside of the tree, and stays. The link goes before anything below it is touched.
 */

import { map } from '@net/async'
import type { CallOptions } from '@net/core'
import { LINK_REMOVAL } from '@net/core/authoring'

import { pathIn, type TreePlace } from './place.ts'
import type { PlanStep } from './plan/plan-step.ts'
import { isWithin } from './tree-path.ts'

/** A tree that may show links as folders. */
export interface LinkedTree {
  /** Removes the link at the path; resolves to false, and has done nothing, for a folder. */
  [LINK_REMOVAL](path: string, options: CallOptions): Promise<boolean>
}

/** How links are looked for. */
export interface LinkSearch {
  readonly concurrency: number
  readonly signal: AbortSignal
  /** Told of each link that is gone, and of each folder of which it could not be learnt whether it is one. */
  readonly settled: (step: PlanStep, error?: unknown) => void
}

/** Removes the folders that are links; resolves to the steps that are left, without those below such a link. */
export async function removeLinks(
  place: TreePlace,
  steps: readonly PlanStep[],
  { concurrency, settled, signal }: LinkSearch,
): Promise<readonly PlanStep[]> {
  const { files } = place
  if (!showsLinks(files)) return steps
  const ends: string[] = []
  const isLeft = ({ to }: PlanStep): boolean => !ends.some((end) => isWithin(end, to))
  const one = async (step: PlanStep): Promise<void> => {
    try {
      if (!(await files[LINK_REMOVAL](pathIn(place, step.to), { signal }))) return
      settled(step)
    } catch (error) {
      signal.throwIfAborted()
      settled(step, error)
    }
    ends.push(step.to)
  }
  const folders = steps.filter(({ action, type }) => action === 'remove' && type === 'folder')
  for (const level of byDepth(folders).toReversed()) {
    await map(level.filter(isLeft), one, { concurrency, signal })
  }
  return steps.filter(isLeft)
}

/** The deepest first, those of one depth together. */
export function byDepth(steps: readonly PlanStep[]): readonly (readonly PlanStep[])[] {
  const levels = Map.groupBy(steps, ({ to }) => (to === '' ? 0 : to.split('/').length))
  return [...levels].toSorted(([a], [b]) => b - a).map(([, level]) => level)
}

function showsLinks(files: object): files is LinkedTree {
  return LINK_REMOVAL in files
}
