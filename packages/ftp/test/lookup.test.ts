import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { lookFor, lookUp } from '../src/lookup.ts'
import { openSession, users } from './open-session.ts'

const files = { '/in/a.txt': 'hello' }

test.each([[[]], [['MLST', 'MLSD']]])(
  '[FTP-42] finds one entry on a server without %o',
  async (without) => {
    await using server = await startFtpServer({ users, files, without })
    await using test = await openSession(server)
    const stat = (path: string): Promise<unknown> =>
      test.use((dialog, session) => lookUp(session, dialog, path))
    expect(await stat('in/a.txt')).toMatchObject({
      name: 'a.txt',
      path: 'in/a.txt',
      type: 'file',
      size: 5,
    })
    expect(await stat('/in')).toMatchObject({ name: 'in', path: '/in', type: 'folder' })
    expect(await stat('/')).toMatchObject({ path: '/', type: 'folder' })
    await expect(stat('in/b')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
    expect(await test.use((dialog, session) => lookFor(session, dialog, 'in/b'))).toEqual({
      is: undefined,
      proof: 'named',
    })
    for (const path of ['no/b', 'in/a.txt/x']) {
      expect(await test.use((dialog, session) => lookFor(session, dialog, path))).toMatchObject({
        is: undefined,
        proof: 'named',
      })
    }
  },
)

test('a refusal for another reason does not mean that the path is missing', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'MLST', do: { reply: '550 Permission denied' } })
  await expect(test.use((dialog, session) => lookFor(session, dialog, 'in'))).rejects.toMatchObject(
    { code: 'NET_ACCESS_DENIED' },
  )
})

test('a listing that is refused without a word why proves nothing of a name', async () => {
  const without = ['MLST', 'MLSD', 'SIZE', 'MDTM']
  await using server = await startFtpServer({
    users,
    files: { ...files, '/b': '', '/c': 'c' },
    without,
  })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  server.fail({ on: 'LIST', times: 20, do: { reply: '550 Listing failed.' } })
  for (const path of ['b', 'in/a.txt']) {
    await expect(client.exists(path)).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
    await expect(client.stat(path)).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  }
  await expect(client.rename('c', 'b')).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  expect(server.files.exists('/c')).toBe(true)
})

test.each(['550 Unable to do that.', '550 Not enough privileges.', '550 Unable to handle command'])(
  'who may not ask for a name, as %j says, is not told that it is free',
  async (reply) => {
    await using server = await startFtpServer({ users, files: { '/b': '', '/c': 'c' } })
    await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
    for (const on of ['MLST', 'SIZE', 'MDTM', 'MLSD', 'LIST']) {
      server.fail({ on, times: 20, do: { reply } })
    }
    const refused = { code: 'NET_ACCESS_DENIED', reply: { text: reply } }
    await expect(client.exists('b')).rejects.toMatchObject(refused)
    await expect(client.stat('b')).rejects.toMatchObject(refused)
    await expect(client.rename('c', 'b')).rejects.toMatchObject(refused)
    expect(server.files.exists('/c')).toBe(true)
  },
)

test('what MLST refuses without a word why, SIZE and the listing tell', async () => {
  await using server = await startFtpServer({ users, files })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  server.fail({ on: 'MLST', times: 20, do: { reply: "550 'it' cannot be listed" } })
  expect(await client.exists('in/b')).toBe(false)
  expect(server.received.slice(-2)).toEqual(['MLST in/b', 'SIZE in/b'])
  await expect(client.stat('in/b')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(await client.exists('in/a.txt')).toBe(true)
  expect(await client.stat('in/a.txt')).toMatchObject({ path: 'in/a.txt', size: 5 })
  expect(await client.stat('in')).toMatchObject({ path: 'in', type: 'folder' })
})

test('a folder that a listing lacks has nothing in it', async () => {
  const without = ['MLST', 'MLSD', 'SIZE', 'MDTM']
  await using server = await startFtpServer({ users, files, without })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  server.fail({ on: 'CWD none', times: 20, do: { reply: '550 Failed.' } })
  expect(await client.exists('none/a.txt')).toBe(false)
  await expect(client.stat('none/a.txt')).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
  // Neither entered nor seen in a listing, which many servers leave such names out of.
  server.fail({ on: 'CWD .none', times: 20, do: { reply: '550 Failed.' } })
  await expect(client.exists('.none/a.txt')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  await expect(client.stat('.none/a.txt')).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
})

test('a fact that makes no sense is left out', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'MLST', do: { reply: '250-Facts\r\n type=dir;size=-1; in\r\n250 End' } })
  expect(await test.use((dialog, session) => lookUp(session, dialog, 'in'))).toEqual({
    name: 'in',
    path: 'in',
    type: 'folder',
  })
  expect(test.session.control.failure).toBeUndefined()
})

test.each([
  '250-Facts\r\ntype=file;size=5; a.txt\r\n250 End',
  '250-Facts\r\n  Type=File;Size=5; /in/a.txt\r\n250 End',
  '250-type=file;size=5; a.txt\r\n250 End',
  '250 type=file;size=5; a.txt',
])('facts are found wherever they stand: %j', async (reply) => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'MLST', do: { reply } })
  expect(await test.use((dialog, session) => lookUp(session, dialog, 'in/a.txt'))).toMatchObject({
    name: 'a.txt',
    type: 'file',
    size: 5,
  })
})

test.each(['500 not understood', '501 not understood', '502 MLST?', '250-No\r\n250 facts'])(
  'a server that answers MLST with %j is asked otherwise, for good',
  async (reply) => {
    await using server = await startFtpServer({ users, files })
    await using test = await openSession(server)
    server.fail({ on: /^ML/, do: { reply }, times: 1 })
    const stat = (): Promise<unknown> =>
      test.use((dialog, session) => lookUp(session, dialog, 'in/a.txt'))
    expect(await stat()).toMatchObject({ type: 'file', size: 5 })
    expect(await stat()).toMatchObject({ type: 'file', size: 5 })
    expect(server.received.filter((line) => line.startsWith('MLST'))).toHaveLength(1)
  },
)

const forPeople = { users, files, without: ['MLST', 'MLSD'] }

test('a file that LIST does not show is there all the same', async () => {
  await using server = await startFtpServer({ ...forPeople, files: { '/.htaccess': 'old' } })
  await using test = await openSession(server)
  server.fail({ on: 'LIST', do: { send: '' }, times: 20 })
  const found = { name: '.htaccess', path: '.htaccess', type: 'file', size: 3 }
  expect(await test.use((dialog, session) => lookUp(session, dialog, '.htaccess'))).toEqual(found)
  expect(await test.use((dialog, session) => lookFor(session, dialog, '.htaccess'))).toEqual({
    is: found,
  })
})

test.each([
  ['a name that LIST may hide', '.x', ''],
  ['lines that cannot be read', 'x', '-rw-r--r-- 1 a b 3 Jan 01 2020 y\r\n????\r\n'],
  ['names that cannot be used', 'x', '-rw-r--r-- 1 a b 3 Jan 01 2020 y\rz\r\n'],
])('%s: a listing without the name proves nothing', async (_, name, send) => {
  const without = [...forPeople.without, 'SIZE', 'MDTM', 'CWD']
  await using server = await startFtpServer({ ...forPeople, without })
  await using test = await openSession(server)
  server.fail({ on: 'LIST', do: { send }, times: 20 })
  expect(await test.use((dialog, session) => lookFor(session, dialog, name))).toEqual({
    is: undefined,
    proof: 'none',
  })
  await expect(test.use((dialog, session) => lookUp(session, dialog, name))).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
  })
})

test('a listing that was cut short proves nothing, and one that is whole does', async () => {
  const without = [...forPeople.without, 'SIZE', 'MDTM', 'CWD']
  await using server = await startFtpServer({ ...forPeople, without })
  await using test = await openSession(server)
  const send = '-rw-r--r-- 1 a b 3 Jan 01 2020 y\r\n'
  const look = (): Promise<unknown> => test.use((dialog, session) => lookFor(session, dialog, 'x'))
  server.fail({ on: 'LIST', do: { send, reply: '226 Output truncated to 1 matches' } })
  expect(await look()).toMatchObject({ proof: 'none' })
  server.fail({ on: 'LIST', do: { send } })
  expect(await look()).toMatchObject({ proof: 'listed' })
})

test('after every look relative paths begin where they began', async () => {
  await using server = await startFtpServer(forPeople)
  await using test = await openSession(server)
  for (const path of ['in', 'in/a.txt', 'in/none', '/in', 'none/x']) {
    await test.use((dialog, session) => lookFor(session, dialog, path))
  }
  expect(await test.use((dialog) => dialog.ask('PWD'))).toMatchObject({
    text: expect.stringContaining('"/"'),
  })
})
