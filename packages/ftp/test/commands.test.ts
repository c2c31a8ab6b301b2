import { expect, test } from 'vitest'

import { startFtpServer, type FtpServerOptions } from '@net/ftp/testing'

import { askForSize, makeFolder, removeOne, renameOne } from '../src/commands.ts'
import { openSession, users } from './open-session.ts'

const options = (): FtpServerOptions => ({ users, files: { '/in/a': '12345', '/in/b': '' } })

test('the size of a file', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  expect(await test.use((dialog) => askForSize(dialog, 'in/a'))).toBe(5)
  await expect(test.use((dialog) => askForSize(dialog, 'no'))).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    phase: 'command',
  })
})

test('a server that does not know SIZE', async () => {
  await using server = await startFtpServer({ ...options(), without: ['SIZE'] })
  await using test = await openSession(server)
  await expect(test.use((dialog) => askForSize(dialog, 'in/a'))).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
})

test('makes folders, those above as well if asked to', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  const make = (path: string, recursive: boolean): Promise<void> =>
    test.use((dialog, session) => makeFolder(session, dialog, path, recursive))
  await make('x', false)
  await make('x/y/z', true)
  await make('x/y/z', true)
  expect(server.files.stat('/x/y/z').type).toBe('folder')
  await expect(make('x', false)).rejects.toMatchObject({ code: 'NET_EXISTS' })
  await expect(make('p/q', false)).rejects.toMatchObject({ reply: { status: 550 } })
  await expect(make('in/a', true)).rejects.toMatchObject({ code: 'NET_EXISTS' })
})

test('[FTP-37] removes a file, or an empty folder', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  const remove = (path: string): Promise<void> => test.use((dialog) => removeOne(dialog, path))
  await expect(remove('in')).rejects.toMatchObject({ code: 'NET_NOT_EMPTY' })
  await remove('in/a')
  await remove('in/b')
  await remove('in')
  expect(server.files.exists('/in')).toBe(false)
  await expect(remove('in')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test('a refusal for now is not taken for a folder', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  server.fail({ on: 'DELE', do: { reply: '450 In use' } })
  await expect(test.use((dialog) => removeOne(dialog, 'in/a'))).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
  })
  expect(server.received.at(-1)).toBe('DELE in/a')
})

test('[FTP-37] renames, and replaces only if asked to', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  const rename = (from: string, to: string, replace = false): Promise<void> =>
    test.use((dialog, session) => renameOne(session, dialog, { from, to, replace }))
  await rename('in/a', 'in/c')
  await expect(rename('in/c', 'in/b')).rejects.toMatchObject({ code: 'NET_EXISTS' })
  await rename('in/c', 'in/b', true)
  expect(server.files.text('/in/b')).toBe('12345')
  await expect(rename('in/none', 'in/d')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})
