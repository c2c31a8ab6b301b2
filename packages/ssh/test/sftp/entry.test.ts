import { expect, test } from 'vitest'

import { entryOf, folderOf, inFolder, listedEntry, nameOf } from '../../src/sftp/entry.ts'
import type { SftpSession } from '../../src/sftp/sftp-session.ts'
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

test('where the attributes have no type the first letter of the line has, and a link in the line is one', () => {
  const session = { text: String } as unknown as SftpSession
  for (const [line, permissions, type] of [
    ['drwxr-xr-x 2 ada ada 4096 Jan 1 a', 0o644, 'folder'],
    ['-rw-r--r-- 1 ada ada 5 Jan 1 a', undefined, 'file'],
    ['lrwxrwxrwx 1 ada ada 5 Jan 1 a', 0o100644, 'link'],
    ['prw-r--r-- 1 ada ada 0 Jan 1 a', 0o644, 'other'],
    ['drwxr-xr-x 2 ada ada 4096 Jan 1 a', 0o100644, 'file'],
    ['a 5 bytes', 0o644, 'other'],
  ] as const) {
    const named = { name: Buffer.from('a'), line, attributes: { permissions } }
    expect([line, listedEntry(session, '/in', named)?.type]).toEqual([line, type])
  }
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
  server.files.nameBadly('/', 'na\xefve')
  for (const { path } of await Array.fromAsync(sftp.list('/'))) {
    if (path.startsWith('/na')) await sftp.remove(path)
  }
  expect(server.files.paths()).toEqual(['/renamed0', '/renamed1'])
  server.files.nameBadly('/', 'caf\xe9.txt')
  await using latin = await host.sftp({ encoding: 'latin1' })
  expect(await latin.exists('/café.txt')).toBe(true)
})
