import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'

import type { NetError, RetryEvent } from '@net/core'
import { captureEvents, useFakeClock, type CapturedEvents } from '@net/core/testing'
import { createMailer, type Mailer, type MailOutcome, type Message } from '@net/smtp'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { failureOf, startPeer, until } from './scripted-peer.ts'

const GREYLISTED = { reply: '450 4.2.0 greylisted, come back later' }
const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }

function many(mailer: Mailer, count: number): Promise<readonly unknown[]> {
  const numbers = Array.from({ length: count }, (_, n) => n)
  return Promise.all(numbers.map((n) => mailer.send({ ...message, subject: String(n) })))
}

/** Waits until so many messages have had their answer, and what follows of it is under way. */
async function answered(captured: CapturedEvents, count: number): Promise<void> {
  await until(
    () => captured.of('pool').filter(({ action }) => action === 'release').length === count,
  )
  await turn()
}

function subjects(server: SmtpServer): readonly string[] {
  return server.mailbox.messages.flatMap(({ headers }) => headers.get('subject') ?? [])
}

test('[SMTP-31] sends over a few connections, which are kept for the next messages', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 3 } })
  await many(mailer, 30)
  await many(mailer, 30)
  expect(server.mailbox.messages).toHaveLength(60)
  expect(mailer.connections).toBeLessThanOrEqual(3)
  expect(server.received.filter((line) => line.startsWith('EHLO')).length).toBeLessThanOrEqual(3)
  await mailer.drain()
  expect(server.received.filter((line) => line === 'QUIT').length).toBe(
    server.received.filter((line) => line.startsWith('EHLO')).length,
  )
  await expect(mailer.send(message)).rejects.toMatchObject({ code: 'NET_CLOSED' })
})

describe('[H-SMTP-19] a connection that has served before and is gone', () => {
  test('because the server closed it while it was idle: the next message goes over a new one', async () => {
    await using server = await startSmtpServer()
    await using mailer = createMailer(server.url, { pool: { connections: 1 } })
    await mailer.send(message)
    server.fail({ on: 'MAIL', do: { reply: '421 4.4.2 idle for too long' } })
    await mailer.send({ ...message, subject: 'second' })
    server.fail({ on: 'MAIL', do: 'reset' })
    await mailer.send({ ...message, subject: 'third' })
    expect(subjects(server)).toEqual(['x', 'second', 'third'])
  })

  test('because it was lost after the dot: nothing is sent again', async () => {
    await using server = await startSmtpServer()
    await using mailer = createMailer(server.url, { pool: { connections: 1 } })
    await mailer.send(message)
    server.fail({ on: '.', do: 'drop' })
    await expect(mailer.send(message)).rejects.toMatchObject({
      code: 'NET_DELIVERY_UNKNOWN',
      retry: 'never',
    })
    expect(subjects(server)).toEqual(['x'])
    expect(await mailer.send(message)).toMatchObject({ delivery: 'accepted' })
  })

  test('with a message that can be read only once: it is told, and not sent in part', async () => {
    await using server = await startSmtpServer()
    await using mailer = createMailer(server.url, { pool: { connections: 1 } })
    await mailer.send(message)
    server.fail({ on: 'MAIL', do: 'reset' })
    async function* once(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('Subject: raw\r\n\r\nonce')
    }
    const sending = mailer.send(once(), { envelope: { from: '', to: 'bob@x.example' } })
    await expect(sending).rejects.toMatchObject({ code: 'NET_CONN_RESET' })
    expect(subjects(server)).toEqual(['x'])
  })
})

test('a new connection that fails is no reason to try another one', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 1 } })
  server.fail({ on: 'MAIL', do: 'drop' })
  await expect(mailer.send(message)).rejects.toMatchObject({ retry: 'safe' })
  expect(server.mailbox.messages).toEqual([])
})

test('[SMTP-31] a refused connection shrinks the pool, and its message waits for another one', async () => {
  for (const [on, reply] of [
    ['greeting', '421 4.7.0 too many connections'],
    ['EHLO', '421 4.3.2 too many'],
    ['MAIL', '432 4.3.2 concurrent connections limit exceeded'],
  ] as const) {
    await using server = await startSmtpServer()
    await using mailer = createMailer(server.url, { pool: { connections: 3 } })
    // For a refused command there are two connections, for a refused connection there is one.
    await many(mailer, on === 'MAIL' ? 2 : 1)
    server.mailbox.clear()
    server.fail({ on, do: { reply }, times: on === 'MAIL' ? 1 : 2 })
    const results = await many(mailer, 20)
    expect(results).toHaveLength(20)
    expect(new Set(subjects(server)).size).toBe(20)
    expect(server.mailbox.messages).toHaveLength(20)
  }
})

test('what a server has refused for sure is safe to repeat, however the next connection ends', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 1 } })
  await mailer.send(message)
  server.fail({ on: '.', do: { reply: '421 4.4.2 leaving' } })
  server.fail({ on: 'greeting', do: 'drop' })
  expect(await failureOf(mailer.send(message))).toMatchObject({
    code: 'NET_CONN_CLOSED',
    phase: 'greeting',
    sent: false,
    retry: 'safe',
  })
  expect(server.mailbox.messages).toHaveLength(1)
})

test('[SMTP-31] a server that takes no connection at all is told as it is', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  server.fail({ on: 'greeting', do: { reply: '421 4.3.2 full' } })
  await expect(mailer.send(message)).rejects.toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    retry: 'safe',
  })
})

test('[SMTP-31] the rate holds in every stretch of time, over all connections', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 5, rate: 4 } })
  const sending = many(mailer, 12)
  for (let sent = 1; sent <= 12; sent++) {
    await answered(captured, sent)
    expect(server.mailbox.messages).toHaveLength(sent)
    await clock.advance(249)
    expect(server.received.filter((line) => line.startsWith('MAIL'))).toHaveLength(sent)
    await clock.advance(1)
  }
  await sending
})

test('a wait for the rate ends with the limit of the pool', async () => {
  using clock = useFakeClock()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { rate: { limit: 1, interval: 600_000 } } })
  await mailer.send(message)
  const waiting = failureOf(mailer.send(message, { timeout: { pool: 1000 } }))
  await clock.advance(1000)
  expect(await waiting).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 1000 })
})

test('[SMTP-31] recipients that are put off get it later, and the others do not get it again', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  server.fail({ on: 'RCPT TO:<eve@', do: GREYLISTED, times: 2 })
  let result: unknown
  const to = ['bob@x.example', 'eve@x.example', 'carl@x.example']
  const sending = mailer
    .send({ ...message, to }, { retry: { attempts: 5, delay: 1 } })
    .then((given) => (result = given))
  const attempts = (): number => server.received.filter((line) => line.includes('eve@')).length
  await answered(captured, 1)
  await clock.advance(299_000)
  expect(attempts()).toBe(1)
  await clock.advance(1_000)
  await answered(captured, 2)
  expect(attempts()).toBe(2)
  await clock.advance(599_000)
  expect(attempts()).toBe(2)
  await clock.advance(1_000)
  await sending
  expect(result).toMatchObject({
    delivery: 'accepted',
    accepted: ['bob@x.example', 'carl@x.example', 'eve@x.example'],
  })
  const [first, second, ...others] = server.mailbox.messages
  expect(others).toEqual([])
  expect(first?.envelope.to).toEqual(['bob@x.example', 'carl@x.example'])
  expect(second?.envelope).toEqual({ from: 'ada@x.example', to: ['eve@x.example'] })
  expect(Buffer.from(second?.raw ?? []).equals(Buffer.from(first?.raw ?? []))).toBe(true)
})

test('a message that is put off for all comes back, and without `retry` nothing waits', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  server.fail({ on: 'RCPT', do: { reply: '451 4.7.1 try again in 10 minutes' }, times: 2 })
  await expect(mailer.send(message)).rejects.toMatchObject({ code: 'NET_REPLY_TEMPORARY' })
  const sending = mailer.send(message, { retry: 2 })
  const attempts = (): number => server.received.filter((line) => line.startsWith('RCPT')).length
  await answered(captured, 2)
  await clock.advance(599_000)
  expect(attempts()).toBe(2)
  await clock.advance(1_000)
  expect(await sending).toMatchObject({ delivery: 'accepted' })
})

test('[SMTP-31] many messages are read as they can be sent, and each one ends in the report', async () => {
  await using server = await startSmtpServer({ refuse: { 'no@x.example': '550 5.1.1 no' } })
  await using mailer = createMailer(server.url, { pool: { connections: 2 } })
  let read = 0
  async function* merge(): AsyncGenerator<Message> {
    for (let n = 0; n < 50; n++) {
      read += 1
      expect(read - server.mailbox.messages.length).toBeLessThan(12)
      yield { ...message, subject: String(n), to: n % 10 === 0 ? 'no@x.example' : 'bob@x.example' }
    }
  }
  const seen: MailOutcome[] = []
  const report = await mailer.sendAll(merge(), { onOutcome: (outcome) => void seen.push(outcome) })
  expect(report).toMatchObject({ accepted: 45, partial: 0, failed: 5, unknown: 0 })
  expect(report.exceptions.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([
    0, 10, 20, 30, 40,
  ])
  expect(report.exceptions[0]?.error).toMatchObject({ code: 'NET_NOT_FOUND' })
  expect(seen).toHaveLength(50)
  expect(new Set(subjects(server)).size).toBe(45)
})

test('an abort ends a merge, and what the caller throws is thrown', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  const abort = new AbortController()
  const messages = Array.from({ length: 20 }, () => message)
  await expect(
    mailer.sendAll(messages, { signal: abort.signal, onOutcome: () => abort.abort() }),
  ).rejects.toMatchObject({ code: 'NET_ABORTED' })
  const thrown = new Error('mine')
  await expect(
    mailer.sendAll(messages, {
      onOutcome: () => {
        throw thrown
      },
    }),
  ).rejects.toBe(thrown)
})

test('a merge that is stopped tells of each message that was delivered', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 4 } })
  const messages = Array.from({ length: 20 }, (_, n) => ({ ...message, subject: String(n) }))
  const abort = new AbortController()
  const told: string[] = []
  const stopped = mailer.sendAll(messages, {
    signal: abort.signal,
    async onOutcome({ message: { subject = '' } }) {
      told.push(subject)
      // The others are delivered while their turn has not come.
      await until(() => server.mailbox.messages.length > 3)
      await turn()
      abort.abort()
    },
  })
  await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
  expect(subjects(server).length).toBeGreaterThan(3)
  expect(told).toEqual(expect.arrayContaining([...subjects(server)]))
  expect(new Set(told).size).toBe(told.length)
})

test('tokens that are refused together are asked for once', async () => {
  const tokens: Record<string, string> = { ada: 'token-1' }
  await using server = await startSmtpServer({ tokens })
  let asked = 0
  await using mailer = createMailer(server.url, {
    user: 'ada',
    token: async () => `token-${(asked += 1)}`,
    pool: { connections: 5 },
  })
  await many(mailer, 20)
  expect(asked).toBe(1)
  expect(server.mailbox.messages).toHaveLength(20)
})

test('a login that is put off is not asked for again, and the next connection waits', async () => {
  using clock = useFakeClock()
  await using server = await startSmtpServer({ users: { ada: 'a-password' } })
  let asked = 0
  await using mailer = createMailer(server.url, {
    user: 'ada',
    password: () => {
      asked += 1
      return 'a-password'
    },
  })
  server.fail({ on: 'AUTH', do: { reply: '454 4.7.0 too many logins' } })
  await expect(mailer.send(message)).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    phase: 'auth',
    retry: 'safe',
  })
  let isSent = false
  const sending = mailer.send(message).then(() => (isSent = true))
  await clock.advance(999)
  expect(isSent).toBe(false)
  await clock.advance(1000)
  await sending
  expect(asked).toBe(1)
})

test('wrong options are refused at once', () => {
  for (const options of [
    { pool: { connections: 0 } },
    { pool: { rate: 0 } },
    { pool: { rate: { interval: 5 } } },
    { maxConnections: 5 },
    { dkim: { domain: 'x.example', selector: 's', privateKey: 'none' } },
  ]) {
    expect(() => createMailer('smtp://x.example', options as never)).toThrow(
      expect.objectContaining({ code: 'NET_BAD_OPTION', operation: 'createMailer' }),
    )
  }
  expect(() => createMailer('http://x.example')).toThrow(
    expect.objectContaining({ code: 'NET_BAD_URL' }),
  )
})

test('a server that is never there costs each message its own error', async () => {
  await using peer = await startPeer(async ({ connection }) => connection.abort())
  await using mailer = createMailer(peer.url, { pool: { connections: 2 } })
  const errors = await Promise.all([1, 2, 3].map(() => failureOf(mailer.send(message))))
  for (const error of errors) expect(error).toMatchObject({ retry: 'safe' })
})

test('[SMTP-31] of 1,000 messages through a relay that fails at random each ends once, and as it is told', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 5 } })
  // A generator of its own, so that every run is the same.
  let state = 20_261_129
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const places = ['MAIL', 'RCPT', 'DATA', '.', 'EHLO', 'greeting'] as const
  const faults = [
    'reset',
    'drop',
    'half-close',
    { delay: 2000 },
    { reply: '451 4.3.0 not now' },
    { reply: '452 4.2.2 full' },
    { reply: '421 4.4.2 leaving' },
    { reply: '550 5.7.1 no' },
  ] as const
  const arm = (): void => {
    if (random(3) > 0) return
    const on = places[random(places.length)] ?? 'MAIL'
    const isGreylisted = on === 'RCPT' && random(2) === 0
    const action = isGreylisted ? GREYLISTED : (faults[random(faults.length)] ?? 'reset')
    server.fail({ on, do: action })
  }
  const outcomes = new Map<string, MailOutcome>()
  const messages = Array.from({ length: 1000 }, (_, n) => ({ ...message, subject: `mail ${n}` }))
  const sending = mailer.sendAll(messages, {
    retry: { attempts: 3, delay: 0 },
    onOutcome(outcome) {
      outcomes.set(String(outcome.message.subject), outcome)
      arm()
    },
  })
  let heard = 0
  while ((await Promise.race([sending, wait(20)])) === undefined) {
    // All that is left waits: for minutes, where recipients were put off. No answer takes as long as its limit.
    if (server.received.length === heard) await clock.advance(20_000)
    heard = server.received.length
  }
  const report = await sending
  const isPutOff = ({ delay }: RetryEvent): boolean => delay >= 300_000
  expect(captured.of('retry').filter(isPutOff).length).toBeGreaterThan(9)
  expect(outcomes.size).toBe(1000)
  expect(report.accepted + report.failed + report.unknown).toBe(1000)
  expect(report.unknown).toBeGreaterThan(0)
  expect(report.failed).toBeGreaterThan(0)
  const arrived = new Map<string, number>()
  for (const subject of subjects(server)) arrived.set(subject, (arrived.get(subject) ?? 0) + 1)
  for (const [subject, { result, error }] of outcomes) {
    const copies = arrived.get(subject) ?? 0
    const { code, reply, retry } = (error ?? {}) as Partial<NetError>
    const told = reply?.status === 550 ? 'never' : 'safe'
    if (result !== undefined) expect([subject, copies]).toEqual([subject, 1])
    else if (code === 'NET_DELIVERY_UNKNOWN') expect(copies).toBeLessThanOrEqual(1)
    else expect([subject, copies, code, retry]).toEqual([subject, 0, code, told])
  }
})
