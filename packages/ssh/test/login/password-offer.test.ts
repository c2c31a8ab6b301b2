import { expect, test } from 'vitest'

import { startSshServer } from '@net/ssh/testing'

import { failureOf, logInTo } from '../embedded.ts'

const expired = { text: 'Your password has expired.', newPassword: 'byron-1815' }

test('a password that has expired is told with the words of the server, and not sent again', async () => {
  const users = { ada: { password: 'lovelace', expired } }
  await using server = await startSshServer({ users })
  expect(await failureOf(logInTo(server))).toMatchObject({
    code: 'NET_AUTH_EXPIRED',
    message: expect.stringContaining('"Your password has expired."'),
  })
  expect(server.received.map(({ text }) => text)).toEqual(['none ada', 'password ada'])
})

test('a new password is asked for only then, and once', async () => {
  await using server = await startSshServer({ users: { ada: { password: 'lovelace', expired } } })
  let asked = 0
  const newPassword = (): string => {
    asked += 1
    return 'byron-1815'
  }
  await using host = await logInTo(server, { newPassword })
  expect([host.info.user, asked]).toEqual(['ada', 1])
  const refused = await failureOf(logInTo(server, { newPassword: 'too short' }))
  expect(refused).toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(refused.message).not.toContain('too short')

  await using plain = await startSshServer()
  await using other = await logInTo(plain, { newPassword })
  expect([other.info.user, asked]).toEqual(['ada', 1])
})

test('a new password without one to replace is no login', async () => {
  await using server = await startSshServer()
  const login = { password: undefined, newPassword: 'byron-1815' }
  expect(await failureOf(logInTo(server, login))).toMatchObject({ code: 'NET_BAD_OPTION' })
})
