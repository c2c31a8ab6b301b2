/* One operation as the history keeps it: what its events said, in one object. */

import type { Phase, RetryClass } from '@net/core'

/** How an operation or a phase stands. */
export type Outcome = 'running' | 'ok' | 'failed' | 'aborted'

/** A part of an operation. Times are in milliseconds of the process's monotonic clock. */
export interface PhaseRecord {
  readonly phase: Phase
  readonly start: number
  duration: number | undefined
  outcome: Outcome
}

/** A line that went over the wire, or how many bytes of what is no text. */
export interface WireLine {
  readonly time: number
  readonly direction: 'send' | 'receive'
  readonly text: string
}

/** An attempt that failed, and when the next one was to follow. */
export interface RetryRecord {
  readonly time: number
  readonly attempt: number
  readonly delay: number
  readonly code: string
  readonly message: string
}

/** What is known of a failure. */
export interface ErrorRecord {
  readonly name: string
  readonly code: string
  /** The sentence that a user would see. */
  readonly message: string
  readonly retry: RetryClass
  /** The whole error as JSON, as `toJSON` gives it; cut where it is long. */
  readonly whole: string
}

/** Everything that is kept of one operation, for as long as it is kept: nothing may hold it longer than its own turn. */
export interface OperationRecord {
  /** Its place in the order of arrival: 0, 1, 2 … */
  readonly ordinal: number
  readonly id: number
  readonly parent: number | undefined
  readonly client: number | undefined
  readonly protocol: string
  readonly operation: string
  readonly start: number
  readonly target: string
  readonly endpoint: string
  readonly duration: number | undefined
  readonly outcome: Outcome
  readonly status: number | undefined
  readonly transferred: number | undefined
  readonly total: number | undefined
  readonly error: ErrorRecord | undefined
  readonly phases: readonly PhaseRecord[]
  readonly warnings: readonly string[]
  readonly retries: readonly RetryRecord[]
  readonly wire: readonly WireLine[]
  /** How many lines, phases, warnings and retries were not kept. */
  readonly left: number
  /** The number of the last change of the history that touched it. */
  readonly version: number
}
