import { expect, test } from 'vitest'

import { processOptions } from '../../src/work/process-options.ts'

test('the options of a worker are checked', () => {
  const rate = { limit: 3, interval: 50 }
  const given = { concurrency: 2, rate, perGroup: { concurrency: 1, rate }, retry: false as const }
  expect(processOptions(given)).toMatchObject(given)
  const wrong = [{ concurrency: 0 }, { lease: 99 }, { retry: true }, { rate: { limit: 0 } }]
  for (const options of wrong) expect(() => processOptions(options as never)).toThrow('must be')
  expect(() => processOptions({ perGroup: { rate: {} } } as never)).toThrow('perGroup.rate.limit')
})
