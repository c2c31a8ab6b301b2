import { expect, test } from 'vitest'

import { startFtpServer } from '@net/ftp/testing'

import { accepted, verbOf } from '../src/dialog.ts'
import { openSession, users } from './open-session.ts'

test('a command is refused with the code of its reply', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  await expect(test.use((dialog) => dialog.command('CWD nowhere'))).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    reply: { status: 550 },
  })
  expect(await test.use((dialog) => dialog.prepare('NOOP'))).toMatchObject({ status: 200 })
})

test('a loss after a command that counts leaves the outcome unknown; before it nothing happened', async () => {
  await using server = await startFtpServer({ users })
  for (const [verb, retry] of [
    ['command', 'idempotent'],
    ['prepare', 'safe'],
  ] as const) {
    await using test = await openSession(server)
    server.fail({ on: 'NOOP', do: 'drop' })
    await expect(test.use((dialog) => dialog[verb]('NOOP'))).rejects.toMatchObject({
      code: 'NET_CONN_CLOSED',
      retry,
    })
  }
})

test('421 is the end of the session', async () => {
  await using server = await startFtpServer({ users })
  await using test = await openSession(server)
  server.fail({ on: 'NOOP', do: { reply: '421 Too many connections' } })
  await expect(test.use((dialog) => dialog.ask('NOOP'))).rejects.toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
  })
  await expect(test.use((dialog) => dialog.ask('NOOP'))).rejects.toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    retry: 'safe',
    reply: { status: 421 },
  })
})

test('verbs and refusals', () => {
  expect(['RETR a b', 'NOOP'].map(verbOf)).toEqual(['RETR', 'NOOP'])
  expect(() => accepted({ status: 502, text: '502 no' }, 'MLST x')).toThrow(/MLST/)
})
