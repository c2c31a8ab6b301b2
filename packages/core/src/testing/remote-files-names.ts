/* What `checkRemoteFiles` checks of names, folders and what entries tell. */

import assert from 'node:assert/strict'

import { fromText } from '../data/file.ts'
import type { RemoteEntry, RemoteFiles } from '../data/remote-files.ts'
import { isRefused, textOf } from './remote-files-bytes.ts'
import type { RemoteFilesCases } from './remote-files-case.ts'

export const nameCases: RemoteFilesCases = {
  async 'names of every kind are names'({ files, can }) {
    const names = NAMES.filter(
      (name) => !Array.from(can.forbidden).some((each) => name.includes(each)),
    )
    for (const name of names) await files.write(name, fromText(name))
    const listed = await namesIn(files, '')
    assert.deepEqual(listed, names.toSorted())
    for (const name of names) {
      assert.equal(await textOf(files, name), name)
      assert.equal((await files.stat(name)).name, name)
    }
    for (const name of names) await files.remove(name)
    assert.deepEqual(await namesIn(files, ''), [])
  },

  async 'a path that would lead elsewhere is refused'({ files }) {
    await files.mkdir('in')
    for (const path of ['..', '../x', 'in/..', 'in/../../x', '.', 'in/.']) {
      await isRefused(files.write(path, fromText('x')), 'NET_BAD_NAME')
      await isRefused(files.remove(path), 'NET_BAD_NAME')
    }
    await isRefused(files.write('a\0b', fromText('x')), 'NET_BAD_NAME', 'NET_INJECTION')
  },

  async 'a name that is too long or has a forbidden character is refused'({ files, can }) {
    for (const character of can.forbidden.slice(0, 3)) {
      await isRefused(files.write(`a${character}b`, fromText('x')), 'NET_BAD_NAME', 'NET_INJECTION')
    }
    if (can.longestName === Infinity) return
    await files.write('n'.repeat(can.longestName), fromText('x'))
    await isRefused(files.write('n'.repeat(can.longestName + 1), fromText('x')), 'NET_BAD_NAME')
  },

  async 'letter case is kept or ignored, as promised'({ files, can }) {
    await files.write('Name', fromText('one'))
    await files.write('nAME', fromText('two'))
    const kept = can.letterCase === 'kept'
    assert.equal((await namesIn(files, '')).length, kept ? 2 : 1)
    assert.equal(await textOf(files, 'Name'), kept ? 'one' : 'two')
  },

  async 'the form of accents is kept, changed or ignored, as promised'({ files, can }) {
    const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301']
    await files.write(decomposed, fromText('one'))
    await files.write(composed, fromText('two'))
    const kept = can.unicodeForm === 'kept'
    const names = await namesIn(files, '')
    assert.equal(names.length, kept ? 2 : 1)
    assert.equal(await textOf(files, decomposed), kept ? 'one' : 'two')
    const { unicodeForm: form } = can
    if (form === 'NFC' || form === 'NFD') assert.deepEqual(names, [composed.normalize(form)])
  },

  async 'folders are made once, and with those above only if asked'({ files }) {
    await files.mkdir('a')
    await isRefused(files.mkdir('a'), 'NET_EXISTS')
    await isRefused(files.mkdir('b/c'), 'NET_NOT_FOUND')
    await files.mkdir('b/c', { recursive: true })
    await files.mkdir('b/c', { recursive: true })
    assert.deepEqual(await namesIn(files, ''), ['a', 'b'])
    assert.equal((await files.stat('b/c')).type, 'folder')
    assert.equal((await files.stat('')).type, 'folder')
    await files.write('file', fromText('x'))
    await isRefused(files.mkdir('file'), 'NET_EXISTS')
    await isRefused(files.write('no/file', fromText('x')), 'NET_NOT_FOUND')
  },

  async 'a listing has every entry, with paths that lead to it'({ files, can }) {
    await files.mkdir('in/deep', { recursive: true })
    await files.write('in/file', fromText('12345'))
    const entries = await entriesIn(files, 'in')
    assert.deepEqual(
      entries.map(({ name, path, type }) => ({ name, path, type })),
      [
        { name: 'deep', path: 'in/deep', type: 'folder' },
        { name: 'file', path: 'in/file', type: 'file' },
      ],
    )
    assert.equal(entries[1]?.size, 5)
    assert.deepEqual(await namesIn(files, 'in/deep'), [])
    if (can.times !== undefined) assert.equal(typeof entries[1]?.modified, 'number')
    if (can.modes) assert.equal(typeof entries[1]?.mode, 'number')
    await isRefused(namesIn(files, 'nothing'), 'NET_NOT_FOUND')
    await isRefused(files.stat('nothing'), 'NET_NOT_FOUND')
    await isRefused(textOf(files, 'nothing'), 'NET_NOT_FOUND')
  },

  async 'other calls run while a listing is iterated'({ files }) {
    for (let number = 0; number < 50; number++) await files.write(`${number}`, fromText('x'))
    let seen = 0
    for await (const entry of files.list('')) {
      seen++
      assert.equal((await files.stat(entry.path)).size, 1)
      if (seen % 10 === 0) await files.write(entry.path, fromText('y'))
    }
    assert.equal(seen, 50)
  },

  async 'only empty folders are removed, unless all of it is meant'({ files }) {
    await files.mkdir('full/deep', { recursive: true })
    await files.write('full/deep/file', fromText('x'))
    await isRefused(files.remove('full'), 'NET_NOT_EMPTY')
    assert.equal(await textOf(files, 'full/deep/file'), 'x')
    await files.remove('full', { recursive: true })
    await isRefused(files.stat('full'), 'NET_NOT_FOUND')
    await isRefused(files.remove('full'), 'NET_NOT_FOUND')
    await files.mkdir('empty')
    await files.remove('empty')
    assert.deepEqual(await namesIn(files, ''), [])
  },

  async 'a rename replaces only with `replace`'({ files, can }) {
    await files.write('from', fromText('new'))
    await files.write('to', fromText('old'))
    if (can.rename === 'none') return isRefused(files.rename('from', 'other'), 'NET_UNSUPPORTED')
    await isRefused(files.rename('from', 'to'), 'NET_EXISTS')
    assert.equal(await textOf(files, 'to'), 'old')
    await files.rename('from', 'to', { replace: true })
    assert.equal(await textOf(files, 'to'), 'new')
    await isRefused(files.stat('from'), 'NET_NOT_FOUND')
    await isRefused(files.rename('from', 'other'), 'NET_NOT_FOUND')
    await files.mkdir('folder')
    await files.rename('to', 'folder/file')
    await files.rename('folder', 'moved')
    assert.equal(await textOf(files, 'moved/file'), 'new')
  },

  async 'times are kept within the grain'({ files, can }) {
    await files.write('file', fromText('x'))
    const time = 1_700_000_003_000
    if (can.times?.canSet !== true) {
      return isRefused(files.setModified('file', time), 'NET_UNSUPPORTED')
    }
    await files.setModified('file', time)
    const { modified = NaN } = await files.stat('file')
    assert.ok(Math.abs(modified - time) < can.times.grain, `${modified} is not ${time}`)
  },

  async 'modes are kept'({ files, can }) {
    await files.write('file', fromText('x'))
    if (!can.modes) return isRefused(files.setMode('file', 0o640), 'NET_UNSUPPORTED')
    for (const mode of [0o640, 0o755]) {
      await files.setMode('file', mode)
      assert.equal((await files.stat('file')).mode, mode)
    }
  },

  async 'links are listed as links, and removed by themselves'({ files, can }) {
    await files.mkdir('folder')
    await files.write('folder/file', fromText('x'))
    if (!can.links) return isRefused(files.symlink('folder', 'link'), 'NET_UNSUPPORTED')
    await files.symlink('folder', 'link')
    await isRefused(files.symlink('folder', 'link'), 'NET_EXISTS')
    assert.equal(await files.readLink('link'), 'folder')
    const link = (await entriesIn(files, '')).find(({ name }) => name === 'link')
    assert.equal(link?.type, 'link')
    assert.equal((await files.stat('link')).type, 'link')
    assert.equal((await files.stat('link', { follow: true })).type, 'folder')
    await files.remove('link', { recursive: true })
    assert.equal(await textOf(files, 'folder/file'), 'x')
  },
}

async function entriesIn(files: RemoteFiles, path: string): Promise<readonly RemoteEntry[]> {
  const entries: RemoteEntry[] = []
  for await (const entry of files.list(path)) entries.push(entry)
  return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function namesIn(files: RemoteFiles, path: string): Promise<readonly string[]> {
  return (await entriesIn(files, path)).map(({ name }) => name)
}

const NAMES = [
  ' leading blank',
  '#hash',
  '%41',
  '-rf',
  '.hidden',
  '[brackets]',
  'a & b',
  'a+b=c',
  'a;b',
  'comma,name',
  'file.part',
  "quote'",
  'stra\u00dfe',
  'two  blanks',
  '{braces}',
  '~',
  '\u65e5\u672c\u8a9e',
  '\u{1f600}',
]
