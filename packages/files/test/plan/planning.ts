/* Folders and rules as values, for tests of plans. */

import type { NetError, RemoteCapabilities, RemoteEntry } from '@net/core'

import { memoryCapabilities } from '../../src/memory/memory-options.ts'
import type { PlanRules } from '../../src/plan/plan-rules.ts'
import type { PlanStep } from '../../src/plan/plan-step.ts'
import type { Scanned, ScannedFolder } from '../../src/scanned.ts'

export interface FolderExtras {
  readonly failure?: NetError
  readonly hides?: boolean
  readonly hidden?: readonly string[]
}

/** A folder that holds these. */
export function folderOf(entries: readonly Scanned[], extras: FolderExtras = {}): ScannedFolder {
  const { failure, hidden = [], hides = hidden.length > 0 } = extras
  const below = entries.some(({ folder }) => folder?.hides)
  return {
    entries: new Map(entries.map((each) => [each.entry.name, each])),
    hides: hides || below,
    hidden: new Set(hidden),
    settled: 0,
    ...(failure === undefined ? {} : { failure }),
  }
}

export function fileOf(name: string, more: Partial<RemoteEntry> = {}): Scanned {
  return { entry: { name, path: name, type: 'file', size: 1, modified: 1000, ...more } }
}

export function linkOf(name: string, target: string): Scanned {
  return { entry: { name, path: name, type: 'link', target } }
}

export function inFolder(
  name: string,
  entries: readonly Scanned[],
  extras?: FolderExtras,
): Scanned {
  return { entry: { name, path: name, type: 'folder' }, folder: folderOf(entries, extras) }
}

export function rulesWith(
  more: Partial<Omit<PlanRules, 'to' | 'from'>> & {
    readonly to?: Partial<RemoteCapabilities>
    readonly from?: Partial<RemoteCapabilities>
  } = {},
): PlanRules {
  const { from, to, ...rest } = more
  return {
    refusesName: undefined,
    deletes: false,
    compare: 'time',
    newer: false,
    symlinks: 'skip',
    times: true,
    modes: false,
    clockShift: 0,
    sameHash: () => undefined,
    state: undefined,
    ...rest,
    from: { ...memoryCapabilities, ...from },
    to: { ...memoryCapabilities, ...to },
  }
}

/** `path action why`, or the code of the error. */
export function told(steps: Iterable<PlanStep>): readonly string[] {
  return [...steps].map(({ action, error, path, why }) => `${path} ${action} ${error?.code ?? why}`)
}
