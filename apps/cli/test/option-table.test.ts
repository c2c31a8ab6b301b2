import { describe, expect, it } from 'vitest'

import { longNameOf, optionTable, type OptionName } from '../src/option-table.ts'

describe('optionTable', () => {
  it('has no spelling twice, but where two commands mean different things', () => {
    const names = (Object.keys(optionTable) as OptionName[]).map(longNameOf)
    const twice = names.filter((name, at) => names.indexOf(name) !== at)
    // --user of serve is who may log in there.
    expect(twice).toEqual(['user'])
  })

  it('reads times, sizes and limits with their units', () => {
    expect(optionTable.maxTime.read?.('1.5')).toBe(1500)
    expect(optionTable.maxTime.read?.('200ms')).toBe(200)
    expect(optionTable.interval.read?.('2m')).toBe(120_000)
    expect(optionTable.bandwidth.read?.('10M')).toBe(10 * 1024 ** 2)
    expect(optionTable.delete.read?.('all')).toBe('all')
    expect(optionTable.delete.read?.('12')).toBe(12)
    expect(() => optionTable.retry.read?.('-1')).toThrow('-1 is not a whole number')
    expect(() => optionTable.bandwidth.read?.('much')).toThrow('much is no size')
  })

  it('gives what is dangerous its name', () => {
    const dangerous = Object.values(optionTable)
      .filter(({ help }) => /any certificate|any host key|in clear/.test(help))
      .map(({ flags }) => flags)
    expect(dangerous).toEqual([
      '--dangerously-skip-verification',
      '--dangerously-accept-any-host-key',
      '--dangerously-allow-plaintext-auth',
    ])
  })
})
