import { expect, test } from 'vitest'

import type { FtpEntry } from '@net/ftp'

import { isAboutItself, readFacts, readSize, readTime } from '../../src/listing/facts.ts'

test('reads facts in any case and order, and names with spaces and semicolons', () => {
  expect(
    entryOf(
      'Size=12;Type=file;Modify=20260102030405.678;UNIX.mode=0640;UNIX.owner=joe;UNIX.group=staff; a b;c =d',
    ),
  ).toEqual({
    name: 'a b;c =d',
    type: 'file',
    size: 12,
    modified: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    mode: 0o640,
    user: 'joe',
    group: 'staff',
  })
})

test('reads folders, links and what is neither', () => {
  expect(entryOf('type=dir; in')).toEqual({ name: 'in', type: 'folder' })
  expect(entryOf('type=OS.unix=slink:/etc/x; l')).toEqual({
    name: 'l',
    type: 'link',
    target: '/etc/x',
  })
  expect(entryOf('type=OS.unix=symlink; l')).toEqual({ name: 'l', type: 'link' })
  expect(entryOf('type=OS.unix=chr-1/3; null').type).toBe('other')
  expect(entryOf(' nothing known')).toEqual({ name: 'nothing known', type: 'other' })
})

test('knows the lines about the folder itself', () => {
  expect(isAboutItself('modify=20260101000000;type=cdir; /in')).toBe(true)
  expect(isAboutItself('type=pdir; ..')).toBe(true)
  expect(isAboutItself('type=dir; type=cdir;')).toBe(false)
})

test.each(['-5', '1e400', '12abc', '', ' 5', '0x10', '9007199254740993', '99999999999999999'])(
  '[H-FTP-21] "%s" is no size',
  (size) => {
    expect(readSize(size)).toBeUndefined()
  },
)

test.each([
  'garbage',
  '2026',
  '202601010000',
  '20261301000000',
  '20260132000000',
  '20260101250000',
  '20260101000000x',
])('[H-FTP-21] %s is no time', (time) => {
  expect(readTime(time)).toBeUndefined()
})

test.each(['size=', 'size=-1', 'modify=00000000000000', 'modify=202601010000', 'UNIX.mode=rw'])(
  'a fact %s is left out and counted, and the others stand',
  (fact) => {
    expect(readFacts(`type=file;${fact};UNIX.owner=joe; a b`)).toEqual({
      entry: { name: 'a b', type: 'file', user: 'joe' },
      odd: 1,
    })
  },
)

test('a line without a name is not an entry', () => {
  for (const line of ['', 'type=file;size=5;name', 'type=file; ']) {
    expect(readFacts(line)).toBeUndefined()
  }
})

function entryOf(line: string): Partial<FtpEntry> {
  return readFacts(line)?.entry ?? {}
}

test('a mode is octal, with or without a word that says so', () => {
  for (const mode of ['644', '0644', '0o644', '100644']) {
    expect(readFacts(`type=file;unix.mode=${mode}; a`)).toMatchObject({ entry: { mode: 0o644 } })
  }
  expect(readFacts('type=file;unix.mode=0x644; a')).toMatchObject({ entry: { name: 'a' }, odd: 1 })
})
