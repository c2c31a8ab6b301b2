/* What differs between two trees. Moves nothing. */

import type { NetError, RemoteEntry } from '@net/core'
import { inCall, operation } from '@net/core/authoring'

import { Filter } from './filter.ts'
import { pairUp } from './pairing.ts'
import { placeOf, type Place } from './place.ts'
import type { PlanStep } from './plan/plan-step.ts'
import { PROTOCOL } from './tree-call.ts'
import { doors, type DiffOptions } from './tree-options.ts'

/** One difference between two trees. */
export interface Difference {
  /** Below the two places. */
  readonly path: string
  readonly type: RemoteEntry['type']
  /**
   * It is only in the source, or only in the target; both have it with another size, time, content, type, link or mode; or
   * it could not be compared, and `error` says why. `uncertain`: what was compared is the same, and would be the same for
   * some other contents, too.
   */
  readonly difference:
    | 'only in the source'
    | 'only in the target'
    | 'size'
    | 'time'
    | 'hash'
    | 'type'
    | 'link target'
    | 'mode'
    | 'uncertain'
    | 'unknown'
  /** False for `uncertain`. */
  readonly certain: boolean
  readonly error?: NetError
}

/**
 * Lists both trees and tells every difference, in the order of the tree; nothing is changed. Links are left out unless
 * `symlinks` says otherwise. A transfer. Rejects with `NET_NOT_FOUND` if one of the two is not there.
 */
export async function diff(
  from: Place,
  to: Place,
  options?: DiffOptions,
): Promise<readonly Difference[]> {
  const [source, target, taken] = inCall({ protocol: PROTOCOL, call: 'diff' }, () => [
    placeOf('the source', from),
    placeOf('the target', to),
    doors.diff(options),
  ])
  const { concurrency = 8, onProgress, signal, timeout } = taken
  const verb = {
    protocol: PROTOCOL,
    operation: 'diff',
    target: source.path,
    kind: 'transfer',
  } as const
  return operation(verb, { onProgress, signal, timeout }, async (op) => {
    await target.files.stat(target.path, { signal: op.signal })
    const filter = new Filter(taken)
    const ours = { deletes: true, newer: false, state: undefined, tellsAll: false }
    const rules = { ...taken, ...ours, filter, concurrency }
    const { steps } = await pairUp(source, target, op, rules)
    return Iterator.from(steps)
      .flatMap((step) => differencesOf(step))
      .toArray()
  })
}

function differencesOf(step: PlanStep): readonly Difference[] {
  const difference = kindOf(step)
  if (difference === undefined) return []
  const { error, path, type } = step
  const one: Difference = Object.freeze({
    path,
    type,
    difference,
    certain: difference !== 'uncertain',
    ...(error === undefined ? {} : { error }),
  })
  return [one]
}

function kindOf({ action, certain, error, why }: PlanStep): Difference['difference'] | undefined {
  if (action === 'make') return 'only in the source'
  if (why === 'part of a copy' || action === 'skip') return undefined
  if (action === 'remove' || why === 'holds excluded' || why === 'not in the source') {
    return 'only in the target'
  }
  if (error !== undefined || why === 'not listed') return 'unknown'
  if (action === 'keep') return certain === false ? 'uncertain' : undefined
  return DIFFERENCES.find((kind) => kind === why)
}

const DIFFERENCES = ['size', 'time', 'hash', 'type', 'link target', 'mode'] as const
