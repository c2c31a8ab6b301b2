import { expect, test } from 'vitest'

import { entryOf, folderOf, inFolder, nameOf } from '../../src/sftp/entry.ts'
import { openedSftp } from './opened.ts'

test('attributes are told in the words that all protocols share', () => {
  const attributes = {
    size: 5,
    uid: 1,
    gid: 2,
    permissions: 0o100644,
    accessed: 4_000_000_000,
    modified: 2_208_988_800,
  }
  expect(entryOf('/in/a', attributes)).toEqual({
    name: 'a',
    path: '/in/a',
    type: 'file',
    size: 5,
    uid: 1,
    gid: 2,
    mode: 0o644,
    accessed: 4_000_000_000_000,
    modified: 2_208_988_800_000,
  })
  expect(entryOf('a', {})).toEqual({ name: 'a', path: 'a', type: 'other', raw: 'unknown' })
  expect(entryOf('a', { permissions: 0o010644 })).toMatchObject({
    type: 'other',
    raw: 'named pipe',
  })
})

test('paths are put together and taken apart', () => {
  expect([inFolder('.', 'a'), inFolder('/', 'a'), inFolder('in', 'a')]).toEqual(['a', '/a', 'in/a'])
  expect(['/in/a/', 'a', '/'].map(nameOf)).toEqual(['a', 'a', '/'])
  expect(['/in/a/', 'a', '/a', '/'].map(folderOf)).toEqual(['/in', '.', '/', '/'])
})

test('a name that would lead elsewhere is shown, and is nothing that could be opened', async () => {
  await using opened = await openedSftp({ files: { '/in/a': 'x' } })
  const { sftp, server } = opened
  server.files.nameBadly('/in', '../../etc/passwd')
  const entries = await Array.fromAsync(sftp.list('/in'))
  expect(entries.map(({ name, type }) => [name, type])).toEqual([
    ['a', 'file'],
    ['../../etc/passwd', 'other'],
  ])
})

test('names that are no UTF-8 are listed, read, renamed and removed', async () => {
  await using opened = await openedSftp()
  const { sftp, server, host } = opened
  for (const byte of ['\xe9', '\xe8']) server.files.nameBadly('/', `caf${byte}.txt`)
  const entries = await Array.fromAsync(sftp.list('/'))
  expect(entries.map(({ nameBytes }) => Buffer.from(nameBytes ?? []).toString('latin1'))).toEqual([
    'caf\xe9.txt',
    'caf\xe8.txt',
  ])
  for (const [at, { path }] of entries.entries()) {
    await sftp.writeFile(path, `${at}`)
    expect(Buffer.from(await sftp.readFile(path)).toString()).toBe(`${at}`)
    await sftp.rename(path, `/renamed${at}`)
  }
  expect(server.files.paths()).toEqual(['/renamed0', '/renamed1'])
  server.files.nameBadly('/', 'caf\xe9.txt')
  await using latin = await host.sftp({ encoding: 'latin1' })
  expect(await latin.exists('/café.txt')).toBe(true)
})
