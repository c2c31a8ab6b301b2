import { memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { hashPairs } from '../src/content-hash.ts'
import { placeOf } from '../src/place.ts'
import type { PlanStep } from '../src/plan/plan-step.ts'

test.each([['sha256'], []])(
  'compares contents, by hashes of the trees or by reading: %s',
  async (...hashes) => {
    const trees = [
      memoryFiles({ contents: { same: 'a', other: 'b', gone: 'c' }, can: { hashes } }),
      memoryFiles({ contents: { same: 'a', other: 'B' } }),
    ] as const
    const [from, to] = [placeOf('from', trees[0]), placeOf('to', trees[1])]
    const steps = ['same', 'other', 'gone'].map((path): PlanStep => ({
      path,
      to: path,
      type: 'file',
      action: 'replace',
      why: 'hash',
    }))
    const [fromCan, toCan] = [await trees[0].capabilities(), await trees[1].capabilities()]
    const { signal } = new AbortController()
    const same = await hashPairs(steps, { from, to, fromCan, toCan, calls: 2, signal })
    expect(Object.fromEntries(same)).toEqual({ same: true, other: false })
  },
)
