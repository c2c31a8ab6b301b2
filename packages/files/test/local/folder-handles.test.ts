import { mkdir, readdir, readlink, rename, symlink, writeFile } from 'node:fs/promises'

import { DiskPace } from '@net/core/authoring'
import { expect, test } from 'vitest'

import { FolderHandles } from '../../src/local/folder-handles.ts'
import { testFolder } from './folder.ts'

test('a folder stays the same while it is used, whatever takes its place', async () => {
  await using outside = await testFolder()
  await using folder = await testFolder()
  await mkdir(folder.at('in'))
  const folders = new FolderHandles(folder.path, new DiskPace())
  await folders.use(['in'], async (at) => {
    await rename(folder.at('in'), folder.at('moved'))
    await symlink(outside.path, folder.at('in'))
    await writeFile(`${at}/file`, 'x')
  })
  expect(await readdir(outside.path)).toEqual([])
  expect(await readdir(folder.at('moved'))).toEqual(['file'])
  await expect(folders.use(['in'], async () => {})).rejects.toThrow('a link is in the way')
})

test('a folder is open only while it is used', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('a', 'b'), { recursive: true })
  const folders = new FolderHandles(folder.path, new DiskPace())
  const open = async (): Promise<number> => {
    const handles = await readdir('/proc/self/fd')
    const paths = await Promise.all(
      handles.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    )
    return paths.filter((path) => path.startsWith(folder.path)).length
  }
  const before = await open()
  const one = await folders.hold(['a', 'b'])
  const two = await folders.hold(['a', 'b'])
  expect(two.at).toBe(one.at)
  expect(await open()).toBe(before + 1)
  await Promise.all([one.letGo(), two.letGo()])
  expect(await open()).toBe(before)
  await expect(folders.use(['a', 'c'], async () => {})).rejects.toThrow('ENOENT')
  expect(await open()).toBe(before)
})

test('a folder that is in use under another name by now is not used in place of the new one', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('a', 'in'), { recursive: true })
  const folders = new FolderHandles(folder.path, new DiskPace())
  const old = await folders.hold(['a', 'in'])
  await rename(folder.at('a'), folder.at('moved'))
  await expect(folders.use(['a', 'in'], async () => {})).rejects.toThrow('ENOENT')
  await mkdir(folder.at('a', 'in'), { recursive: true })
  const held = await folders.hold(['a', 'in'])
  await folders.use(['a', 'in'], (at) => writeFile(`${at}/file`, 'x'))
  await held.letGo()
  await old.letGo()
  expect(await readdir(folder.at('a', 'in'))).toEqual(['file'])
  expect(await readdir(folder.at('moved', 'in'))).toEqual([])
  const handles = await readdir('/proc/self/fd')
  const paths = await Promise.all(
    handles.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  expect(paths.filter((path) => path.startsWith(folder.path))).toEqual([])
})
