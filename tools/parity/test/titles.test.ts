import { expect, test } from 'vitest'
import { claimedIds } from '../titles.ts'

test('ids of titles count, also several, but not those of comments and skipped tests', () => {
  const source = [
    "test('[CORE-03] keeps the cause', () => {})",
    "test('[H-FTP-07][FTP-03] survives', () => {})",
    'test.each([1])(`[SSH-26, SSH-27] runs %s`, () => {})',
    "// test('[CORE-04] later')",
    "test.skip('[CORE-05] not there', () => {})",
    "test.todo('[CORE-06] not there')",
    'const row = list[LIMIT-1]',
  ].join('\n')
  expect(claimedIds(source)).toEqual(['CORE-03', 'H-FTP-07', 'FTP-03', 'SSH-26', 'SSH-27'])
})
