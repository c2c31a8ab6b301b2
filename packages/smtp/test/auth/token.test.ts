import { inspect } from 'node:util'

import { connect, oauthbearer, xoauth2 } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { failureOf, startPeer } from '../scripted-peer.ts'

const token = 'ya29.a-token-of-ours'
const tokens = { 'ada@x.example': token }
const ada = { user: 'ada@x.example', token }

test('[SMTP-15] logs in with a token by each mechanism of OAuth', async () => {
  for (const auth of [xoauth2(), oauthbearer(), undefined]) {
    await using server = await startSmtpServer({ tokens, requireAuth: true })
    await using client = await connect(server.url, { ...ada, auth })
    await client.send({ from: 'ada@x.example', to: 'bob@x.example', text: 'x' })
    expect(server.mailbox.messages[0]?.user).toBe('ada@x.example')
    expect(server.received[1]).toBe(`AUTH ${auth?.name ?? 'OAUTHBEARER'} [secret]`)
  }
})

test('[SMTP-15] a refused token is asked for once more, and then it is over', async () => {
  for (const auth of [xoauth2(), oauthbearer()]) {
    await using server = await startSmtpServer({ tokens })
    const asked: unknown[] = []
    const giving = (...answers: string[]) => ({
      ...ada,
      auth,
      token: ({ what, rejected }: { what: string; rejected?: true }): string => {
        asked.push([what, rejected])
        return answers.shift() ?? 'nothing-more'
      },
    })
    await using client = await connect(server.url, giving('an-old-one', token))
    expect(asked).toEqual([
      ['token', undefined],
      ['token', true],
    ])
    await client.close()
    const error = await failureOf(connect(server.url, giving('an-old-one', 'a-wrong-one', token)))
    expect(asked).toHaveLength(4)
    expect(error).toMatchObject({
      code: 'NET_AUTH_REJECTED',
      phase: 'auth',
      reply: { status: 535 },
    })
    expect((error as Error).message).toContain(
      `to ${auth.name} as ada@x.example (status 400, scope mail.send)`,
    )
    expect(inspect(error)).not.toMatch(/an-old-one|a-wrong-one/)
  }
})

test('a token is never sent as a password, nor a password as a token', async () => {
  await using server = await startSmtpServer({ users: { 'ada@x.example': token } })
  await expect(connect(server.url, ada)).rejects.toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
  await using other = await startSmtpServer({ tokens })
  await expect(connect(other.url, { user: ada.user, password: token })).rejects.toMatchObject({
    code: 'NET_AUTH_NO_METHOD',
  })
  expect([...server.received, ...other.received].some((line) => line.startsWith('AUTH'))).toBe(
    false,
  )
  for (const options of [
    { ...ada, password: 'x' },
    { user: 'ada', password: 'x', auth: xoauth2() },
    { token },
  ]) {
    await expect(connect(other.url, options)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  }
})

test('a long token follows a command that has at most 512 octets', async () => {
  const long = 't'.repeat(3000)
  await using server = await startSmtpServer({ tokens: { ada: long } })
  await using client = await connect(server.url, { user: 'ada', token: long, auth: xoauth2() })
  expect(server.received.slice(1)).toEqual(['AUTH XOAUTH2', '[secret]'])
  await client.close()
  const auth = { ...xoauth2(), initialResponse: true }
  await using other = await connect(server.url, { user: 'ada', token: long, auth })
  expect(server.received.at(-1)).toBe('AUTH XOAUTH2 [secret]')
  await other.close()
})

test('a token that ends soon is one to ask for again, and a policy is told as such', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (const reply of [
      '250-peer\r\n250 AUTH XOAUTH2 LOGIN',
      '501 5.5.127 Token ends soon',
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled',
    ]) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
  let asked = 0
  const error = await failureOf(
    connect(peer.url, { user: 'ada', token: () => `token-number-${(asked += 1)}` }),
  )
  expect(asked).toBe(2)
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED', reply: { enhanced: '5.7.139' } })
  expect((error as Error).message).toContain('the policy of the account forbids it')
  expect(peer.lines.filter((line) => /LOGIN/.test(line))).toEqual([])
})
