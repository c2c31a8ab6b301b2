/* What running a child process takes, and what it gives. */

import type { Source } from '@net/core'
import {
  checkSource,
  GRACE,
  netError,
  option,
  type OptionsDoor,
  type OptionTable,
  type Taken,
} from '@net/core/authoring'

import { doorOf, waitTable } from '../doors.ts'
import type { WaitOptions } from '../tasks/job.ts'
import type { ChildPlan, ProcessEnd } from './child-group.ts'

/** Options of `spawnProcess`. */
export interface ProcessOptions extends WaitOptions {
  /** Variables for the process, beside those of this one. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** The folder to run in; default that of this process. */
  readonly cwd?: string | undefined
  /** Milliseconds from SIGTERM to SIGKILL for a process that is to end; default 2,000. */
  readonly grace?: number | undefined
}

/** Options of `runProcess`. */
export interface RunProcessOptions extends ProcessOptions {
  /** What the process reads: a text, or a source of bytes. Without it the process's input is empty. */
  readonly input?: string | Source | undefined
  /** Whether a non-zero exit status or a signal is an error, `ProcessExitError`. Default false. */
  readonly check?: boolean | undefined
  /** How much both outputs together may be, in bytes; default 64 MiB, above it `NET_PROTO_LIMIT`. */
  readonly maxBytes?: number | undefined
  /** Whether the outputs are given as text, in UTF-8, or as bytes. Default `text`. */
  readonly output?: 'text' | 'bytes' | undefined
}

/** Options of `runProcess` for outputs as bytes. */
export interface RunProcessBytesOptions extends RunProcessOptions {
  readonly output: 'bytes'
}

/** What became of a process. */
export interface ProcessResult<T extends string | Uint8Array = string> extends ProcessEnd {
  readonly stdout: T
  readonly stderr: T
}

/** What `runProcess` is to do, checked. */
export interface RunPlan {
  readonly child: ChildPlan
  readonly input: Source | undefined
  readonly check: boolean
  readonly maxBytes: number
  readonly output: 'text' | 'bytes'
}

/** Reads the options of a process. Throws ArgumentErrors. */
export function planChild(
  command: string,
  args: readonly string[],
  { cwd, env, grace = GRACE }: Taken<ProcessOptions>,
  writes: boolean,
): ChildPlan {
  if (typeof command !== 'string' || command === '') {
    throw netError('NET_BAD_OPTION', { message: 'command must be the name or path of a program' })
  }
  if (!Array.isArray(args)) {
    throw netError('NET_BAD_OPTION', { message: 'args must be a list of strings; no shell runs' })
  }
  return {
    command,
    args,
    cwd,
    env,
    writes,
    grace,
  }
}

/** Reads the options of `runProcess`. Throws ArgumentErrors. */
export function planRun(
  command: string,
  args: readonly string[],
  options: Taken<RunProcessOptions>,
): RunPlan {
  const { output = 'text', maxBytes = MAX_BYTES, check = false } = options
  const input = inputOf(options.input)
  return {
    child: planChild(command, args, options, input !== undefined),
    input,
    check,
    maxBytes,
    output,
  }
}

function inputOf(input: string | Source | undefined): Source | undefined {
  if (input === undefined) return undefined
  const source = typeof input === 'string' ? Buffer.from(input, 'utf8') : input
  checkSource(source)
  return source
}

const MAX_BYTES = 64 * 1024 * 1024

const processTable: OptionTable<ProcessOptions> = {
  ...waitTable,
  env: option.record(option.text),
  cwd: option.text,
  grace: option.milliseconds,
}

/** The door of `spawnProcess`. */
export const spawnDoor: OptionsDoor<ProcessOptions> = doorOf<ProcessOptions>(
  'spawnProcess',
  processTable,
)

/** The door of `runProcess`. */
export const runDoor: OptionsDoor<RunProcessOptions> = doorOf<RunProcessOptions>('runProcess', {
  ...processTable,
  input: option.anything,
  check: option.flag,
  maxBytes: option.bytes,
  output: option.oneOf('text', 'bytes'),
})
