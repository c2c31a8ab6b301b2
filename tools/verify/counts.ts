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
  /** One per file. */
  readonly testResults: readonly FileReport[]
}

interface FileReport {
  readonly name: string
  readonly status: string
  /** What kept the file from loading. */
  readonly message: string
  readonly assertionResults: readonly TestReport[]
}

interface TestReport {
  readonly fullName: string
  readonly status: string
  readonly failureMessages: readonly string[] | null
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

/** What failed, two lines each: the test with its file, and the first line of its error. */
export function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0 && status === 'failed') return [described(name, message)]
    return failed.map((test) =>
      described(`${name}: ${test.fullName}`, test.failureMessages?.[0] ?? 'no message'),
    )
  })
}

function described(what: string, message: string): string {
  return `${what}\n  ${message.split('\n', 1)[0]}`
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
