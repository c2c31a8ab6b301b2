import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer, type FtpServerOptions } from '@net/ftp/testing'

import { makeFolder, removeOne, renameOne } from '../src/commands.ts'
import { openSession, users } from './open-session.ts'

const options = (): FtpServerOptions => ({ users, files: { '/in/a': '12345', '/in/b': '' } })

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
  const remove = (path: string): Promise<void> =>
    test.use((dialog, session) => removeOne(session, dialog, path))
  await expect(remove('in')).rejects.toMatchObject({ code: 'NET_NOT_EMPTY' })
  await remove('in/a')
  await remove('in/b')
  await remove('in')
  expect(server.files.exists('/in')).toBe(false)
  await expect(remove('in')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test('what is known to be a folder stays for the reason that is reported of folders', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  server.fail({ on: 'RMD', do: { reply: '550 Permission denied.' } })
  await expect(
    test.use((dialog, session) => removeOne(session, dialog, 'in')),
  ).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
})

test('a server that does not say why a folder cannot be made', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  const refused = { on: 'MKD', do: { reply: '550 Create directory operation failed.' } } as const
  const make = (path: string): Promise<void> => {
    server.fail(refused)
    return test.use((dialog, session) => makeFolder(session, dialog, path, false))
  }
  await expect(make('in')).rejects.toMatchObject({
    code: 'NET_EXISTS',
    reply: { text: '550 Create directory operation failed.' },
  })
  await expect(make('new')).rejects.toMatchObject({ code: 'NET_REPLY_PERMANENT' })
})

test('a server that does not say why something cannot be removed', async () => {
  await using server = await startFtpServer(options())
  server.files.mkdir('/empty')
  await using test = await openSession(server)
  const remove = (path: string): Promise<void> => {
    server.fail({ on: 'DELE', do: { reply: '550 Delete operation failed.' } })
    server.fail({ on: 'RMD', do: { reply: '550 Remove directory operation failed.' } })
    return test.use((dialog, session) => removeOne(session, dialog, path))
  }
  await expect(remove('in')).rejects.toMatchObject({
    code: 'NET_NOT_EMPTY',
    message: expect.stringContaining('Remove directory'),
  })
  await expect(remove('empty')).rejects.toMatchObject({
    code: 'NET_REPLY_PERMANENT',
    message: expect.stringContaining('Remove directory'),
  })
  await expect(remove('in/a')).rejects.toMatchObject({
    code: 'NET_REPLY_PERMANENT',
    message: expect.stringContaining('Delete operation'),
  })
  await expect(remove('nothing')).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    reply: { status: 550 },
  })
})

test('a refusal for now is not taken for a folder', async () => {
  await using server = await startFtpServer(options())
  await using test = await openSession(server)
  server.fail({ on: 'DELE', do: { reply: '450 In use' } })
  await expect(
    test.use((dialog, session) => removeOne(session, dialog, 'in/a')),
  ).rejects.toMatchObject({ code: 'NET_REPLY_TEMPORARY' })
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

const forPeople = (): FtpServerOptions => ({ ...options(), without: ['MLST', 'MLSD'] })

test('a file that LIST hides is not replaced', async () => {
  await using server = await startFtpServer({
    ...forPeople(),
    files: { '/new': 'new', '/.htaccess': 'old' },
  })
  await using test = await openSession(server)
  server.fail({ on: 'LIST', times: Infinity, do: { send: lineOf('new') } })
  const rename = test.use((dialog, session) =>
    renameOne(session, dialog, { from: 'new', to: '.htaccess', replace: false }),
  )
  await expect(rename).rejects.toMatchObject({ code: 'NET_EXISTS' })
  expect(server.files.text('/.htaccess')).toBe('old')
})

test('without SIZE and MDTM the server is asked whether it would rename the other', async () => {
  await using server = await startFtpServer({
    ...options(),
    without: ['MLST', 'MLSD', 'SIZE', 'MDTM', 'CWD'],
  })
  await using test = await openSession(server)
  const rename = (to: string): Promise<void> =>
    test.use((dialog, session) => renameOne(session, dialog, { from: 'in/a', to, replace: false }))
  server.fail({ on: 'LIST', do: { send: lineOf('a') } })
  await expect(rename('in/b')).rejects.toMatchObject({ code: 'NET_EXISTS' })
  await rename('in/c')
  expect(server.files.text('/in/c')).toBe('12345')
})

test('where nothing proves that a name is free, renaming is refused', async () => {
  await using server = await startFtpServer({
    ...options(),
    without: ['MLST', 'MLSD', 'SIZE', 'MDTM', 'CWD'],
  })
  await using test = await openSession(server)
  server.fail({ on: 'RNFR in/c', do: { reply: '550 Permission denied.' } })
  const rename = test.use((dialog, session) =>
    renameOne(session, dialog, { from: 'in/a', to: 'in/c', replace: false }),
  )
  await expect(rename).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(server.files.exists('/in/a')).toBe(true)
})

test('a link to a folder is as good as the folder', async () => {
  for (const without of [
    ['MLST', 'MLSD'],
    ['MLST', 'MLSD', 'CWD'],
  ]) {
    await using server = await startFtpServer({ ...options(), without })
    await using test = await openSession(server)
    server.fail({ on: 'MKD', do: { reply: '550 Create directory operation failed.' } })
    // Where CWD leads into it, nothing is listed.
    if (without.includes('CWD')) {
      server.fail({ on: 'LIST', do: { send: 'lrwxrwxrwx 1 a b 3 Jan 01 2020 in -> www\r\n' } })
    }
    const made = test.use((dialog, session) => makeFolder(session, dialog, 'in', true))
    expect(await made).toBeUndefined()
  }
})

test('a link that leads to a file, or nowhere, is in the way of a folder', async () => {
  await using server = await startFtpServer(forPeople())
  await using test = await openSession(server)
  server.fail({ on: 'MKD', do: { reply: '550 Create directory operation failed.' } })
  server.fail({ on: 'LIST', do: { send: 'lrwxrwxrwx 1 a b 3 Jan 01 2020 www -> x\r\n' } })
  await expect(
    test.use((dialog, session) => makeFolder(session, dialog, 'www', true)),
  ).rejects.toMatchObject({ code: 'NET_EXISTS' })
})

test('a folder whose name the server writes in other letters is there', async () => {
  await using server = await startFtpServer(forPeople())
  await using test = await openSession(server)
  server.fail({ on: 'MKD', do: { reply: '550 Create directory operation failed.' } })
  server.fail({ on: 'LIST', do: { send: 'drwxr-xr-x 1 a b 3 Jan 01 2020 IN\r\n' } })
  const made = test.use((dialog, session) => makeFolder(session, dialog, 'in', true))
  expect(await made).toBeUndefined()
})

function lineOf(name: string): string {
  return `-rw-r--r-- 1 a b 3 Jan 01 2020 ${name}\r\n`
}

test('why a folder cannot be made is looked for where the server does not say', async () => {
  await using server = await startFtpServer({ files: { '/in/a': '' } })
  await using client = await connect(server.url, { retry: false })
  server.fail({ on: 'MKD', times: 2, do: { reply: '550 Create directory operation failed.' } })
  await expect(client.mkdir('none/b')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  await expect(client.mkdir('in/b')).rejects.toMatchObject({ code: 'NET_REPLY_PERMANENT' })
})
