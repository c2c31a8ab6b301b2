import { describe, expect, test } from 'vitest'

import {
  badLimit,
  countOf,
  isLimit,
  jobOf,
  lengthOf,
  limitOf,
  wholeOf,
} from '../src/option-checks.ts'

const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })

describe('the checks of options', () => {
  test('let good values through', () => {
    const job = (): void => {}
    expect(limitOf('timeout', undefined)).toBe(Infinity)
    expect(limitOf('timeout', 1)).toBe(1)
    expect(lengthOf('delay', 0)).toBe(0)
    expect(countOf('attempts', 3)).toBe(3)
    expect(countOf('concurrency', Infinity)).toBe(Infinity)
    expect(wholeOf('size', 0)).toBe(0)
    expect(wholeOf('size', Infinity)).toBe(Infinity)
    expect(isLimit(0.5)).toBe(true)
    expect(jobOf('job', job)).toBe(job)
  })

  test.each([0, -1, Number.NaN, '5' as never])('limitOf refuses %s', (value) => {
    expect(() => limitOf('timeout', value)).toThrow(bad)
    expect(isLimit(value)).toBe(false)
    expect(badLimit('timeout')).toMatchObject({ code: 'NET_BAD_OPTION' })
  })

  test.each([1.5, -1, Number.NaN, '5' as never])('wholeOf refuses %s', (value) => {
    expect(() => wholeOf('size', value)).toThrow(bad)
  })

  test.each([-1, Number.NaN, '5' as never])('lengthOf refuses %s', (value) => {
    expect(() => lengthOf('delay', value)).toThrow(bad)
  })

  test.each([0, 1.5, -1, Number.NaN, '5' as never])('countOf refuses %s', (value) => {
    expect(() => countOf('attempts', value)).toThrow(bad)
  })

  test('jobOf refuses a promise', () => {
    expect(() => jobOf('job', Promise.resolve())).toThrow(bad)
  })
})
