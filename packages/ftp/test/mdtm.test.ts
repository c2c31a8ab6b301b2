import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { askTold } from '../src/mdtm.ts'
import { openSession, users } from './open-session.ts'

test('the time as the server tells it, whatever stands behind it', async () => {
  await using server = await startFtpServer({ users, files: { '/a': '' } })
  await using test = await openSession(server)
  const ask = (path: string) => test.use((dialog, session) => askTold(session, dialog, path))
  server.fail({ on: 'MDTM a', do: { reply: '213 20210304050607.250 and words' } })
  expect(await ask('a')).toBe(Date.UTC(2021, 2, 4, 5, 6, 7, 250))
  server.fail({ on: 'MDTM a', do: { reply: '213 yesterday' } })
  expect(await ask('a')).toBeUndefined()
  expect(await ask('none')).toBeUndefined()
})

test('a server that does not know MDTM is asked once', async () => {
  await using server = await startFtpServer({ users, files: { '/a': '' }, without: ['MDTM'] })
  await using test = await openSession(server)
  const ask = () => test.use((dialog, session) => askTold(session, dialog, 'a'))
  expect([await ask(), await ask()]).toEqual([undefined, undefined])
  expect(server.received.filter((line) => line.startsWith('MDTM'))).toHaveLength(1)
})
