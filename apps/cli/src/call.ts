/* What the work of a command is given, and gives. Types only. */

import type { Io } from './io.ts'
import type { OptionValues } from './option-table.ts'
import type { Output } from './output/output.ts'

/** One run of a command. */
export interface Call {
  /** The arguments, as they were given. */
  readonly args: readonly string[]
  readonly options: OptionValues
  readonly io: Io
  readonly output: Output
  /** Aborted by a signal of the system or by `--max-time`. */
  readonly signal: AbortSignal
}

/** The work of a command; resolves to its exit code. */
export type CommandRun = (call: Call) => Promise<number>
