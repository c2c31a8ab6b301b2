/* The error of a command that ended badly. */

import { ReplyError, type ErrorDetails, type NetErrorCode } from '@net/core'
import { nameErrors, printedWithoutSecrets } from '@net/core/authoring'

import type { ProcessResult } from './process-options.ts'

/** A child process ended with a non-zero status (`NET_EXIT_STATUS`) or by a signal (`NET_EXIT_SIGNAL`), and `check` was true. */
export class ProcessExitError extends ReplyError {
  /** Undefined if a signal ended the process. */
  readonly exitCode: number | undefined
  /** Without `SIG`, such as `KILL`; undefined if the process ended by itself. */
  readonly exitSignal: string | undefined
  /** What the process printed, without held secrets; not enumerable, so that it does not fill logs. */
  declare readonly stdout: string | Uint8Array
  /** What the process printed as errors, without held secrets; not enumerable. */
  declare readonly stderr: string | Uint8Array

  constructor(
    code: NetErrorCode,
    details: ErrorDetails,
    result: ProcessResult<string | Uint8Array>,
  ) {
    super(code, details)
    this.exitCode = result.exitCode
    this.exitSignal = result.exitSignal
    const { stdout, stderr } = printedWithoutSecrets(result)
    Object.defineProperty(this, 'stdout', { value: stdout })
    Object.defineProperty(this, 'stderr', { value: stderr })
  }
}

nameErrors({ ProcessExitError })
