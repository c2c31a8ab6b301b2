import { expect, test } from 'vitest'

import { doors } from '../src/tree-options.ts'

test('takes what a verb has, and names what was meant', () => {
  expect(doors.mirror({ delete: 'all', bandwidth: 1000, newer: undefined })).toEqual({
    delete: 'all',
    bandwidth: 1000,
  })
  const bad = expect.objectContaining({ code: 'NET_BAD_OPTION' })
  expect(() => doors.mirror({ delete: 'some' as never })).toThrow(bad)
  expect(() => doors.mirror({ dryrun: true } as never)).toThrow('dryRun')
  expect(() => doors.copy({ delete: true } as never)).toThrow(bad)
  expect(() => doors.diff({ compare: 'bytes' as never })).toThrow(bad)
  expect(() => doors.remove({ concurrency: 0 })).toThrow(bad)
  expect(() => doors.walk({ include: '*.csv' as never })).toThrow(bad)
})
