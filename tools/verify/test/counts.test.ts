import { expect, test } from 'vitest'
import { countsOf, failuresOf, line, sum } from '../counts.ts'

const report = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [],
}

test('a check without tests counts as one', () => {
  expect(countsOf(true, undefined, false)).toEqual({ passed: 1, failed: 0, skipped: 0 })
  expect(countsOf(false, undefined, false)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('tests count one by one, and skipped ones fail where all must run', () => {
  expect(countsOf(true, report, false)).toEqual({ passed: 5, failed: 0, skipped: 3 })
  expect(countsOf(true, report, true)).toEqual({ passed: 5, failed: 3, skipped: 0 })
})

test('a failed run without a failed test counts as a failure', () => {
  expect(countsOf(false, report, false).failed).toBe(1)
})

test('the closing line', () => {
  expect(line(sum([]))).toBe('0 passed, 0 failed')
  expect(line(sum([countsOf(true, report, false), countsOf(false, undefined, false)]))).toBe(
    '5 passed, 1 failed, 3 skipped',
  )
})

test('failed tests and files that did not load are named with the first line of their error', () => {
  const passed = { fullName: 'adds', status: 'passed', failureMessages: [] }
  const failed = { fullName: 'counts', status: 'failed', failureMessages: ['1 is not 2\n  at x'] }
  const testResults = [
    { name: 'a.test.ts', status: 'failed', message: '', assertionResults: [passed, failed] },
    { name: 'b.test.ts', status: 'failed', message: 'no such module\n', assertionResults: [] },
    { name: 'c.test.ts', status: 'passed', message: '', assertionResults: [passed] },
  ]
  expect(failuresOf({ ...report, testResults })).toEqual([
    'a.test.ts: counts\n  1 is not 2',
    'b.test.ts\n  no such module',
  ])
})
