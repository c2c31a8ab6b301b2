/* Two places made ready to be compared: what both can do, what both hold, and what a copy would do. */

import { isNetError, type RemoteCapabilities } from '@net/core'
import { netError, type Operation } from '@net/core/authoring'

import { hashPairs, type HashedPair } from './content-hash.ts'
import type { Filter } from './filter.ts'
import type { TreePlace } from './place.ts'
import type { PlanRules } from './plan/plan-rules.ts'
import type { PlanStep } from './plan/plan-step.ts'
import { planTree } from './plan/plan.ts'
import { scan } from './scan.ts'
import type { Scanned, ScannedFolder } from './scanned.ts'
import type { StateRecords } from './state/state-records.ts'
import { folderOf, nameOf } from './tree-path.ts'
import type { CompareOptions } from './tree-options.ts'

/** How they are compared. */
export interface PairingRules extends CompareOptions {
  readonly filter: Filter
  readonly concurrency: number
  readonly deletes: boolean
  readonly newer: boolean
  readonly state: StateRecords | undefined
}

/** What both places can do and hold, and what a copy would do. */
export interface Pairing {
  readonly fromCan: RemoteCapabilities
  readonly toCan: RemoteCapabilities
  readonly target: ScannedFolder | undefined
  readonly steps: readonly PlanStep[]
}

/** Lists both places, and plans the copy. Rejects if one of them itself cannot be listed. */
export async function pairUp(
  from: TreePlace,
  to: TreePlace,
  op: Operation,
  rules: PairingRules,
): Promise<Pairing> {
  const { signal } = op
  const [fromCan, toCan] = await Promise.all([
    from.files.capabilities({ signal }),
    to.files.capabilities({ signal }),
  ])
  const { concurrency, filter, symlinks = 'skip' } = rules
  const scanRules = { filter, signal }
  const [source, target] = await Promise.all([
    scanFolder(from, {
      ...scanRules,
      follow: symlinks === 'follow',
      calls: Math.min(concurrency, fromCan.calls),
    }),
    scanIfThere(to, { ...scanRules, follow: false, calls: Math.min(concurrency, toCan.calls) }),
  ])
  const pair = { from, to, fromCan, toCan, signal }
  const steps = await planned(source, target, pair, rules)
  return { fromCan, toCan, target, steps }
}

/** The same for two files: they are compared as the only entries of two folders. */
export async function pairFile(
  from: TreePlace,
  to: TreePlace,
  op: Operation,
  rules: PairingRules,
): Promise<Pairing> {
  const { signal } = op
  const [fromCan, toCan, source, there] = await Promise.all([
    from.files.capabilities({ signal }),
    to.files.capabilities({ signal }),
    from.files.stat(from.path, { signal }),
    to.files.stat(to.path, { signal }).catch(undefinedIfMissing),
  ])
  const entry = { ...source, name: nameOf(to.path) }
  const target = there === undefined ? undefined : folderWith({ entry: there })
  const into = { ...to, path: folderOf(to.path) }
  const pair = { from, to: into, fromCan, toCan, signal }
  const steps = await planned(folderWith({ entry, from: from.path }), target, pair, rules)
  return { fromCan, toCan, target, steps }
}

async function planned(
  source: ScannedFolder,
  target: ScannedFolder | undefined,
  pair: Omit<HashedPair, 'calls'>,
  rules: PairingRules,
): Promise<readonly PlanStep[]> {
  const { fromCan, toCan, to } = pair
  const { concurrency, deletes, newer, state } = rules
  const planRules: PlanRules = {
    from: fromCan,
    to: toCan,
    refusesName: to.files.refusesName?.bind(to.files),
    deletes,
    compare: rules.compare ?? 'time',
    newer,
    symlinks: rules.symlinks ?? 'skip',
    times: rules.times ?? true,
    modes: rules.modes ?? false,
    clockShift: rules.clockShift ?? 0,
    sameHash: () => undefined,
    state,
  }
  const steps = planTree(source, target, planRules)
  const toHash = steps.filter(({ action, why }) => action === 'replace' && why === 'hash')
  if (toHash.length === 0) return steps
  const calls = Math.min(concurrency, fromCan.calls, toCan.calls)
  const same = await hashPairs(toHash, { ...pair, calls })
  return planTree(source, target, { ...planRules, sameHash: (path) => same.get(path) })
}

function folderWith(one: Scanned): ScannedFolder {
  return { entries: new Map([[one.entry.name, one]]), hides: false, hidden: new Set() }
}

type Rules = Parameters<typeof scan>[1]

async function scanFolder(place: TreePlace, rules: Rules): Promise<ScannedFolder> {
  const { signal } = rules
  const { type } = await place.files.stat(place.path, { signal })
  if (type !== 'folder') {
    throw netError('NET_BAD_NAME', { message: `${place.path} is a ${type}, not a folder` })
  }
  const folder = await scan(place, rules)
  if (folder.failure !== undefined) throw folder.failure
  return folder
}

async function scanIfThere(place: TreePlace, rules: Rules): Promise<ScannedFolder | undefined> {
  return scanFolder(place, rules).catch(undefinedIfMissing)
}

function undefinedIfMissing(error: unknown): undefined {
  if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
  throw error
}
