/*
 * The small files of a plan over a short road, one behind the other without a wait between them: for most, what an operation
 * with its attempts costs would be more than the copy itself. Whatever is out of the ordinary is left to the long way, which
 * tells what it is.
 */

import type { RemoteEntry } from '@net/core'
import { isHeard } from '@net/core/authoring'

import { pathIn } from '../place.ts'
import { ownPartName } from '../plan/part-name.ts'
import type { PlanStep } from '../plan/plan-step.ts'
import type { CarriedFile, ShortRoad } from '../short-road.ts'
import { folderOf, join } from '../tree-path.ts'
import type { CopiedFile } from './copied-file.ts'
import { modeFor } from './file-mode.ts'
import type { Route } from './route.ts'

/** Copies what can be copied at once; `settled` is told of each. Resolves to the steps that are left. */
export async function copyQuickly(
  route: Route,
  steps: Iterable<PlanStep>,
  settled: (step: PlanStep, copied: CopiedFile) => Promise<void> | undefined,
): Promise<Iterable<PlanStep>> {
  const { road } = route
  // Each file is an operation to those who listen.
  if (road?.isQuick !== true || isHeard('operation', undefined)) return steps
  const left: PlanStep[] = []
  for (const step of steps) {
    const file = quickFile(route, step)
    const entering = file && road.enter(file)
    if (entering !== undefined) {
      await entering.catch(() => {})
      route.op.signal.throwIfAborted()
    }
    const target = file && carried(road, file)
    if (file === undefined || target === undefined) left.push(step)
    else {
      const { source } = file
      const { size: transferred = 0 } = source
      route.moved(transferred)
      const telling = settled(step, { transferred, source, target })
      if (telling !== undefined) await telling
    }
  }
  return left
}

/** The file as a road carries it; undefined where it has to go the long way. */
export function carriedFile(
  route: Route,
  step: PlanStep,
  source: RemoteEntry,
): CarriedFile | undefined {
  const { instead, modified, part: begun } = step
  if (route.road === undefined || instead !== undefined || begun !== undefined) return undefined
  const to = pathIn(route.to, step.to)
  return {
    from: step.from ?? pathIn(route.from, step.path),
    to,
    part: join(folderOf(to), ownPartName()),
    source,
    mode: modeFor(step),
    modified,
  }
}

function quickFile(route: Route, step: PlanStep): CarriedFile | undefined {
  const { source } = step
  if (step.type !== 'file' || source?.type !== 'file') return undefined
  return route.toCan.rename === 'none' ? undefined : carriedFile(route, step, source)
}

/** An error is told by the long way, which may find another end. */
function carried(road: ShortRoad, file: CarriedFile): RemoteEntry | undefined {
  try {
    return road.carryNow(file)
  } catch {
    return undefined
  }
}
