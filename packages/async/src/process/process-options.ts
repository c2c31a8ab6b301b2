/* What running a child process takes, and what it gives. */

import type { Source } from '@net/core'
import { checkSource, netError, own } from '@net/core/authoring'

import type { WaitOptions } from '../job.ts'
import { lengthOf } from '../option-checks.ts'
import type { ChildPlan, ProcessEnd } from './child-group.ts'

/** Options of `spawnProcess`. */
export interface ProcessOptions extends WaitOptions {
  /** Variables for the process, beside those of this one. */
  readonly env?: Readonly<Record<string, string>>
  /** The folder to run in; default that of this process. */
  readonly cwd?: string
  /** Milliseconds from SIGTERM to SIGKILL for a process that is to end; default 2,000. */
  readonly grace?: number
}

/** Options of `runProcess`. */
export interface RunProcessOptions extends ProcessOptions {
  /** What the process reads: a text, or a source of bytes. Without it the process's input is empty. */
  readonly input?: string | Source
  /** Whether a non-zero exit status or a signal is an error, `ProcessExitError`. Default false. */
  readonly check?: boolean
  /** How much both outputs together may be, in bytes; default 64 MiB, above it `NET_PROTO_LIMIT`. */
  readonly maxBytes?: number
  /** Whether the outputs are given as text, in UTF-8, or as bytes. Default `text`. */
  readonly output?: 'text' | 'bytes'
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
  options: ProcessOptions | undefined,
  writes: boolean,
): ChildPlan {
  if (typeof command !== 'string' || command === '') {
    throw netError('NET_BAD_OPTION', { message: 'command must be the name or path of a program' })
  }
  if (!Array.isArray(args)) {
    throw netError('NET_BAD_OPTION', { message: 'args must be a list of texts; there is no shell' })
  }
  return {
    command,
    args,
    cwd: own(options, 'cwd'),
    env: own(options, 'env'),
    writes,
    grace: lengthOf('grace', own(options, 'grace') ?? GRACE),
  }
}

/** Reads the options of `runProcess`. Throws ArgumentErrors. */
export function planRun(
  command: string,
  args: readonly string[],
  options: RunProcessOptions | undefined,
): RunPlan {
  const input = inputOf(own(options, 'input'))
  const output = own(options, 'output') ?? 'text'
  if (!['text', 'bytes'].includes(output)) {
    throw netError('NET_BAD_OPTION', { message: "output must be 'text' or 'bytes'" })
  }
  const maxBytes = own(options, 'maxBytes') ?? MAX_BYTES
  if (!(maxBytes >= 0)) throw netError('NET_BAD_OPTION', { message: 'maxBytes must be 0 or more' })
  return {
    child: planChild(command, args, options, input !== undefined),
    input,
    check: own(options, 'check') ?? false,
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

const GRACE = 2000
const MAX_BYTES = 64 * 1024 * 1024
