/* What the page gets for an answer, as types that both sides share. */

import type { Row } from '../history/row.ts'
import type { LabJob, LabMail, LabTable } from '../lab/lab.ts'

/** What the page asks for first. */
export interface AboutShown {
  /** The date of the monotonic clock's zero, in milliseconds since 1970. */
  readonly epoch: number
  readonly title: string
  readonly pid: number
  readonly node: string
  readonly lab: LabSummary
}

/** Whether there is a lab, and the example of a request. */
export interface LabSummary {
  readonly servers: number
  readonly scenarios: number
  readonly call?: string | undefined
}

/** A process whose operations are shown; the program itself has the number 0. */
export interface ProcessShown {
  readonly number: number
  readonly title: string
  readonly pid: number
}

/** A part of the list. */
export interface RowsShown {
  /** The number of the last change. */
  readonly sequence: number
  /** The ordinal of the oldest operation that is kept. */
  readonly oldest: number
  readonly rows: readonly Row[]
}

/** A server in the row of servers. */
export interface ServerSummary {
  readonly name: string
  readonly protocol: string
  readonly url?: string | undefined
  readonly about?: string | undefined
  readonly login?: { readonly user: string; readonly password: string } | undefined
  readonly faults: readonly string[]
}

/** A server with what it holds. */
export interface ServerShown extends ServerSummary {
  readonly inbox?: readonly Pick<LabMail, 'from' | 'to' | 'subject'>[] | undefined
  /** The place of the first mail of `inbox` among all. */
  readonly firstMail: number
  readonly tree?: readonly { readonly path: string; readonly size: number }[] | undefined
  readonly table?: LabTable | undefined
  readonly jobs?: JobsShown | undefined
}

/** The jobs of a queue, without their payloads. */
export interface JobsShown {
  readonly counts: Readonly<Record<string, number>>
  readonly rows: readonly LabJob[]
  /** The labels of what can be done to one. */
  readonly actions: readonly string[]
}

/** A job that is open. */
export interface JobShown {
  /** Characters of all of it. */
  readonly size: number
  /** The part that was asked for. */
  readonly text: string
}

/** A mail that is open. */
export interface MailShown extends Pick<
  LabMail,
  'from' | 'to' | 'subject' | 'text' | 'attachments'
> {
  readonly raw: string
  /** The address of its document, for one use. */
  readonly frame?: string | undefined
}

/** A file that is open. */
export interface FileShown {
  readonly path: string
  readonly size: number
  readonly text: string
}

/** A scenario with its code. */
export interface ScenarioShown {
  readonly name: string
  readonly title: string
  readonly code: string
}

/** How a scenario or a request went. */
export interface RunShown {
  readonly ok: boolean
  readonly text?: string | undefined
  readonly error?: string | undefined
  readonly code?: string | undefined
  readonly lines?: readonly string[] | undefined
}
