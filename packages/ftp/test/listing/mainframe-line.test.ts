import { expect, test } from 'vitest'

import { readMainframeLine } from '../../src/listing/mainframe-line.ts'

test.each([
  [
    'CORE.DIR;1          1  8-SEP-1996 16:09  [SYSTEM]  (RWE,RWE,RE,RE)',
    { name: 'CORE', type: 'folder', user: 'SYSTEM' },
  ],
  [
    'A_LONG_NAME_ON_A_LINE_OF_ITS_OWN.TXT;12',
    { name: 'A_LONG_NAME_ON_A_LINE_OF_ITS_OWN.TXT;12', type: 'file' },
  ],
  [
    'WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PO  USER.LIB',
    { name: 'USER.LIB', type: 'folder' },
  ],
  [
    'Migrated                                                USER.OLD',
    { name: 'USER.OLD', type: 'file' },
  ],
  [
    ' MEMBER1  01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001',
    { name: 'MEMBER1', type: 'file', user: 'KIL001', member: true },
  ],
  [
    'QSYS            77824 02/23/00 15:09:55 *DIR       QTEMP/',
    { name: 'QTEMP', type: 'folder', user: 'QSYS' },
  ],
  [
    'PEP                                     *MEM       FILE.MBR',
    { name: 'FILE.MBR', type: 'file', user: 'PEP' },
  ],
  [
    'd [R----F--] supervisor            512       Jan 16 18:53    login',
    { name: 'login', type: 'folder', user: 'supervisor' },
  ],
] as [string, object][])('%s', (line, entry) => {
  expect(readMainframeLine(line)).toEqual(entry)
})

test.each([
  'Directory USER1:[ANONYMOUS]',
  'Total of 11 files, 2 blocks.',
  '                    213/216  29-JAN-1996 03:33:12  [ANONYMOU,ANONYMOUS]',
  'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
  ' Name     VV.MM   Created       Changed      Size  Init   Mod   Id',
])('%s only frames the others', (line) => {
  expect(readMainframeLine(line)).toBe('known')
})

test.each(['', 'something', '?????????? ? ? ? ? ? f1'])('%o is none', (line) => {
  expect(readMainframeLine(line)).toBeUndefined()
})
