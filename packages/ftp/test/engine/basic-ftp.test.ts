import { expect, test } from 'vitest'

import { loadLineReader } from '../../src/engine/basic-ftp.ts'

test('reads lines of Unix', async () => {
  const read = await loadLineReader()
  expect(read('-rw-r-----   1 joe  staff   1057 Dec 11 14:35 a b.txt')).toEqual({
    name: 'a b.txt',
    type: 'file',
    size: 1057,
    mode: 0o640,
    user: 'joe',
    group: 'staff',
  })
  expect(read('drwxr-xr-x 2 joe staff 4096 Jan 1 2026 in')?.type).toBe('folder')
  expect(read('lrwxrwxrwx 1 joe staff 4 Jan 1 2026 link -> in/x')).toMatchObject({
    name: 'link',
    type: 'link',
    target: 'in/x',
  })
  expect(read('srwxrwxrwx 1 joe staff 0 Jan 1 2026 socket')?.type).toBe('other')
})

test('reads lines of Windows', async () => {
  const read = await loadLineReader()
  expect(read('12-05-96  05:03PM       <DIR>          my folder')).toEqual({
    name: 'my folder',
    type: 'folder',
    size: 0,
  })
  expect(read('11-14-97  04:21PM                  953 a.txt')).toEqual({
    name: 'a.txt',
    type: 'file',
    size: 953,
  })
})

test.each([' name', 'type=file;size=5; a', '25 of 30 files', 'ls: none', '-rw-r--r-- 1 a b 3'])(
  'does not guess at %j',
  async (line) => {
    const read = await loadLineReader()
    expect(read(line)).toBeUndefined()
  },
)
