import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'

import { fromFile, type RemoteFiles, type Source } from '@net/core'
import { localFiles, memoryFiles } from '@net/files'
import { expect, test } from 'vitest'

import { testFolder } from './folder.ts'

async function textOf(files: RemoteFiles, path = 'file'): Promise<string> {
  return Buffer.concat(await Array.fromAsync(files.read(path))).toString()
}

async function* upper(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Buffer.from(Buffer.from(chunk).toString().toUpperCase())
}

/** What can be made of a file and be written in its place. */
const sources: readonly (readonly [string, (files: RemoteFiles) => Source, string, string])[] = [
  ['all of it', (files) => files.read('file'), '', ''],
  ['all of it, by a function', (files) => () => files.read('file'), '', ''],
  ['its end', (files) => () => files.read('file', { start: 2 }), 'cut', ''],
  ['it in capital letters', (files) => upper(files.read('file')), '', 'upper'],
]

test.each(['a local file', 'a file in memory'])(
  '%s is written from what is read from it',
  async (kind) => {
    for (const size of [4, 70_000, 700_000])
      for (const [, sourceOf, cut, letters] of sources) {
        await using folder = await testFolder()
        const text = 'abcd'.repeat(size / 4)
        const files =
          kind === 'a local file'
            ? localFiles(folder.path)
            : memoryFiles({ contents: { file: text } })
        await writeFile(folder.at('file'), text, { mode: 0o640 })
        await chmod(folder.at('file'), 0o640)
        await files.write('file', sourceOf(files))
        const rest = cut === '' ? text : text.slice(2)
        expect(await textOf(files)).toBe(letters === '' ? rest : rest.toUpperCase())
        expect(await readdir(folder.path)).toEqual(['file'])
        expect((await stat(folder.at('file'))).mode & 0o777).toBe(0o640)
      }
  },
)

test.each(['a local file', 'a file in memory'])('%s is put behind itself once', async (kind) => {
  await using folder = await testFolder()
  await writeFile(folder.at('file'), 'twice')
  const files =
    kind === 'a local file' ? localFiles(folder.path) : memoryFiles({ contents: { file: 'twice' } })
  await files.write('file', () => files.read('file'), { start: 5 })
  expect(await textOf(files)).toBe('twicetwice')
})

test('a local file is written from itself by fromFile, also by another name', async () => {
  await using folder = await testFolder()
  const files = localFiles(folder.path)
  for (const size of [4, 700_000]) {
    const text = 'x'.repeat(size)
    await writeFile(folder.at('file'), text)
    await files.write('file', fromFile(folder.at('file')))
    await link(folder.at('file'), folder.at(`other-${size}`))
    await files.write('file', fromFile(folder.at(`other-${size}`)))
    expect(await textOf(files)).toBe(text)
  }
})

test('who reads a file that is replaced meanwhile gets it as it was', async () => {
  await using folder = await testFolder()
  const text = 'x'.repeat(700_000)
  await writeFile(folder.at('file'), text)
  const files = localFiles(folder.path)
  const chunks: Uint8Array[] = []
  for await (const chunk of files.read('file')) {
    if (chunks.length === 0) await files.write('file', Buffer.from('new'))
    chunks.push(chunk)
  }
  expect(Buffer.concat(chunks).toString()).toBe(text)
  expect(await textOf(files)).toBe('new')
})

test.each(['a local file', 'a file in memory'])(
  '%s stays as it was when its source fails before the first byte, and a new one is not made',
  async (kind) => {
    await using folder = await testFolder()
    await writeFile(folder.at('file'), 'old')
    const files =
      kind === 'a local file' ? localFiles(folder.path) : memoryFiles({ contents: { file: 'old' } })
    const source = async function* broken(): AsyncGenerator<Uint8Array> {
      yield* await Promise.reject<Uint8Array[]>(new Error('no byte'))
    }
    await expect(files.write('file', source)).rejects.toThrow('no byte')
    await expect(files.write('new', source)).rejects.toThrow('no byte')
    expect(await textOf(files)).toBe('old')
    await expect(files.stat('new')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  },
)

test('what fails behind the first byte of a file that is being read leaves the file as it was', async () => {
  await using folder = await testFolder()
  const text = 'x'.repeat(700_000)
  await writeFile(folder.at('file'), text)
  const files = localFiles(folder.path)
  const source = async function* broken(): AsyncGenerator<Uint8Array> {
    for await (const chunk of files.read('file')) {
      yield chunk
      throw new Error('broken')
    }
  }
  await expect(files.write('file', source)).rejects.toThrow('broken')
  expect(await readFile(folder.at('file'), 'utf8')).toBe(text)
  expect(await readdir(folder.path)).toEqual(['file'])
})

test('what another program renames before the first byte is not emptied', async () => {
  await using folder = await testFolder()
  await writeFile(folder.at('file'), 'old')
  const files = localFiles(folder.path)
  const source = async function* late(): AsyncGenerator<Uint8Array> {
    await rename(folder.at('file'), folder.at('other'))
    yield Buffer.from('new')
  }
  await files.write('file', source)
  expect(await readFile(folder.at('other'), 'utf8')).toBe('old')
  expect(await textOf(files)).toBe('new')
})

test('nothing is written to what is no file, nor through a link', async () => {
  await using folder = await testFolder()
  await mkdir(folder.at('in'))
  await writeFile(folder.at('file'), 'old')
  await symlink('file', folder.at('link'))
  await symlink('nothing', folder.at('nowhere'))
  const files = localFiles(folder.path)
  for (const path of ['in', 'link', 'nowhere'])
    await expect(files.write(path, Buffer.from('x'))).rejects.toMatchObject({
      code: 'NET_BAD_NAME',
    })
  await expect(files.write('file', Buffer.from('x'), { start: 9 })).rejects.toMatchObject({
    code: 'NET_SIZE_MISMATCH',
  })
  await files.write('file', new Uint8Array(0))
  expect([await textOf(files), (await readdir(folder.path)).length]).toEqual(['', 4])
})
