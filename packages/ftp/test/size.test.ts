import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { askSize, sizeIn } from '../src/size.ts'
import { openSession, users } from './open-session.ts'

test('asks for the size', async () => {
  await using server = await startFtpServer({ users, files: { '/a': '12345' } })
  await using test = await openSession(server)
  expect(await test.use((dialog, session) => askSize(session, dialog, 'a'))).toBe(5)
  expect(await test.use((dialog, session) => askSize(session, dialog, 'b'))).toBeUndefined()
})

test('does not ask a server that has no SIZE, but one that has no FEAT', async () => {
  await using server = await startFtpServer({ users, without: ['SIZE'] })
  await using test = await openSession(server)
  expect(await test.use((dialog, session) => askSize(session, dialog, 'a'))).toBeUndefined()
  expect(server.received).not.toContain('SIZE a')
  await using old = await startFtpServer({ users, without: ['FEAT'], files: { '/a': '12' } })
  await using other = await openSession(old)
  expect(await other.use((dialog, session) => askSize(session, dialog, 'a'))).toBe(2)
})

test.each(['213 -5', '213 1e400', '213 12abc', '213 ', '213'])(
  '[H-FTP-21] %s is no size, and the session is not trusted any more',
  async (text) => {
    await using server = await startFtpServer({ users })
    await using test = await openSession(server)
    const reading = test.use(async (dialog) => sizeIn(dialog, { status: 213, text }))
    await expect(reading).rejects.toMatchObject({ code: 'NET_PROTO_MALFORMED' })
    expect(test.session.control.failure?.code).toBe('NET_PROTO_MALFORMED')
  },
)
