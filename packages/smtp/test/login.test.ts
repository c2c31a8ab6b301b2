import { inspect } from 'node:util'

import { AuthError, type LogRecord } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect, login, plain } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { describe, expect, test } from 'vitest'

import { startPeer } from './scripted-peer.ts'

const password = 'a-password-of-ours'
const users = { ada: password, jürgen: 'pässwörd-ünïcode' }

test('[SMTP-13] logs in by PLAIN, and by LOGIN where that is wanted or all there is', async () => {
  const cases = [
    [{}, undefined, 'PLAIN'],
    [{}, login(), 'LOGIN'],
    [{ mechanisms: ['LOGIN'] }, undefined, 'LOGIN'],
    [{}, [plain(), login()], 'PLAIN'],
  ] as const
  for (const [options, auth, used] of cases) {
    await using server = await startSmtpServer({ users, requireAuth: true, ...options })
    await using client = await connect(server.url, {
      user: 'ada',
      password,
      ...(auth === undefined ? {} : { auth }),
    })
    await client.send({ from: 'ada@example.com', to: 'bob@example.com', text: 'x' })
    expect(server.mailbox.messages[0]?.user).toBe('ada')
    expect(server.received[1]).toMatch(new RegExp(`^AUTH ${used}`))
  }
})

test('[SMTP-16] user and password of any script', async () => {
  for (const auth of [plain(), login()]) {
    await using server = await startSmtpServer({ users })
    await using client = await connect(server.url, { user: 'jürgen', password: users.jürgen, auth })
    expect(client.capabilities.mechanisms).toEqual(['PLAIN', 'LOGIN'])
  }
})

test('user and password of the URL', async () => {
  await using server = await startSmtpServer({ users, requireAuth: true })
  const url = server.url.replace('//', `//ada:${password}@`)
  await using client = await connect(url)
  await client.send({ from: 'ada@example.com', to: 'bob@example.com', text: 'x' })
  expect(server.mailbox.messages[0]?.user).toBe('ada')
})

test('[SMTP-49] a refused login is an AuthError with the reply', async () => {
  await using server = await startSmtpServer({ users })
  for (const auth of [plain(), login()]) {
    const error = await connect(server.url, { user: 'ada', password: 'not-that-one', auth }).catch(
      (error: unknown) => error,
    )
    expect(error).toBeInstanceOf(AuthError)
    expect(error).toMatchObject({
      code: 'NET_AUTH_REJECTED',
      phase: 'auth',
      retry: 'never',
      reply: { status: 535, enhanced: '5.7.8' },
    })
  }
})

test('a login that cannot be decided at the moment may be repeated', async () => {
  await using server = await startSmtpServer({ users })
  server.fail({ on: 'AUTH', do: { reply: '454 4.7.0 directory is down' } })
  await expect(connect(server.url, { user: 'ada', password })).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    retry: 'safe',
    command: 'AUTH',
  })
})

test('a callback is called once more after a refusal, on the same connection', async () => {
  await using server = await startSmtpServer({ users })
  const asked: unknown[] = []
  await using client = await connect(server.url, {
    user: 'ada',
    password: ({ rejected, user }) => {
      asked.push([user, rejected])
      return rejected === true ? password : 'not-that-one'
    },
  })
  expect(client.capabilities.mechanisms).toHaveLength(2)
  expect(asked).toEqual([
    ['ada', undefined],
    ['ada', true],
  ])
  expect(server.received.filter((line) => line.startsWith('EHLO'))).toHaveLength(1)
})

describe('a mechanism that is offered and not taken', () => {
  for (const refusal of [
    '502 5.5.1 not implemented',
    '504 5.7.4 Unrecognized authentication type',
    '535 5.7.4 mechanism not enabled',
  ]) {
    test(`leaves the next one to be tried: ${refusal}`, async () => {
      await using server = await startSmtpServer({ users, requireAuth: true })
      server.fail({ on: 'AUTH PLAIN', do: { reply: refusal } })
      let asked = 0
      await using client = await connect(server.url, {
        user: 'ada',
        password: () => {
          asked += 1
          return password
        },
      })
      await client.send({ from: 'ada@example.com', to: 'bob@example.com', text: 'x' })
      expect(server.mailbox.messages[0]?.user).toBe('ada')
      expect(asked).toBe(1)
      expect(server.received.filter((line) => line.startsWith('AUTH'))).toEqual([
        'AUTH PLAIN [secret]',
        'AUTH LOGIN',
      ])
    })
  }

  test('is not tried again with another password', async () => {
    await using server = await startSmtpServer({ users })
    server.fail({ on: 'AUTH PLAIN', do: { reply: '504 5.7.4 Unrecognized authentication type' } })
    await using client = await connect(server.url, {
      user: 'ada',
      password: ({ rejected }) => (rejected === true ? password : 'not-that-one'),
    })
    expect(client.capabilities.mechanisms).toHaveLength(2)
    expect(server.received.filter((line) => line.startsWith('AUTH'))).toEqual([
      'AUTH PLAIN [secret]',
      'AUTH LOGIN',
      'AUTH LOGIN',
    ])
  })

  test('says so if there is no other, or the server accepts none', async () => {
    await using server = await startSmtpServer({ users })
    for (const [auth, tried] of [
      [[plain()], 1],
      [[plain(), login()], 2],
    ] as const) {
      server.fail({ on: 'AUTH', times: tried, do: { reply: '504 5.7.4 Unrecognized type' } })
      await expect(connect(server.url, { user: 'ada', password, auth })).rejects.toMatchObject({
        code: 'NET_AUTH_NO_METHOD',
        phase: 'auth',
        reply: { status: 504 },
        message: expect.stringContaining('504 5.7.4 Unrecognized type'),
      })
    }
  })

  test('[H-SMTP-15] uses only named mechanisms', async () => {
    await using server = await startSmtpServer({ users })
    server.fail({ on: 'AUTH', do: { reply: '504 5.7.4 Unrecognized type' } })
    const connecting = connect(server.url, { user: 'ada', password, auth: plain() })
    await expect(connecting).rejects.toMatchObject({ code: 'NET_AUTH_NO_METHOD' })
    expect(server.received.filter((line) => line.startsWith('AUTH'))).toHaveLength(1)
  })
})

test('a server that asks for more than a mechanism says gets an asterisk, and the next mechanism', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (const reply of [
      '250-peer\r\n250 AUTH PLAIN LOGIN',
      '334 and now?',
      '501 5.7.0 cancelled',
      '334 VXNlcm5hbWU6',
      '334 UGFzc3dvcmQ6',
      '235 2.7.0 fine',
    ]) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
  await using client = await connect(peer.url, { user: 'ada', password })
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  expect(peer.lines.slice(1)).toEqual([
    `AUTH PLAIN ${base64(`\0ada\0${password}`)}`,
    '*',
    'AUTH LOGIN',
    base64('ada'),
    base64(password),
  ])
  await client.close({ grace: 0 })
})

test('a login that succeeds before the password was said is not believed', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (const reply of ['250-peer\r\n250 AUTH LOGIN', '235 2.7.0 fine']) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
  await expect(connect(peer.url, { user: 'ada', password })).rejects.toMatchObject({
    code: 'NET_PROTO_UNEXPECTED',
    phase: 'auth',
  })
  expect(peer.lines).toEqual([expect.stringMatching(/^EHLO/), 'AUTH LOGIN'])
})

test('a refused password is tried by one mechanism only', async () => {
  await using server = await startSmtpServer({ users })
  const connecting = connect(server.url, { user: 'ada', password: 'not-that-one' })
  await expect(connecting).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED' })
  expect(server.received.filter((line) => line.startsWith('AUTH'))).toHaveLength(1)
})

test('a prompt does not use up the limit of the login', async () => {
  await using server = await startSmtpServer({ users })
  using clock = useFakeClock()
  await using client = await connect(server.url, {
    user: 'ada',
    password: async () => {
      await clock.advance(100_000)
      return password
    },
  })
  expect(client.encrypted).toBe(false)
})

test('[H-CORE-01] control characters in the password are refused before it is sent', async () => {
  await using server = await startSmtpServer({ users })
  await expect(connect(server.url, { user: 'ada', password: 'a\0b-c-d' })).rejects.toMatchObject({
    code: 'NET_INJECTION',
    message: expect.not.stringContaining('b-c-d'),
  })
  expect(server.received.join()).not.toContain('AUTH')
})

describe('[H-SMTP-14] [H-CORE-19] a password', () => {
  /** What a hostile server does with a login: it says it again, in every form. */
  async function echo(auth: ReturnType<typeof plain>): Promise<string> {
    await using peer = await startPeer(async ({ say, hear }) => {
      await say('220 peer\r\n')
      await hear()
      await say('250-peer\r\n250 AUTH PLAIN LOGIN\r\n')
      const lines = [await hear()]
      if (auth === login()) {
        await say('334 VXNlcm5hbWU6\r\n')
        lines.push(await hear())
        await say('334 UGFzc3dvcmQ6\r\n')
        lines.push(await hear())
      }
      const heard = lines.join(' ')
      const clear = lines.map((line) =>
        Buffer.from(line.split(' ').at(-1) ?? '', 'base64')
          .toString()
          .replaceAll('\0', ' '),
      )
      await say(`535-5.7.8 ${heard}\r\n535 5.7.8 ${clear.join(' ')}\r\n`)
    })
    const records: LogRecord[] = []
    using captured = captureEvents()
    const log = {
      sink: { write: (record: LogRecord) => void records.push(record) },
      level: 'trace',
    } as const
    const error: unknown = await connect(peer.url, { user: 'ada', password, auth, log }).catch(
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED' })
    expect(captured.of('wire').length).toBeGreaterThan(3)
    expect(records.length).toBeGreaterThan(3)
    return [
      inspect(error, { depth: 10, showHidden: true }),
      JSON.stringify(error),
      inspect(captured.events, { depth: 10 }),
      inspect(records, { depth: 10 }),
    ].join('\n')
  }

  for (const auth of [plain(), login()]) {
    test(`that a server repeats after ${auth.name} shows nowhere`, async () => {
      const everything = await echo(auth)
      expect(everything).toContain('[secret]')
      expect(everything).not.toContain(password)
      expect(everything).not.toContain(Buffer.from(password).toString('base64').slice(0, 12))
      expect(everything).not.toContain(
        Buffer.from(`\0ada\0${password}`).toString('base64').slice(0, 16),
      )
    })
  }

  test('is masked in the events of the wire', async () => {
    const certificates = createCertificates()
    await using server = await startSmtpServer({ users, tls: certificates.issue() })
    for (const auth of [plain(), login()]) {
      using captured = captureEvents()
      await using client = await connect(server.url, {
        user: 'ada',
        password,
        auth,
        tls: { ca: certificates.ca },
      })
      expect(client.encrypted).toBe(true)
      const sent = captured
        .of('wire')
        .filter(({ direction }) => direction === 'send')
        .map(({ text }) => text)
      const expected =
        auth === plain() ? ['AUTH PLAIN [secret]'] : ['AUTH LOGIN', '[secret]', '[secret]']
      expect(sent.slice(3)).toEqual(expected)
    }
  })
})

test('nobody is asked any longer once the server has gone', async () => {
  await using server = await startSmtpServer({ users })
  const ask = (): Promise<string> => {
    void server.close({ grace: 0 })
    return new Promise(() => {})
  }
  await expect(connect(server.url, { user: 'ada', password: ask })).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_CONN_(?:CLOSED|RESET)$/),
    retry: 'safe',
  })
})
