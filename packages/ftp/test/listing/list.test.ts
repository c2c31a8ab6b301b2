import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { drain, listFolder } from '../../src/listing/list.ts'
import { transfer } from '../../src/transfer.ts'
import { openSession, users } from '../open-session.ts'

const files = { '/in/a.txt': 'hello', '/in/b/c': '' }

test.each([
  [[], 'MLSD in'],
  [['MLST', 'MLSD'], 'LIST in'],
])('lists a folder without %o by %s', async (without, command) => {
  await using server = await startFtpServer({ users, files, without })
  await using test = await openSession(server)
  const entries = await test.use((dialog, session) => listFolder(session, dialog, 'in'))
  expect(entries).toMatchObject([
    { name: 'a.txt', path: 'in/a.txt', type: 'file', size: 5 },
    { name: 'b', path: 'in/b', type: 'folder' },
  ])
  expect(server.received.at(-1)).toBe(command)
})

test('an empty folder has no entries, and the current one needs no name', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  expect(await test.use((dialog, session) => listFolder(session, dialog, '.'))).toEqual([])
  expect(server.received.at(-1)).toBe('MLSD')
})

test('a folder that is not there is told', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  await expect(
    test.use((dialog, session) => listFolder(session, dialog, 'nowhere')),
  ).rejects.toMatchObject({ code: 'NET_NOT_FOUND' })
})

test('[H-FTP-20] what is too much is cut off, and the session goes on', async () => {
  await using server = await startFtpServer({ users, files: { '/big': Buffer.alloc(1_000_000) } })
  await using test = await openSession(server)
  const reading = test.use((dialog, session) =>
    transfer(session, dialog, {
      command: 'RETR big',
      mayEndEarly: true,
      move: (data) => drain(dialog, data, 100_000),
    }),
  )
  await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_LIMIT', limit: 100_000 })
  expect(await test.use((dialog) => dialog.ask('NOOP'))).toMatchObject({ status: 200 })
})
