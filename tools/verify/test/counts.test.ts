import { expect, test } from 'vitest'
import { countsOf, line, sum } from '../counts.ts'

const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 }

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
