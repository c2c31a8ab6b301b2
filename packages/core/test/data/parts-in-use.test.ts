import { mkdir, readFile, rename, symlink } from 'node:fs/promises'

import { toFile } from '@net/core'
import { expect, test, vi } from 'vitest'

import { disk } from '../../src/data/disk.ts'
import { PartFile } from '../../src/data/part-file.ts'
import { useFile } from '../../src/data/parts-in-use.ts'
import { temporaryFolder } from './folder.ts'

test('who comes while the file is written is refused', async () => {
  const first = await useFile('/written', 'a')
  first.opened()
  await expect(useFile('/written', 'a')).rejects.toMatchObject({ code: 'NET_BUSY' })
  first.ended()
  const second = await useFile('/written', 'a')
  second.ended()
})

test('who comes while the file is opened, and then given up, gets it', async () => {
  const first = await useFile('/given-up', 'a')
  const second = useFile('/given-up', 'a')
  first.opened()
  first.ending()
  let isThere = false
  void second.then(() => (isThere = true))
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(isThere).toBe(false)
  first.ended()
  const use = await second
  use.ended()
})

test('who comes while the file is opened is refused once it is written', async () => {
  const first = await useFile('/opened', 'a')
  const second = useFile('/opened', 'a')
  first.opened()
  await expect(second).rejects.toMatchObject({ code: 'NET_BUSY' })
  first.ended()
})

test('a file that could not be opened is free for the next', async () => {
  const first = await useFile('/failed', 'a')
  const next = [useFile('/failed', 'a'), useFile('/failed', 'a')]
  first.ended()
  const use = await Promise.race(next)
  use.opened()
  const settled = await Promise.allSettled(next)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  use.ended()
})

test('a file that is being given up is opened by the next call, and not refused', async () => {
  await using folder = await temporaryFolder()
  const first = await PartFile.open(toFile(folder.at('a')), false)
  void first.abort()
  const next = await PartFile.open(toFile(folder.at('a')), false)
  await expect(PartFile.open(toFile(folder.at('a')), false)).rejects.toMatchObject({
    code: 'NET_BUSY',
  })
  await next.commit()
})

test('a file is busy until it has its name, by whatever path its folder is reached', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.at('real'))
  await symlink('real', folder.at('link'))
  const [path, same] = [folder.at('real/a'), folder.at('link/a')]
  const file = await PartFile.open(toFile(path), false)
  await file.writeAll([Buffer.from('whole')])
  await expect(PartFile.open(toFile(same), false)).rejects.toMatchObject({ code: 'NET_BUSY' })
  const { promise: asked, resolve: goOn } = Promise.withResolvers<void>()
  using renaming = vi.spyOn(disk(), 'rename')
  // It has no name before the other call has asked for it.
  renaming.mockImplementation(async (from, to) => {
    await asked
    await rename(from, to)
  })
  const commit = file.commit()
  await expect(PartFile.open(toFile(path), false)).rejects.toMatchObject({ code: 'NET_BUSY' })
  goOn()
  await commit
  expect(await readFile(path, 'utf8')).toBe('whole')
  await (await PartFile.open(toFile(same), false)).abort()
})
