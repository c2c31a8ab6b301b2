import { expect, test } from 'vitest'

import { factsLine, peopleLine, timeText } from '../../src/testing/listing-text.ts'

const modified = Date.UTC(2026, 0, 2, 3, 4, 5)
const file = { name: 'a b', type: 'file', size: 5, modified } as const
const folder = { name: 'in', type: 'folder', size: 0, modified } as const

test('writes facts', () => {
  expect(factsLine(file, '/x/a b')).toBe(
    'type=file;size=5;modify=20260102030405;UNIX.mode=0644; /x/a b',
  )
  expect(factsLine(folder, 'in')).toBe('type=dir;modify=20260102030405;UNIX.mode=0755; in')
})

test('writes what people read', () => {
  expect(peopleLine(file)).toBe('-rw-r--r-- 1 ftp ftp          5 Jan  2  2026 a b')
  expect(peopleLine(folder)).toBe('drwxr-xr-x 1 ftp ftp          0 Jan  2  2026 in')
})

test('writes times', () => {
  expect(timeText(modified)).toBe('20260102030405')
})
