// Adds up what the steps found. Pure.

/** Passed, failed and skipped: tests, or steps where a step has no tests. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The part of vitest's JSON report that counts. */
export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

/** What a step counts for. `report` is there if tests ran; `complete` turns skipped tests into failures. */
export function countsOf(ok: boolean, report: Report | undefined, complete: boolean): Counts {
  if (report === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
  const skipped = report.numPendingTests + report.numTodoTests
  const failed = report.numFailedTests + (complete ? skipped : 0)
  // A run can fail without a failed test: an unhandled error, or a file that does not load.
  const unexplained = !ok && failed === 0 ? 1 : 0
  return {
    passed: report.numPassedTests,
    failed: failed + unexplained,
    skipped: complete ? 0 : skipped,
  }
}

/** All together. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** The line that a run ends with. */
export function line({ passed, failed, skipped }: Counts): string {
  const rest = skipped > 0 ? `, ${skipped} skipped` : ''
  return `${passed} passed, ${failed} failed${rest}`
}
