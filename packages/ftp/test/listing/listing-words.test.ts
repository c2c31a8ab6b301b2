import { expect, test } from 'vitest'

import { cutShort, isAboutEmptiness } from '../../src/listing/listing-words.ts'

test.each([
  '226 Output truncated to 10000 matches',
  '226-Options: -l\n226 Output truncated to 2000 matches',
  '226 Transfer done (but failed to open directory).',
  '226 Transfer aborted.',
  '226 Listing incomplete',
])('%j says that something is missing', (text) => {
  expect(cutShort({ status: 226, text }, 'in')).toMatchObject({
    code: 'NET_PROTO_INCOMPLETE',
    reply: { text },
    phase: 'receive',
  })
})

test.each([
  '226 Transfer complete',
  '226 Directory send OK.',
  '226-Options: -a -l\n226 3 matches total',
  '226 Successfully transferred "/in/aborted"',
  '226 Sent incomplete/in',
])('%j says that all is there', (text) => {
  expect(cutShort({ status: 226, text }, 'incomplete/in')).toBeUndefined()
})

test('which refusals mean an empty folder', () => {
  const empty = (status: number, text: string): boolean => isAboutEmptiness({ status, text })
  expect(empty(450, '450 No files found')).toBe(true)
  expect(empty(550, '550 No files found.')).toBe(true)
  expect(empty(550, '550 No data sets found.')).toBe(true)
  expect(empty(450, '450 none: No such file or directory')).toBe(false)
  expect(empty(550, '550 Not found')).toBe(false)
  expect(empty(500, '500 No files found')).toBe(false)
  expect(isAboutEmptiness(undefined)).toBe(false)
})
