import { expect, test } from 'vitest'

import { readUnixLine } from '../../src/listing/unix-line.ts'

test.each([
  ['-rw-r-----   1 joe  staff   1057 Dec 11 14:35 a b.txt', 'a b.txt', 1057, 'joe', 'staff'],
  ['-rw-r--r-- 1 joe 1057 Dec 11 2025 a', 'a', 1057, 'joe', undefined],
  ['-rw-r--r-- 1 1057 Dec 11 2025 a', 'a', 1057, undefined, undefined],
  ['-rw-r--r-- 1 500 500 7 Dec 11 2025 a', 'a', 7, '500', '500'],
  ['-rw-r--r-- 1 12 10 5 Dec 11 2025 a', 'a', 5, '12', '10'],
  ['-rw-r--r--+ 1 joe Domain Users 7 Dec 11 2025 a', 'a', 7, 'joe', 'Domain Users'],
  ['-rw-r--r--. 1 joe staff 7 2025-12-11 14:35 a', 'a', 7, 'joe', 'staff'],
  ['-rw-r--r--@ 1 joe staff 7 2025-12-11 14:35:11.000000000 +0100 a', 'a', 7, 'joe', 'staff'],
  ['-rw-r--r-- joe staff 7 Dec 11 2025 a', 'a', 7, 'joe', 'staff'],
  ['  1234 8 -rw-r--r-- 1 joe staff 7 Dec 11 2025 a', 'a', 7, 'joe', 'staff'],
  ['-rw-r--r-- 1 joe staff 7 Dec 11 2025   a', '  a', 7, 'joe', 'staff'],
])('reads %j', (line, ...expected) => {
  const { name, size, user, group } = readUnixLine(line) ?? {}
  expect([name, size, user, group]).toEqual(expected)
})

test('the first size with a date behind it is the size, whatever the name looks like', () => {
  const columns = '-rw-r--r--   1 www-data www-data 52428800 Nov 29 09:10'
  for (const name of [
    'Backup 1 25 Dec 2023 full.zip',
    '5 Jan 01 2020 x',
    'a -> b',
    '7 1 Jan 10:00 y',
  ]) {
    expect(readUnixLine(`${columns} ${name}`)).toMatchObject({ name, size: 52_428_800 })
  }
})

test('months of any language, also in bytes that are not text', () => {
  const dates = ['janv. 05', 'mars 01', '1月 05', 'Mai 05', '5 févr.', '05 März', 'f\uDCE9vr. 05']
  for (const date of dates) {
    expect(readUnixLine(`-rw-r--r-- 1 a b 3 ${date} 2020 f`)).toMatchObject({ name: 'f', size: 3 })
  }
  expect(readUnixLine('-rw-r--r-- 1 a b 3 1月 5日 2020年 f')).toMatchObject({ name: 'f' })
  expect(readUnixLine('-rw-r--r-- 1 a b 3 12月 05 10:05 f')).toMatchObject({ name: 'f' })
})

test('folders, links, devices and modes', () => {
  expect(readUnixLine('drwxr-sr-t 2 joe staff 4096 Jan  1  2026 in')).toMatchObject({
    type: 'folder',
    mode: 0o3755,
  })
  expect(readUnixLine('-rwsrwSr-T 1 joe staff 1 Jan  1  2026 x')).toMatchObject({ mode: 0o7764 })
  expect(readUnixLine('srwxrwxrwx 1 joe staff 0 Jan  1  2026 s')).toMatchObject({
    type: 'other',
    size: 0,
  })
  const device = readUnixLine('crw-rw-rw- 1 root root 1,   3 Jan  1 10:00 null')
  expect(device).toMatchObject({ name: 'null', type: 'other' })
  expect(device).not.toHaveProperty('size')
})

test('where a link has several arrows, its size reports which one is its own', () => {
  const link = (size: number, text: string): unknown =>
    readUnixLine(`lrwxrwxrwx 1 joe staff ${size} Jan  1  2026 ${text}`)
  expect(link(4, 'link -> in/x')).toMatchObject({ name: 'link', target: 'in/x' })
  expect(link(1, 'a -> b -> c')).toMatchObject({ name: 'a -> b', target: 'c' })
  expect(link(6, 'a -> b -> c')).toMatchObject({ name: 'a', target: 'b -> c' })
  expect(link(99, 'a -> b -> c')).toMatchObject({ name: 'a', target: 'b -> c' })
  expect(link(3, 'alone')).toEqual({
    name: 'alone',
    type: 'link',
    size: 3,
    mode: 0o777,
    user: 'joe',
    group: 'staff',
  })
})

test.each([
  'total 3',
  'ls: cannot access none: No such file or directory',
  '11-14-97  04:21PM                  953 a.txt',
  '-rw-r--r-- 1 joe staff 7 a',
  '+i8388621.29609,m824255902,/,\tdev',
])('%j is not of this format', (line) => {
  expect(readUnixLine(line)).toBeUndefined()
})

test('[H-FTP-20] the longest line that is let through costs little', () => {
  const lines = [
    '-rw-r--r-- 1 ' + 'a '.repeat(4000),
    '-rw-r--r-- 1 ' + ' '.repeat(8000),
    '-rw-r--r-- ' + '1 '.repeat(4000),
    ' '.repeat(8000),
    '-rw-r--r-- 1 a b 3 ' + 'é'.repeat(4000),
  ]
  const begun = process.cpuUsage()
  for (const line of lines) for (let turn = 0; turn < 20; turn++) readUnixLine(line)
  const { user } = process.cpuUsage(begun)
  // 100 lines of 8 KB; a reading that is not linear takes seconds.
  expect(user).toBeLessThan(1_000_000)
})

test('numbers where names are expected, and what is no size, are read as they stand', () => {
  const read = (line: string) => readUnixLine(`-rw-r--r-- ${line}`)
  expect(read('1 joe 12 2020 Nov 30 04:28 x')).toMatchObject({ size: 2020, name: 'x' })
  expect(read('1 joe 12 20200 Nov 30 04:28 x')).toMatchObject({ size: 20_200, name: 'x' })
  expect(read('1 joe staff 2020 Nov 30 04:28 x')).toMatchObject({ size: 2020, name: 'x' })
  expect(read('1 joe 8, 1 Nov 30 04:28 x')).not.toHaveProperty('size')
  expect(read('1 joe staff 99999999999999999 Nov 30 04:28 x')).not.toHaveProperty('size')
})
