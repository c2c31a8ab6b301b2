import { expect, test } from 'vitest'

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
    expect(await test.use((dialog, session) => lookFor(session, dialog, 'in/b'))).toBeUndefined()
  },
)

test('only what is not there is undefined', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'MLST', do: { reply: '550 Permission denied' } })
  await expect(test.use((dialog, session) => lookFor(session, dialog, 'in'))).rejects.toMatchObject(
    { code: 'NET_ACCESS_DENIED' },
  )
})

test('facts that make no sense end the session', async () => {
  await using server = await startFtpServer({ users, files })
  await using test = await openSession(server)
  server.fail({ on: 'MLST', do: { reply: '250-Facts\r\n size=-1; in\r\n250 End' } })
  await expect(test.use((dialog, session) => lookUp(session, dialog, 'in'))).rejects.toMatchObject({
    code: 'NET_PROTO_MALFORMED',
  })
  expect(test.session.control.failure).toBeDefined()
})
