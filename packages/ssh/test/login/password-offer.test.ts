import { expect, test } from 'vitest'

import { connect } from '@net/ssh'
import { startSshServer } from '@net/ssh/testing'

import { sendMessage } from '../../src/engine/ssh2-internals.ts'
import { fields } from '../../src/identity/wire.ts'
import { failureOf, logInTo } from '../embedded.ts'
import { anyKey, rawServer } from '../engine/raw-server.ts'

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

test('a server that wants another new password is told so, and nothing is sent a second time', async () => {
  const asked: string[] = []
  using server = await rawServer(
    () => {},
    (client) => {
      client._protocol._handlers['USERAUTH_REQUEST'] = ((...all: unknown[]) => {
        const [, , , method] = all as string[]
        asked.push(method ?? '')
        const failure = Buffer.concat([Buffer.of(51), fields('password'), Buffer.of(0)])
        const again = Buffer.concat([Buffer.of(60), fields('Use a longer one.', '')])
        sendMessage(client, method === 'none' ? failure : again)
      }) as never
    },
  )
  let given = 0
  const newPassword = (): string => {
    given += 1
    return 'byron-1815'
  }
  expect(await failureOf(connect(server.url, { ...anyKey, newPassword }))).toMatchObject({
    code: 'NET_AUTH_EXPIRED',
    message: expect.stringContaining('"Use a longer one."'),
  })
  expect([asked, given]).toEqual([['none', 'password', 'password'], 1])
})

test('a new password without one to replace is no login', async () => {
  await using server = await startSshServer()
  const login = { password: undefined, newPassword: 'byron-1815' }
  expect(await failureOf(logInTo(server, login))).toMatchObject({ code: 'NET_BAD_OPTION' })
})
