import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'

import { safeJoin } from '@net/core'
import { whyUnsafe } from '@net/core/authoring'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { temporaryFolder } from './folder.ts'

test('joins names that stay inside', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('in'))
  expect(await safeJoin(folder.path, 'in', 'report.csv')).toBe(folder.at('in', 'report.csv'))
  expect(await safeJoin(folder.path, 'in/new/ä b.txt')).toBe(folder.at('in', 'new', 'ä b.txt'))
  expect(await safeJoin(folder.path, '...a')).toBe(folder.at('...a'))
  expect(await safeJoin(folder.path, 'console', 'com10', 'a'.repeat(255))).toContain('com10')
  expect(await safeJoin(folder.at('not-yet'), 'a')).toBe(folder.at('not-yet', 'a'))
})

test.each([
  [],
  [''],
  ['..'],
  ['a/../b'],
  ['.'],
  ['/etc/passwd'],
  ['a//b'],
  ['a/'],
  ['a', ''],
  ['a', '../../b'],
  ['..\\a'],
  ['a\\b'],
  ['C:'],
  ['c:a'],
  ['a:stream'],
  ['a\0b'],
  ['a\nb'],
  ['a\u0085'],
  ['CON'],
  ['nul.txt'],
  ['com1'],
  ['LPT9.log'],
  ['com\u00b9'],
  ['CONIN$'],
  ['aux .txt'],
  ['a.'],
  ['a '],
  ['ä'.repeat(128)],
  ['\ud800'],
])('refuses %j', async (...names: string[]) => {
  await using folder = await temporaryFolder()
  await expect(safeJoin(folder.path, ...names)).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
})

test('refuses links that lead out of the folder, wherever they stand', async () => {
  await using folder = await temporaryFolder()
  const root = folder.at('root')
  await mkdir(folder.at('root', 'in'), { recursive: true })
  await mkdir(folder.at('root-2'))
  await writeFile(folder.at('secret'), 'x')
  await symlink(folder.at('secret'), folder.at('root', 'file'))
  await symlink('../root-2', folder.at('root', 'folder'))
  await symlink(folder.at('nowhere'), folder.at('root', 'dangling'))
  await symlink('in', folder.at('root', 'inside'))
  await symlink('../../secret', folder.at('root', 'in', 'deep'))
  for (const name of ['file', 'folder', 'folder/new', 'dangling', 'in/deep', 'inside/deep']) {
    await expect(safeJoin(root, name)).rejects.toMatchObject({ code: 'NET_BAD_NAME' })
  }
  expect(await safeJoin(root, 'inside/new')).toBe(folder.at('root', 'inside', 'new'))
  // The folder itself may be reached by a link: it is the caller's word.
  await symlink(root, folder.at('alias'))
  expect(await safeJoin(folder.at('alias'), 'in/a')).toBe(folder.at('alias', 'in', 'a'))
})

test('[H-CORE-20] the error shows the name without its control characters', async () => {
  await expect(safeJoin('/tmp', 'a\r\n\u001b[2J')).rejects.toMatchObject({
    message: expect.stringContaining('"a\\r\\n\\x1b[2J"'),
  })
})

test('no name whatever leads out of the folder', async () => {
  const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '/', '\\', 'C:'), fc.string())
  await fc.assert(
    fc.asyncProperty(fc.array(part), async (parts) => {
      const path = await safeJoin('/nonexistent/root', ...parts).catch(() => undefined)
      if (path !== undefined)
        expect(relative('/nonexistent/root', path)).toMatch(/^(?!\.\.(\/|$))[^/]/)
    }),
  )
})

test.each<[unknown, unknown]>([
  [null, 'a'],
  [5, 'a'],
  ['/tmp', null],
  ['/tmp', 5],
])('%o and %o are not joined', async (folder, name) => {
  await expect(safeJoin(folder as string, name as string)).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    operation: 'safeJoin',
  })
})

test('a name is safe or there is a reason', () => {
  expect(whyUnsafe('report.csv')).toBeUndefined()
  expect(whyUnsafe('..')).toBe('"." and ".." lead elsewhere')
})
