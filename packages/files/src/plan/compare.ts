/* Whether a file of the target is the file of the source, as far as their entries tell. */

import type { RemoteEntry } from '@net/core'

import type { Grains } from '../state/folder-records.ts'
import type { EntryReason } from './plan-step.ts'
import type { PlanRules } from './plan-rules.ts'

/** What a comparison says. */
export interface Compared {
  readonly why: EntryReason
  readonly isSame: boolean
  /** Whether a difference would have been seen. */
  readonly certain: boolean
}

/** Compares two files of one path. */
export function compareFiles(
  path: string,
  source: RemoteEntry,
  target: RemoteEntry,
  rules: PlanRules,
): Compared {
  if (source.size !== undefined && target.size !== undefined && source.size !== target.size) {
    return unlessNewer(source, target, rules, differs('size'))
  }
  if (rules.compare === 'hash') return byHash(path, rules)
  if (rules.compare === 'size') return same('same', false)
  return unlessNewer(source, target, rules, byTime(path, source, target, rules))
}

function byHash(path: string, rules: PlanRules): Compared {
  return rules.sameHash(path) === true ? same('same', true) : differs('hash')
}

function byTime(
  path: string,
  source: RemoteEntry,
  target: RemoteEntry,
  rules: PlanRules,
): Compared {
  const remembered = rules.state?.isUnchanged(path, source, target, grainsOf(rules))
  if (remembered !== undefined) return remembered ? same('same', true) : differs('time')
  const ahead = aheadOf(source, target, rules)
  if (ahead === undefined) return same('same', false)
  const grain = grainOf(rules, source, target)
  // Its time says when it was written, and no more.
  if (rules.to.times?.canSet !== true || !rules.times) {
    return ahead >= -grain ? same('same', false) : differs('time')
  }
  // Minutes and days hide what happened within them.
  const isExact = source.modifiedGrain === undefined && target.modifiedGrain === undefined
  return Math.abs(ahead) <= grain
    ? same('same', isExact)
    : unlessAnHour(ahead, { target, grain }, rules)
}

/** Clocks that are put forward and back with the summer show every file an hour off. */
function unlessAnHour(
  ahead: number,
  { target, grain }: { readonly target: RemoteEntry; readonly grain: number },
  rules: PlanRules,
): Compared {
  const areLocal = [rules.from, rules.to].some(({ times }) => times?.zone === 'local')
  const isHour = Math.abs(Math.abs(ahead) - HOUR) <= grain
  return areLocal && isHour && target.size !== undefined
    ? same('same, an hour apart', false)
    : differs('time')
}

function unlessNewer(
  source: RemoteEntry,
  target: RemoteEntry,
  rules: PlanRules,
  compared: Compared,
): Compared {
  if (!rules.newer || compared.isSame) return compared
  const ahead = aheadOf(source, target, rules)
  const isNewer = ahead !== undefined && ahead < -grainOf(rules, source, target)
  return isNewer ? compared : { why: 'newer on the target', isSame: true, certain: true }
}

/** The smallest difference of times that both trees keep, and these entries tell. */
export function grainOf(
  rules: Pick<PlanRules, 'from' | 'to'>,
  ...entries: readonly RemoteEntry[]
): number {
  const { source, target } = grainsOf(rules)
  return Math.max(source, target, ...entries.map(({ modifiedGrain = 0 }) => modifiedGrain))
}

function grainsOf({ from, to }: Pick<PlanRules, 'from' | 'to'>): Grains {
  return { source: from.times?.grain ?? 0, target: to.times?.grain ?? 0 }
}

/** How many milliseconds the target's file is newer. */
export function aheadOf(
  source: RemoteEntry,
  target: RemoteEntry,
  { clockShift }: Pick<PlanRules, 'clockShift'>,
): number | undefined {
  if (source.modified === undefined || target.modified === undefined) return undefined
  return target.modified - clockShift - source.modified
}

function same(why: EntryReason, certain: boolean): Compared {
  return { why, isSame: true, certain }
}

function differs(why: EntryReason): Compared {
  return { why, isSame: false, certain: true }
}

const HOUR = 3_600_000
