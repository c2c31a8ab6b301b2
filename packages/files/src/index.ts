/* What programs that move trees of files need: the verbs, and trees on this machine. */

export { localFiles, type LocalFilesOptions } from './local/local-files.ts'
export type { LocalNames } from './local/local-names.ts'
export { memoryFiles } from './memory/memory-files.ts'
export type { MemoryCapabilities, MemoryFilesOptions } from './memory/memory-options.ts'
export { measureClockShift } from './clock-shift.ts'
export { copy } from './copy.ts'
export { diff, type Difference } from './diff.ts'
export { glob } from './glob.ts'
export { mirror } from './mirror.ts'
export { remove } from './remove.ts'
export { walk } from './walk.ts'
export { at, type Place, type TreePlace } from './place.ts'
export type { EntryReport, TreeReport } from './entry-report.ts'
export type { EntryAction, EntryReason } from './plan/plan-step.ts'
export type { CompareBy, LinkRule } from './plan/plan-rules.ts'
export type { FilterOptions } from './filter.ts'
export type {
  ChangeOptions,
  CompareOptions,
  CopyOptions,
  DiffOptions,
  MirrorOptions,
  MoveOptions,
  TreeOptions,
  WalkOptions,
} from './tree-options.ts'
