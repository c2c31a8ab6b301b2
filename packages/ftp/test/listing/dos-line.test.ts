import { expect, test } from 'vitest'

import { readDosLine } from '../../src/listing/dos-line.ts'

test.each([
  ['02-05-97  04:47PM       <DIR>          dir name', { name: 'dir name', type: 'folder' }],
  ['12-05-96  05:03PM               50,000 a', { name: 'a', type: 'file', size: 50_000 }],
  ['12-05-96  05:03PM                   12  a', { name: ' a', type: 'file', size: 12 }],
  [
    '2020-01-05  17:03       <SYMLINKD>     www [C:\\web]',
    { name: 'www', type: 'link', target: 'C:\\web' },
  ],
  ['01/05/2020  05:03 PM    <JUNCTION>     www', { name: 'www', type: 'link' }],
  [
    '  73098      A   04-06-97   15:15  ds0.internic',
    { name: 'ds0.internic', type: 'file', size: 73_098 },
  ],
  ['     0           DIR   05-12-97   16:44  PSFONTS', { name: 'PSFONTS', type: 'folder' }],
])('%s', (line, entry) => {
  expect(readDosLine(line)).toEqual(entry)
})

test.each(['-rw-r--r-- 1 a b 5 Jan 01 2020 x', '', '12-05-96', 'total 5'])('%o is none', (line) => {
  expect(readDosLine(line)).toBeUndefined()
})
