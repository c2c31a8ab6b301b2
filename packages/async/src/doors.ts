/*
 * What the doors of this package's calls have in common: the tables of a wait and of a block of jobs.
 */

import { option, optionsDoor, type OptionsDoor, type OptionTable } from '@net/core/authoring'

import type { BlockOptions, WaitOptions } from './tasks/job.ts'

/** The door of one call of this package, named as errors name it. */
export function doorOf<T extends object>(call: string, table: OptionTable<T>): OptionsDoor<T> {
  return optionsDoor<T>({ protocol: 'async', call }, table)
}

/** What every wait takes. */
export const waitTable: OptionTable<WaitOptions> = { signal: option.signal, timeout: option.limit }

/** What every block of jobs takes. */
export const blockTable: OptionTable<BlockOptions> = { ...waitTable, grace: option.milliseconds }

/** The door of a block of jobs. */
export function blockDoor(call: string): OptionsDoor<BlockOptions> {
  return doorOf<BlockOptions>(call, blockTable)
}
