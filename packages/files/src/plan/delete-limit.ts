/* How much a run may remove: more than half of a tree only if the caller says so. */

import { netError } from '@net/core/authoring'

import type { PlanStep } from './plan-step.ts'

/** Throws `NET_BAD_OPTION` where the steps remove more of the target's entries than they may. */
export function checkDeletes(
  steps: Iterable<PlanStep>,
  entries: number,
  allowed: boolean | number | 'all',
): void {
  const removed = removedBy(steps)
  const most = mostOf(allowed, entries)
  if (removed <= most) return
  const limit = allowed === true ? 'more than half of the target' : `more than ${most}`
  throw netError('NET_BAD_OPTION', {
    message: `the mirror would remove ${removed} of ${entries} entries, ${limit}; if that is meant, pass { delete: ${removed} } or { delete: 'all' }`,
  })
}

/** How many entries the steps remove; parts of earlier runs do not count. */
export function removedBy(steps: Iterable<PlanStep>): number {
  let count = 0
  for (const { action, instead = [], why } of steps) {
    if (action === 'remove' && why !== 'part of a copy') count++
    count += instead.length
  }
  return count
}

function mostOf(allowed: boolean | number | 'all', entries: number): number {
  if (allowed === 'all') return Infinity
  return typeof allowed === 'number' ? allowed : Math.floor(entries / 2)
}
