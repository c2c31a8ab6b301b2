/* Removes a file, or a folder with everything in it. */

import { map } from '@net/async'
import { isNetError } from '@net/core'
import { inCall, netError, operation, type Operation, type Taken } from '@net/core/authoring'

import type { TreeReport } from './entry-report.ts'
import { Filter } from './filter.ts'
import { pathIn, placeOf, type Place, type TreePlace } from './place.ts'
import type { PlanStep } from './plan/plan-step.ts'
import { Removals } from './plan/removals.ts'
import { ReportLog } from './run/report-log.ts'
import { scan } from './scan.ts'
import type { Scanned } from './scanned.ts'
import { byDepth, removeLinks } from './shown-links.ts'
import { PROTOCOL } from './tree-call.ts'
import { nameOf } from './tree-path.ts'
import { doors, type ChangeOptions } from './tree-options.ts'

/**
 * Removes what is at the place: a file, a link itself, or a folder with everything in it; of a whole tree all but its root.
 * What a filter hides stays, and so do the folders that hold it. Each entry is reported; what fails does not stop the rest:
 * `NET_PARTIAL_TRANSFER`, whose `partial` is the report. A transfer. Rejects with `NET_NOT_FOUND` if there is nothing.
 */
export async function remove(place: Place, options?: ChangeOptions): Promise<TreeReport> {
  const [from, taken] = inCall({ protocol: PROTOCOL, call: 'remove' }, () => [
    placeOf('the place', place),
    doors.remove(options),
  ])
  const { onProgress, signal, timeout } = taken
  const verb = {
    protocol: PROTOCOL,
    operation: 'remove',
    target: from.path,
    kind: 'transfer',
  } as const
  return operation(verb, { onProgress, signal, timeout }, (op) => removeAll(from, taken, op))
}

async function removeAll(
  place: TreePlace,
  options: Taken<ChangeOptions>,
  op: Operation,
): Promise<TreeReport> {
  const { concurrency = 8, dryRun = false } = options
  const { signal } = op
  const { files } = place
  const { calls } = await files.capabilities({ signal })
  const atOnce = Math.min(concurrency, calls)
  const steps = await stepsFor(place, new Filter(options), { calls: atOnce, signal })
  const log = new ReportLog({ dryRun, onEntry: options.onEntry, target: place.path })
  const settled = (step: PlanStep, error?: unknown): void => {
    if (error === undefined) log.settled(step)
    else log.settled(step, { error: isNetError(error) ? error : foreign(error) })
  }
  const one = async (step: PlanStep): Promise<void> => {
    try {
      if (!dryRun && step.action === 'remove')
        await files.remove(pathIn(place, step.to), { signal })
      settled(step)
    } catch (error) {
      signal.throwIfAborted()
      settled(step, error)
    }
  }
  const left = dryRun
    ? steps
    : await removeLinks(place, steps, { concurrency: atOnce, signal, settled })
  for (const level of byDepth(left)) await map(level, one, { concurrency: atOnce, signal })
  return log.end()
}

async function stepsFor(
  place: TreePlace,
  filter: Filter,
  rules: { readonly calls: number; readonly signal: AbortSignal },
): Promise<readonly PlanStep[]> {
  const { files, path } = place
  const entry = await files.stat(path, { signal: rules.signal })
  const folder =
    entry.type === 'folder' ? await scan(place, { ...rules, filter, follow: false }) : undefined
  const top: Scanned = {
    entry: { ...entry, name: nameOf(path) },
    ...(folder === undefined ? {} : { folder }),
  }
  const steps = new Removals(true).of('', '', top)
  // The root of a tree stays; the report has its step only if it could not be listed.
  return path === '' ? steps.filter(({ error, to }) => to !== '' || error !== undefined) : steps
}

function foreign(cause: unknown): ReturnType<typeof netError> {
  return netError('NET_INTERNAL', { message: 'the tree failed with an error of its own', cause })
}
