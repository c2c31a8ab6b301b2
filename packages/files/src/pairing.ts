/* Two places made ready to be compared: what both can do, what both hold, and what a copy would do. */

import { isNetError, type RemoteCapabilities, type RemoteEntry } from '@net/core'
import { netError, type Operation } from '@net/core/authoring'

import { hashPairs, type HashedPair } from './content-hash.ts'
import type { Filter } from './filter.ts'
import type { TreePlace } from './place.ts'
import { partName } from './plan/part-name.ts'
import type { PlanRules } from './plan/plan-rules.ts'
import type { PlanSteps } from './plan/plan-steps.ts'
import { planTree } from './plan/plan.ts'
import { Settling } from './plan/settling.ts'
import { scanPair } from './scan-pair.ts'
import { Scan } from './scan.ts'
import { countIn, settledIn, type Scanned, type ScannedFolder } from './scanned.ts'
import type { StateRecords } from './state/state-records.ts'
import { together } from './together.ts'
import { folderOf, join, nameOf } from './tree-path.ts'
import type { CompareOptions } from './tree-options.ts'

/** How they are compared. */
export interface PairingRules extends CompareOptions {
  readonly filter: Filter
  readonly concurrency: number
  readonly deletes: boolean
  readonly newer: boolean
  readonly state: StateRecords | undefined
  /** Whether there is to be a step for what is the same on both sides, too. */
  readonly tellsAll: boolean
}

/** What both places can do and hold, and what a copy would do. */
export interface Pairing {
  readonly fromCan: RemoteCapabilities
  readonly toCan: RemoteCapabilities
  /** How many calls at a time both have use for. */
  readonly calls: number
  readonly steps: PlanSteps
  /** How many files are the same on both sides, and have no step. */
  readonly settled: number
  /** How many entries the target has; undefined where there is none. */
  readonly entries: number | undefined
}

/** Lists both places, and plans the copy. Rejects if one of them itself cannot be listed. */
export async function pairUp(
  from: TreePlace,
  to: TreePlace,
  op: Operation,
  rules: PairingRules,
): Promise<Pairing> {
  const { signal } = op
  const { concurrency, filter, symlinks = 'skip' } = rules
  const [fromCan, toCan] = await together(signal, [
    (within) => from.files.capabilities({ signal: within }),
    (within) => to.files.capabilities({ signal: within }),
  ])
  const planRules = planRulesOf(rules, to, { fromCan, toCan })
  const scanOf = (place: TreePlace, { calls }: RemoteCapabilities, follow: boolean): Scan =>
    new Scan(place, { filter, follow, calls: Math.min(concurrency, calls), signal })
  const sourceScan = scanOf(from, fromCan, symlinks === 'follow')
  await checkFolder(from, signal)
  const isThere = await checkFolder(to, signal).then(() => true, falseIfMissing)
  const { source, target } = isThere
    ? await scanPair(sourceScan, scanOf(to, toCan, false), new Settling(planRules, !rules.tellsAll))
    : { source: await sourceScan.folder(sourceScan.root), target: undefined }
  if (source.failure !== undefined) throw source.failure
  // Also `NET_NOT_FOUND`: what was found and cannot be listed is not empty.
  if (target?.failure !== undefined) throw target.failure
  const pair = { from, to, fromCan, toCan, signal }
  return planned(source, target, pair, { ...rules, planRules })
}

/** The same for two files: they are compared as the only entries of two folders. */
export async function pairFile(
  from: TreePlace,
  to: TreePlace,
  op: Operation,
  rules: PairingRules,
): Promise<Pairing> {
  const { signal } = op
  const [fromCan, toCan, source, there] = await together(signal, [
    (within) => from.files.capabilities({ signal: within }),
    (within) => to.files.capabilities({ signal: within }),
    (within) => from.files.stat(from.path, { signal: within }),
    (within) => to.files.stat(to.path, { signal: within }).catch(undefinedIfMissing),
  ])
  const entry = { ...source, name: nameOf(to.path) }
  const into = { ...to, path: folderOf(to.path) }
  const part = await partOf(into, entry, toCan, signal)
  const found = [there, part].filter((each) => each !== undefined)
  const target =
    found.length === 0 ? undefined : folderWith(...found.map((each) => ({ entry: each })))
  const pair = { from, to: into, fromCan, toCan, signal }
  const planRules = planRulesOf(rules, into, { fromCan, toCan })
  return planned(folderWith({ entry, from: from.path }), target, pair, { ...rules, planRules })
}

async function planned(
  source: ScannedFolder,
  target: ScannedFolder | undefined,
  pair: Omit<HashedPair, 'calls'>,
  { concurrency, planRules }: PairingRules & { readonly planRules: PlanRules },
): Promise<Pairing> {
  const { fromCan, toCan } = pair
  const calls = Math.min(concurrency, fromCan.calls, toCan.calls)
  let steps = planTree(source, target, planRules)
  const toHash = [...steps.where(({ action, why }) => action === 'replace' && why === 'hash')]
  if (toHash.length > 0) {
    const same = await hashPairs(toHash, { ...pair, calls })
    steps = planTree(source, target, { ...planRules, sameHash: (path) => same.get(path) })
  }
  const settled = settledIn(source)
  return { calls, fromCan, toCan, steps, settled, entries: target && countIn(target) }
}

function planRulesOf(
  rules: PairingRules,
  to: TreePlace,
  { fromCan, toCan }: Pick<Pairing, 'fromCan' | 'toCan'>,
): PlanRules {
  return {
    from: fromCan,
    to: toCan,
    refusesName: to.files.refusesName?.bind(to.files),
    deletes: rules.deletes,
    compare: rules.compare ?? 'time',
    newer: rules.newer,
    symlinks: rules.symlinks ?? 'skip',
    times: rules.times ?? true,
    modes: rules.modes ?? false,
    clockShift: rules.clockShift ?? 0,
    sameHash: () => undefined,
    state: rules.state,
  }
}

/** What an earlier run left of this version of the file; a small one is sent anew sooner than it is looked for. */
async function partOf(
  { files, path }: TreePlace,
  entry: RemoteEntry,
  { longestName }: RemoteCapabilities,
  signal: AbortSignal,
): Promise<RemoteEntry | undefined> {
  if ((entry.size ?? 0) < LEAST_WITH_PART) return undefined
  const name = partName(entry.name, entry, longestName)
  return files.stat(join(path, name), { signal }).catch(undefinedIfMissing)
}

function folderWith(...all: readonly Scanned[]): ScannedFolder {
  const entries = new Map(all.map((one) => [one.entry.name, one]))
  return { entries, hides: false, hidden: new Set(), settled: 0 }
}

async function checkFolder({ files, path }: TreePlace, signal: AbortSignal): Promise<void> {
  const { type } = await files.stat(path, { signal })
  if (type === 'folder') return
  throw netError('NET_BAD_NAME', { message: `${path} is a ${type}, not a folder` })
}

function falseIfMissing(error: unknown): false {
  undefinedIfMissing(error)
  return false
}

function undefinedIfMissing(error: unknown): undefined {
  if (isNetError(error) && error.code === 'NET_NOT_FOUND') return undefined
  throw error
}

// In bytes.
const LEAST_WITH_PART = 1024 * 1024
