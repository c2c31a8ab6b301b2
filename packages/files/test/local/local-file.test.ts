import { rmSync, symlinkSync } from 'node:fs'
import { chmod, link, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'

import { operation } from '@net/core/authoring'
import { localFiles } from '@net/files'
import { expect, test } from 'vitest'

import type { FilePlace } from '../../src/local/file-place.ts'
import { hasHandles } from '../../src/local/handle-path.ts'
import { changeMode, copyOver, hashFile, readFile as chunksOf } from '../../src/local/local-file.ts'
import { testFolder, type TestFolder } from './folder.ts'

test('reads a part, copies over a file, and hashes', async () => {
  await using folder = await testFolder()
  const [one, two] = ['one', 'two'].map((path) => ({ at: folder.at(path), path }))
  await writeFile(one!.at, '0123456789')
  await writeFile(two!.at, 'old and longer than the other')
  const chunks = await Array.fromAsync(chunksOf(one!, { start: 2, end: 5 }))
  expect(Buffer.concat(chunks).toString()).toBe('234')
  const copied = (to: FilePlace): Promise<void> =>
    operation({ protocol: 'files', operation: 'test', kind: 'transfer' }, {}, (op) =>
      copyOver(op, one!, to),
    )
  await copied(two!)
  expect(await readFile(two!.at, 'utf8')).toBe('0123456789')
  expect(await hashFile(new AbortController(), two!, 'md5')).toBe(
    '781e5e245d69b566979b86e28d23f2c7',
  )
  await expect(copied({ at: folder.path, path: 'in' })).rejects.toThrow('it is a folder')
})

test('an abort ends the copy of a large file in the middle', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('large'), '')
  await truncate(folder.at('large'), 200 * 1024 * 1024)
  await chmod(folder.at('large'), 0o600)
  const files = localFiles(folder.path)
  const controller = new AbortController()
  const { signal } = controller
  const copying = files.copyWithin?.('large', 'copy', {
    signal,
    onProgress: () => controller.abort(),
  })
  await expect(copying).rejects.toThrow(expect.objectContaining({ code: 'NET_ABORTED' }))
  const { mode, size } = await stat(folder.at('copy'))
  expect(size).toBeLessThan(200 * 1024 * 1024)
  expect(mode & 0o777).toBe(0o600)
})

test.skipIf(process.platform === 'win32')(
  'what an abort leaves of a large file that is read-only can be written to by a later copy',
  async () => {
    await using folder = await testFolder()
    await writeFile(folder.at('large'), '')
    await truncate(folder.at('large'), 65 * 1024 * 1024)
    await chmod(folder.at('large'), 0o444)
    const files = localFiles(folder.path)
    const controller = new AbortController()
    const stopped = { signal: controller.signal, onProgress: () => controller.abort() }
    await expect(files.copyWithin?.('large', 'copy', stopped)).rejects.toThrow()
    expect((await stat(folder.at('copy'))).mode & 0o200).toBe(0o200)
    await files.copyWithin?.('large', 'copy')
    expect((await stat(folder.at('copy'))).mode & 0o777).toBe(0o444)
  },
)

test.each([4, 80 * 1024 * 1024])(
  'a file of %i bytes that is copied over itself stays',
  async (size) => {
    await using folder = await testFolder()
    await writeFile(folder.at('file'), '')
    await truncate(folder.at('file'), size)
    const files = localFiles(folder.path)
    await files.copyWithin?.('file', 'file')
    expect((await stat(folder.at('file'))).size).toBe(size)
    // Another name of the same file.
    await link(folder.at('file'), folder.at('other'))
    await files.copyWithin?.('file', 'other')
    expect((await stat(folder.at('file'))).size).toBe(size)
    expect((await stat(folder.at('other'))).size).toBe(size)
  },
)

/** A file in whose place a link is put once it was looked at. */
function swapped(folder: TestFolder, leads: string): FilePlace {
  let looks = 0
  return {
    path: 'file',
    get at() {
      if (++looks === 2) {
        rmSync(folder.at('file'))
        symlinkSync(leads, folder.at('file'))
      }
      return folder.at('file')
    },
  }
}

test.runIf(hasHandles())(
  '[H-FTP-17] a link that is put in the place of a file while it is copied leads nowhere',
  async () => {
    await using outside = await testFolder()
    await using folder = await testFolder()
    await writeFile(outside.at('secret'), 'secret')
    await writeFile(folder.at('file'), 'own')
    const to = { at: folder.at('copy'), path: 'copy' }
    const spec = { protocol: 'files', operation: 'test', kind: 'transfer' } as const
    const copying = operation(spec, {}, (op) =>
      copyOver(op, swapped(folder, outside.at('secret')), to),
    )
    await expect(copying).rejects.toThrow('ELOOP')
    expect(await readdir(folder.path)).toEqual(['file'])
  },
)

test.runIf(hasHandles())(
  '[H-FTP-17] the mode of a file is that of no other file, though a link takes its place',
  async () => {
    await using outside = await testFolder()
    await using folder = await testFolder()
    await writeFile(outside.at('other'), '', { mode: 0o640 })
    await writeFile(folder.at('file'), '')
    await changeMode({ at: folder.at('file'), path: 'file' }, 0o604)
    expect((await stat(folder.at('file'))).mode & 0o777).toBe(0o604)
    await expect(changeMode(swapped(folder, outside.at('other')), 0o666)).rejects.toThrow()
    expect((await stat(outside.at('other'))).mode & 0o777).toBe(0o640)
  },
)

test('the mode of a file that its owner may not read can be set', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('file'), '', { mode: 0o200 })
  await changeMode({ at: folder.at('file'), path: 'file' }, 0o600)
  expect((await stat(folder.at('file'))).mode & 0o777).toBe(0o600)
})
