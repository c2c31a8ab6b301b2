import {
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { pathToFileURL } from 'node:url'

import { fromFile, fromText } from '@net/core'
import { disk } from '@net/core/authoring'
import { checkRemoteFiles } from '@net/core/testing'
import { localFiles, memoryFiles, type LocalNames } from '@net/files'
import { expect, test, vi } from 'vitest'

import { contentsOf } from '@net/files/testing'
import { textOf } from '../../src/testing/contents.ts'
import { testFolder } from './folder.ts'

test.each<LocalNames>(['portable', 'system'])(
  'a local folder with %s names is a tree',
  async (names) => {
    await checkRemoteFiles(async () => {
      const folder = await testFolder()
      return {
        files: localFiles(folder.path, { names }),
        [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
      }
    })
  },
)

test('a folder is named by its path or its URL', async () => {
  await using folder = await testFolder()
  const url = pathToFileURL(folder.path)
  expect(localFiles(url).name).toBe(url.href)
  expect(localFiles(folder.path).name).toBe(url.href)
  expect(() => localFiles(1 as never)).toThrow(expect.objectContaining({ code: 'NET_BAD_OPTION' }))
})

test('[H-FTP-17] nothing is read, written or removed through a link', async () => {
  await using outside = await testFolder()
  await using folder = await testFolder()
  await writeFile(outside.at('secret'), 'untouched')
  await symlink(outside.path, folder.at('out'))
  await symlink(outside.at('secret'), folder.at('file'))
  await symlink(outside.at('new'), folder.at('dangling'))
  const files = localFiles(folder.path)
  const bad = expect.objectContaining({ code: 'NET_BAD_NAME' })
  await expect(textOf(files, 'out/secret')).rejects.toThrow(bad)
  await expect(textOf(files, 'file')).rejects.toThrow(bad)
  await expect(files.write('out/x', fromText('x'))).rejects.toThrow(bad)
  await expect(files.write('file', fromText('x'))).rejects.toThrow(bad)
  await expect(files.write('dangling', fromText('x'))).rejects.toThrow(bad)
  await expect(files.mkdir('out/x')).rejects.toThrow(bad)
  await expect(files.remove('out/secret')).rejects.toThrow(bad)
  await expect(contentsOf(files, 'out')).rejects.toThrow(bad)
  await expect(files.setMode('file', 0o600)).rejects.toThrow(bad)
  await expect(files.stat('file', { follow: true })).rejects.toThrow(bad)
  await files.write('own', fromText('own'))
  await files.copyWithin?.('own', 'file')
  expect(await textOf(files, 'file')).toBe('own')
  await files.remove('out', { recursive: true })
  expect(await readdir(outside.path)).toEqual(['secret'])
  expect(await readFile(outside.at('secret'), 'utf8')).toBe('untouched')
})

test('portable names are what any system takes, and system names all that this one has', async () => {
  await using folder = await testFolder()
  const [portable, system] = [localFiles(folder.path), localFiles(folder.path, { names: 'system' })]
  for (const name of ['a:b', 'CON', 'dot.', 'back\\slash', 'esc\u001b']) {
    await expect(portable.write(name, fromText('x'))).rejects.toThrow(
      expect.objectContaining({ code: 'NET_BAD_NAME' }),
    )
    await system.write(name, fromText(name))
    expect(await textOf(portable, name)).toBe(name)
    await portable.remove(name)
  }
  expect(portable.refusesName?.('CON')).toContain('device')
  expect(system.refusesName?.('CON')).toBeUndefined()
})

test('a name whose bytes are no text is read, copied and removed by its bytes', async () => {
  await using folder = await testFolder()
  await writeFile(Buffer.concat([Buffer.from(`${folder.path}/caf`), Buffer.from([0xe9])]), 'latin')
  const files = localFiles(folder.path, { names: 'system' })
  const name = 'caf\udce9'
  expect(await contentsOf(files)).toEqual({ [name]: 'latin' })
  await files.copyWithin?.(name, `${name}2`)
  const names = await readdir(folder.path, { encoding: 'buffer' })
  expect(names.map((each) => each.toString('latin1')).toSorted()).toEqual([
    'caf\u00e9',
    'caf\u00e92',
  ])
  await files.remove(name)
  expect(await contentsOf(files)).toEqual({ [`${name}2`]: 'latin' })
})

test('a copy from another local folder goes without us, and one from elsewhere is NET_UNSUPPORTED', async () => {
  await using one = await testFolder()
  await using two = await testFolder()
  const [from, to] = [localFiles(one.path), localFiles(two.path)]
  await from.write('a', fromText('text'))
  await to.copyWithin?.('a', 'b', { source: from })
  expect(await textOf(to, 'b')).toBe('text')
  const other = to.copyWithin?.('a', 'b', { source: memoryFiles({ contents: { a: '' } }) })
  await expect(other).rejects.toThrow(expect.objectContaining({ code: 'NET_UNSUPPORTED' }))
})

test('makes its own folder if it is told to', async () => {
  await using folder = await testFolder()
  const files = localFiles(folder.at('new', 'deep'))
  await expect(files.stat('')).rejects.toThrow(expect.objectContaining({ code: 'NET_NOT_FOUND' }))
  expect((await files.capabilities()).rename).toBe('atomic')
  await files.mkdir('', { recursive: true })
  expect((await stat(folder.at('new', 'deep'))).isDirectory()).toBe(true)
})

test('a pipe is told as what it is', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('in'))
  const { execFileSync } = await import('node:child_process')
  execFileSync('mkfifo', [folder.at('in', 'pipe')])
  const files = localFiles(folder.path)
  expect(await files.stat('in/pipe')).toMatchObject({ type: 'other', raw: 'pipe' })
  await expect(textOf(files, 'in/pipe')).rejects.toThrow(
    expect.objectContaining({ code: 'NET_BAD_NAME' }),
  )
})

test('what is written while a file of a renamed folder is read goes into the new folder', async () => {
  await using folder = await testFolder()
  const files = localFiles(folder.path)
  await files.mkdir('in')
  await files.write('in/large', new Uint8Array(1_000_000))
  for await (const _ of files.read('in/large')) {
    await files.rename('in', 'old')
    await files.mkdir('in')
    await files.write('in/new', fromText('new'))
    break
  }
  expect(await contentsOf(files)).toMatchObject({ 'in/new': 'new' })
  expect(await readdir(folder.at('old'))).toEqual(['large'])
})

test('a source that cannot be opened leaves the file as it was', async () => {
  await using folder = await testFolder()
  for (const files of [localFiles(folder.path), memoryFiles()]) {
    await files.write('file', fromText('precious'))
    const source = fromFile(folder.at('missing'))
    await expect(files.write('file', source)).rejects.toThrow(
      expect.objectContaining({ code: 'NET_LOCAL_IO' }),
    )
    await expect(files.write('new', source)).rejects.toThrow(
      expect.objectContaining({ code: 'NET_LOCAL_IO' }),
    )
    expect(await contentsOf(files)).toEqual({ file: 'precious' })
  }
})

test('an abort ends the hash of a large file, and lets go of it', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('large'), '')
  // Of a file that takes minutes the handle would be held all the while.
  await truncate(folder.at('large'), 200_000_000_000)
  const files = localFiles(folder.path)
  const controller = new AbortController()
  const hashing = files.hash?.('large', 'sha256', { signal: controller.signal })
  await vi.waitFor(async () => expect(await held(folder.path)).toHaveLength(2), { interval: 1 })
  controller.abort()
  await expect(hashing).rejects.toThrow(expect.objectContaining({ code: 'NET_ABORTED' }))
  await vi.waitFor(async () => expect(await held(folder.path)).toEqual([]), { timeout: 10_000 })
})

/** The files and folders from that path on which this process has open. */
async function held(path: string): Promise<readonly string[]> {
  const handles = await readdir('/proc/self/fd')
  const paths = await Promise.all(
    handles.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return paths.filter((each) => each.startsWith(path))
}

test('a folder that takes none fails the call, which asks for each folder by itself', async () => {
  const missing = await lstat(`${tmpdir()}/none`).catch((error: unknown) => error)
  using mkdir = vi.spyOn(disk(), 'mkdir').mockRejectedValue(missing)
  const files = localFiles(`${tmpdir()}/none/deep`)
  await expect(files.mkdir('', { recursive: true })).rejects.toMatchObject({
    code: 'NET_LOCAL_IO',
  })
  // Each folder by a call of its own: the system's way of making all at once need not end.
  for (const [, options] of mkdir.mock.calls) expect(options).not.toMatchObject({ recursive: true })
})
