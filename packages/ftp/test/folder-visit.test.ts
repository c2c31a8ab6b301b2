import { expect, test } from 'vitest'

import { connect } from '@net/ftp'
import { startFtpServer } from '@net/ftp/testing'

import { isFolder, visit } from '../src/folder-visit.ts'
import { openSession, users, type TestSession } from './open-session.ts'

const files = { '/in/a': '', '/in/sub "x"/b': '' }
const check = (test: TestSession, path: string): Promise<boolean | undefined> =>
  test.use((dialog, session) => isFolder(session, dialog, path))

test('a folder, a file and nothing, and the server is where it was', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  expect(await check(test, 'in')).toBe(true)
  expect(await check(test, 'in/a')).toBe(false)
  expect(await check(test, 'none')).toBe(false)
  expect(server.received.slice(-5)).toEqual(['PWD', 'CWD in', 'CWD /', 'CWD in/a', 'CWD none'])
})

test('the work runs inside, and its failure passes', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  const there = await test.use((dialog, session) =>
    visit(session, dialog, 'in/sub "x"', () => dialog.ask('PWD')),
  )
  expect(there?.text).toContain('"/in/sub ""x"""')
  const failing = test.use((dialog, session) =>
    visit(session, dialog, 'in', () => Promise.reject(new Error('no'))),
  )
  await expect(failing).rejects.toMatchObject({ cause: { message: 'no' } })
  expect(server.received.at(-1)).toBe('CWD /')
})

test('the way back leads to where the session began, whatever its name', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  await test.use((dialog) => dialog.prepare('CWD in/sub "x"'))
  expect(await check(test, '/in')).toBe(true)
  expect(server.received.at(-1)).toBe('CWD /in/sub "x"')
})

test('a server that does not say where it is, is only led down and up again', async () => {
  await using server = await startFtpServer({ users, files, without: ['PWD'] })
  await using test = await openSession(server)
  expect(await check(test, './in/sub "x"/')).toBe(true)
  expect(server.received.at(-1)).toBe('CWD ../..')
  expect(await check(test, '/in')).toBeUndefined()
  expect(await check(test, 'in/../in')).toBeUndefined()
  expect(server.received.filter((line) => line === 'PWD')).toHaveLength(1)
})

test('a server without CWD cannot tell, and is asked once', async () => {
  await using server = await startFtpServer({ users, files, without: ['CWD'] })
  await using test = await openSession(server)
  expect(await check(test, 'in')).toBeUndefined()
  expect(await check(test, 'in')).toBeUndefined()
  expect(server.received.filter((line) => line.startsWith('CWD'))).toHaveLength(1)
})

test('a server that does not let us back is not used any more', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'CWD /', do: { reply: '550 Permission denied.' } })
  await expect(check(test, 'in')).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
  })
  await expect(check(test, 'in')).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
  })
})

test('what is refused for the name of one folder is no command that the server lacks', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  for (const reply of ['501 Invalid path', '504 Not for that parameter']) {
    server.fail({ on: 'CWD', do: { reply } })
    expect(await check(test, 'odd')).toBeUndefined()
    server.fail({ on: 'CWD', do: { reply } })
    await expect(
      test.use((dialog, session) => visit(session, dialog, 'odd', () => Promise.resolve())),
    ).rejects.toMatchObject({ reply: { text: reply } })
  }
  expect(await check(test, 'none')).toBe(false)
})

test('a way back that is refused says nothing of the name that was asked for', async () => {
  await using server = await startFtpServer({ users, files, without: ['MLST', 'MLSD'] })
  await using client = await connect(server.url, { user: 'joe', password: 'open sesame' })
  await client.exists('in')
  server.fail({ on: 'CWD /', do: { reply: '550 No such directory' } })
  await expect(client.exists('in')).rejects.toMatchObject({
    code: 'NET_CONN_CLOSED',
    retry: 'safe',
  })
})
