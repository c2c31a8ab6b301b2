/* The options of the verbs: one type each, and the doors that they pass. */

import type { CallOptions } from '@net/core'
import {
  option,
  optionsDoor,
  shape,
  type OptionsDoor,
  type OptionTable,
  type Shape,
} from '@net/core/authoring'

import type { EntryReport } from './entry-report.ts'
import type { FilterOptions } from './filter.ts'
import type { Place } from './place.ts'
import type { CompareBy, LinkRule } from './plan/plan-rules.ts'

/** What all verbs that go through a tree take. */
export interface TreeOptions extends CallOptions, FilterOptions {
  /**
   * How many files, or listings, at a time; never more than both trees have use for. Default 8, and of small files as many as
   * those.
   */
  readonly concurrency?: number | undefined
}

/** What verbs that change a tree take. */
export interface ChangeOptions extends TreeOptions {
  /** Changes nothing, and reports what would be done. Default false. */
  readonly dryRun?: boolean | undefined
  /** Called with every entry when it is settled. */
  readonly onEntry?: ((entry: EntryReport) => void) | undefined
}

/** How two trees are compared. */
export interface CompareOptions {
  /**
   * `time`: files of one size and time are the same. `size`: files of one size are. `hash`: files of one content are; where
   * a tree cannot make hashes, its files are read. Default `time`.
   */
  readonly compare?: CompareBy | undefined
  /** What becomes of links: they are left out and told, made anew (never one that leads out of the tree), or taken for what they lead to. Default `skip`. */
  readonly symlinks?: LinkRule | undefined
  /**
   * Whether modes are compared and copied, too. Default false: what is replaced keeps its mode, and what only some may read
   * in the source is not made readable for all.
   */
  readonly modes?: boolean | undefined
  /** Whether files are given the time of the source. Default true. */
  readonly times?: boolean | undefined
  /** How far the target's clock is ahead of the source's, in milliseconds; `measureClockShift` finds that of a tree. Default 0. */
  readonly clockShift?: number | undefined
}

/** How files are moved. */
export interface MoveOptions extends ChangeOptions, CompareOptions {
  /** Replaces only what is newer in the source. Default false: any difference of time is one. */
  readonly newer?: boolean | undefined
  /** Bytes per second, over all files. Default no limit. */
  readonly bandwidth?: number | undefined
  /** How a copy is verified before it takes its name: its size, or also its hash where both trees can. Default `hash`. */
  readonly verify?: 'size' | 'hash' | undefined
}

/** How `copy` copies. */
export interface CopyOptions extends MoveOptions {
  /** Copies a folder, with everything in it; without it a folder is `NET_BAD_OPTION`. Default false. */
  readonly recursive?: boolean | undefined
}

/** How `mirror` makes one tree like the other. */
export interface MirrorOptions extends MoveOptions {
  /**
   * Removes what the source has not. `true` refuses to remove more than half of the target, with `NET_BAD_OPTION` before
   * anything is done; a number says how many entries may go, `all` that all may. Default false.
   */
  readonly delete?: boolean | number | 'all' | undefined
  /** Files that are sent when all others are there, such as `index.html`; patterns as in `exclude`. Default none. */
  readonly last?: readonly string[] | undefined
  /** The file that keeps what was seen of both sides, so that what cannot keep times is compared all the same. It is never part of the mirror. Default none. */
  readonly state?: Place | undefined
}

/** How `diff` compares. */
export interface DiffOptions extends TreeOptions, CompareOptions {}

/** How `walk` and `glob` go through a tree. */
export interface WalkOptions extends CallOptions, FilterOptions {}

const perTree: OptionTable<TreeOptions> = {
  ...option.perCall,
  exclude: option.list(option.text),
  include: option.list(option.text),
  concurrency: option.count,
}

const perChange: OptionTable<ChangeOptions> = {
  ...perTree,
  dryRun: option.flag,
  onEntry: option.callback(),
}

const perCompare: OptionTable<CompareOptions> = {
  compare: option.oneOf('size', 'time', 'hash'),
  symlinks: option.oneOf('skip', 'keep', 'follow'),
  modes: option.flag,
  times: option.flag,
  clockShift: shape('a number of milliseconds', (value) => Number.isFinite(value)),
}

const perMove: OptionTable<MoveOptions> = {
  ...perChange,
  ...perCompare,
  newer: option.flag,
  bandwidth: option.atLeast(1),
  verify: option.oneOf('size', 'hash'),
}

const deletes: Shape<boolean | number | 'all'> = option.either<boolean | number | 'all'>([
  option.flag,
  option.size,
  option.oneOf('all'),
])

const place: Shape<Place> = shape('a tree, or at(tree, path)', option.isObject)

/** The doors of the verbs. */
export const doors: {
  readonly copy: OptionsDoor<CopyOptions>
  readonly mirror: OptionsDoor<MirrorOptions>
  readonly diff: OptionsDoor<DiffOptions>
  readonly remove: OptionsDoor<ChangeOptions>
  readonly walk: OptionsDoor<WalkOptions>
} = {
  copy: optionsDoor<CopyOptions>({}, { ...perMove, recursive: option.flag }),
  mirror: optionsDoor<MirrorOptions>(
    {},
    { ...perMove, delete: deletes, last: option.list(option.text), state: place },
  ),
  diff: optionsDoor<DiffOptions>({}, { ...perTree, ...perCompare }),
  remove: optionsDoor<ChangeOptions>({}, perChange),
  walk: optionsDoor<WalkOptions>(
    {},
    { ...option.perCall, exclude: perTree.exclude, include: perTree.include },
  ),
}
