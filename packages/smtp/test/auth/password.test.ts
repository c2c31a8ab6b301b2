import { connect, cramMd5, login, plain } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { plainMessage } from '../../src/auth/password.ts'

const users = { jürgen: 'pässwörd-ünïcode' }
const login_ = { user: 'jürgen', password: users.jürgen }

test('[SMTP-16] each mechanism of a password, with user and password of any script', async () => {
  for (const auth of [plain(), login(), cramMd5()]) {
    await using server = await startSmtpServer({ users, mechanisms: [auth.name] })
    await using client = await connect(server.url, { ...login_, auth })
    await expect(client.noop()).resolves.toBeUndefined()
    await expect(
      connect(server.url, { ...login_, password: 'another-one', auth }),
    ).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED', reply: { status: 535 } })
  }
})

test('CRAM-MD5 answers the challenge of RFC 2195 as its example does', () => {
  const dialogue = cramMd5().begin({
    user: 'tim',
    secret: 'tanstaaftanstaaf',
    host: 'x.example',
    port: 587,
    bindingOffered: false,
  })
  expect(dialogue.answer(undefined)).toBeUndefined()
  expect(() => dialogue.accepted?.()).toThrow(/before it had heard the password/)
  expect(dialogue.answer(Buffer.from('<1896.697170952@postoffice.reston.mci.net>'))).toBe(
    'tim b913a602c7eda7a495b4e6e7334d3890',
  )
  expect(dialogue.accepted?.()).toBeUndefined()
})

test('PLAIN is user and password in one message', () => {
  expect(plainMessage({ user: 'a', secret: 'b' })).toBe('\0a\0b')
})
