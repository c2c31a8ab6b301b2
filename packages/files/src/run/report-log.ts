/* Collects what became of each entry, and tells it to the caller. */

import type { NetError } from '@net/core'
import { guarded, netError } from '@net/core/authoring'

import type { EntryReport, TreeReport } from '../entry-report.ts'
import type { PlanStep } from '../plan/plan-step.ts'
import { ReportEntries } from './report-entries.ts'

/** What a report is made of. */
export interface ReportLogParts {
  readonly dryRun: boolean
  readonly onEntry: ((entry: EntryReport) => void) | undefined
  /** The folder in which the entries' paths begin. */
  readonly target: string
}

/** The report of one call while it runs. */
export class ReportLog {
  readonly #entries = new ReportEntries()
  readonly #counts = { make: 0, replace: 0, adjust: 0, remove: 0, keep: 0, skip: 0, refuse: 0 }
  readonly #errors: NetError[] = []
  readonly #tell: ((entry: EntryReport) => void) | undefined
  readonly #dryRun: boolean
  readonly #target: string
  #failed = 0
  #transferred = 0
  #total = 0

  constructor({ dryRun, onEntry, target }: ReportLogParts) {
    this.#dryRun = dryRun
    this.#target = target
    this.#tell = onEntry === undefined ? undefined : guarded('onEntry', onEntry)
  }

  /** So many files are the same on both sides, and have no step. */
  same(count: number): void {
    this.#total += count
    this.#counts.keep += count
  }

  /** The step is settled: done, or with the error that kept it from being done. */
  settled(step: PlanStep, { error = step.error, note, transferred }: Outcome = {}): void {
    this.#total++
    if (error === undefined) this.#counts[step.action]++
    else {
      this.#failed++
      this.#errors.push(error)
    }
    this.#transferred += transferred ?? 0
    const isPlain = step.action === 'keep' && step.why === 'same' && step.certain !== false
    if (isPlain && this.#tell === undefined) return
    const entry = reportOf(step, { error, note, transferred })
    if (!isPlain) this.#entries.push(entry, step.source?.name)
    this.#tell?.(entry)
  }

  /** The report; throws `NET_PARTIAL_TRANSFER` with it where an entry failed. */
  end(): TreeReport {
    const { make, replace, adjust, remove, keep, skip } = this.#counts
    let made: readonly EntryReport[] | undefined
    const all = (): readonly EntryReport[] => (made ??= this.#entries.all())
    const report: TreeReport = Object.freeze({
      target: this.#target,
      get entries(): readonly EntryReport[] {
        return all()
      },
      made: make,
      replaced: replace,
      adjusted: adjust,
      removed: remove,
      kept: keep,
      skipped: skip,
      failed: this.#failed,
      transferred: this.#transferred,
      dryRun: this.#dryRun,
    })
    if (this.#failed === 0 || this.#dryRun) return report
    const [first] = this.#errors
    throw netError('NET_PARTIAL_TRANSFER', {
      message: `${this.#failed} of ${this.#total} entries failed`,
      partial: report,
      errors: this.#errors,
      cause: first,
    })
  }
}

interface Outcome {
  readonly error?: NetError | undefined
  readonly note?: NetError | undefined
  readonly transferred?: number | undefined
}

function reportOf(step: PlanStep, { error, note, transferred }: Outcome): EntryReport {
  const { path, to, type, action, why, source, target, certain } = step
  const size = (source ?? target)?.size
  return Object.freeze({
    path,
    type,
    action,
    why: error === undefined || action === 'refuse' ? why : 'failed',
    ...(to === path ? {} : { to }),
    ...(size === undefined ? {} : { size }),
    ...(transferred === undefined ? {} : { transferred }),
    ...(certain === false ? { certain } : {}),
    ...(note === undefined ? {} : { note }),
    ...(error === undefined ? {} : { error }),
  })
}
