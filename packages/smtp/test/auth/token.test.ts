import { inspect } from 'node:util'

import { connect, createMailer, oauthbearer, xoauth2, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { failureOf, startPeer } from '../scripted-peer.ts'

const token = 'ya29.a-token-of-ours'
const tokens = { 'ada@x.example': token }
const message: Message = { from: 'ada@x.example', to: 'bob@x.example', text: 'x' }
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

test('tokens that live for a minute are asked for once each, over five minutes', async () => {
  let minute = 1
  let messages = 0
  // A server that takes the token of the minute, and keeps connections for as long.
  await using peer = await startPeer(async ({ connection, say, hear }) => {
    const opened = minute
    await say('220 peer\r\n')
    for (;;) {
      const [verb = '', , initial = ''] = (await hear()).split(' ')
      const isOver = verb === 'MAIL' && opened < minute
      if (verb === 'DATA') {
        await say('354 go on\r\n')
        while ((await hear()) !== '.');
        messages += 1
      }
      const token = Buffer.from(initial, 'base64').toString()
      const isRefused = verb === 'AUTH' && !token.includes(`a-token-of-minute-${minute}`)
      const replies: Record<string, string> = {
        EHLO: '250-peer\r\n250-PIPELINING\r\n250 AUTH XOAUTH2',
        AUTH: isRefused ? '535 5.7.8 expired' : '235 2.7.0 welcome',
      }
      await say(`${isOver ? '421 4.4.2 closing' : (replies[verb] ?? '250 2.0.0 fine')}\r\n`)
      if (isOver || verb === 'QUIT') return connection.close()
    }
  })
  const asked: unknown[] = []
  await using mailer = createMailer(peer.url, {
    user: 'ada',
    token: ({ rejected }) => {
      asked.push(rejected)
      return `a-token-of-minute-${minute}`
    },
    pool: { connections: 5 },
  })
  for (; minute <= 5; minute++) {
    await Promise.all(Array.from({ length: 20 }, () => mailer.send(message)))
    expect(asked).toHaveLength(minute)
  }
  expect(messages).toBe(100)
  // Each but the first, because the one before it was refused.
  expect(asked).toEqual([undefined, true, true, true, true])
})

test('a callback that always gives a bad token is asked twice for one message', async () => {
  await using server = await startSmtpServer({ tokens: { ada: 'a-token-of-ours' } })
  let asked = 0
  await using mailer = createMailer(server.url, {
    user: 'ada',
    token: () => `a-bad-token-${(asked += 1)}`,
  })
  await expect(mailer.send(message)).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(asked).toBe(2)
})
