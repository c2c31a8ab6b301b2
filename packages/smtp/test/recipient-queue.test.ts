import type { NetError } from '@net/core'
import { connect, type Message, type UnknownDelivery } from '@net/smtp'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { replyError } from '../src/errors.ts'
import type { CheckedEnvelope } from '../src/envelope.ts'
import { RecipientQueue } from '../src/recipient-queue.ts'
import type { RejectedRecipient } from '../src/send-result.ts'
import { failureOf, until } from './scripted-peer.ts'

const message: Message = { from: 'ada@example.com', subject: 'x', text: 'y' }

const envelope = (count: number): CheckedEnvelope => {
  const to = Array.from({ length: count }, (_, n) => `${n}@d`)
  return { from: 'a@b', to, recipients: to.map((wire) => ({ address: wire, wire })) }
}

const refused = (to: readonly string[], status: number, enhanced = ''): RejectedRecipient[] =>
  to.map((address) => ({
    address,
    wire: address,
    error: replyError({ status, enhanced, text: 'x' }, { command: 'RCPT', address }),
  }))

/** The sizes of the transactions at a server that takes so many recipients at once. */
function sizes(queue: RecipientQueue, room: number, status = 452): number[] {
  const taken: number[] = []
  for (let next = queue.next(); next !== undefined && taken.length < 50; next = queue.next()) {
    taken.push(next.to.length)
    queue.again(next, refused(next.to.slice(room), status))
  }
  return taken
}

test('one transaction where the server takes everybody', () => {
  const whole = envelope(3)
  const queue = new RecipientQueue(whole)
  expect(queue.next()).toBe(whole)
  expect(queue.next()).toBeUndefined()
})

test('a limit that the server tells is kept from the start', () => {
  expect(sizes(new RecipientQueue(envelope(7), 3), 3)).toEqual([3, 3, 1])
})

test('a limit that the server shows is kept from the second transaction on', () => {
  for (const status of [452, 552])
    expect(sizes(new RecipientQueue(envelope(150)), 50, status)).toEqual([150, 50, 50])
})

test('refusals of their own do not bring recipients back', () => {
  const queue = new RecipientQueue(envelope(3))
  const next = queue.next() as CheckedEnvelope
  const [, second = '', third = ''] = next.to
  const own = [...refused([second], 452, '4.2.2'), ...refused([third], 451)]
  expect([...queue.again(next, own)]).toEqual([])
  expect(queue.next()).toBeUndefined()
  const alone = new RecipientQueue(envelope(1))
  expect([...alone.again(alone.next() as CheckedEnvelope, refused(['0@d'], 452))]).toEqual([])
})

test('what is said twice to the first of a transaction is about this one', () => {
  const queue = new RecipientQueue(envelope(3))
  const first = queue.next() as CheckedEnvelope
  expect([...queue.again(first, refused(['0@d'], 452))]).toEqual(['0@d'])
  const second = queue.next() as CheckedEnvelope
  expect(second.to).toEqual(['0@d'])
  expect([...queue.again(second, refused(['0@d'], 452))]).toEqual([])
  expect(queue.next()).toBeUndefined()
})

test('a server that takes nobody is asked twice', () => {
  expect(sizes(new RecipientQueue(envelope(100)), 0)).toEqual([100, 100])
})

test('knows who is left, by all their spellings', () => {
  const recipients = [
    { address: 'c@D', wire: 'c@d' },
    { address: 'c@d', wire: 'c@d' },
    { address: 'e@f', wire: 'e@f' },
  ]
  const queue = new RecipientQueue({ from: '', to: ['c@d', 'e@f'], recipients }, 1)
  expect(queue.next()?.recipients).toEqual(recipients.slice(0, 2))
  expect(queue.left).toEqual(recipients.slice(2))
  queue.clear()
  expect(queue.next()).toBeUndefined()
})

describe('more recipients than a server takes at once', () => {
  const to = Array.from({ length: 150 }, (_, n) => `r${n}@x.example`)
  const bodies = (server: SmtpServer): readonly string[] =>
    server.mailbox.messages.map(({ raw }) => Buffer.from(raw).toString())

  for (const options of [
    { maxRecipients: 50 },
    { maxRecipients: 50, without: ['PIPELINING'] },
    { maxRecipients: 50, extensions: ['LIMITS RCPTMAX=50'] },
  ]) {
    test(`the rest goes in further transactions, with the same bytes (${Object.keys(options).join(' ')})`, async () => {
      await using server = await startSmtpServer(options)
      await using client = await connect(server.url)
      const result = await client.send({ ...message, to })
      expect(result).toMatchObject({ delivery: 'accepted', accepted: to, rejected: [] })
      expect(result.recipients.every(({ reply }) => reply?.status === 250)).toBe(true)
      expect(server.mailbox.messages.map(({ envelope }) => envelope.to.length)).toEqual([
        50, 50, 50,
      ])
      expect(server.mailbox.messages.flatMap(({ envelope }) => envelope.to)).toEqual(to)
      expect(new Set(bodies(server)).size).toBe(1)
      const named = server.received.filter((line) => line.startsWith('RCPT')).length
      expect(named).toBe('extensions' in options ? 150 : 250)
    })
  }

  test('552 says so as well, and a refusal of their own stays with those whom it is for', async () => {
    await using server = await startSmtpServer({ refuse: { 'r1@x.example': '550 5.1.1 no' } })
    await using client = await connect(server.url)
    server.fail({ on: 'RCPT TO:<r2@', do: { reply: '552 5.5.3 too many recipients' } })
    const result = await client.send({ ...message, to: to.slice(0, 4) })
    expect(result).toMatchObject({
      delivery: 'partial',
      accepted: ['r0@x.example', 'r3@x.example', 'r2@x.example'],
      rejected: [{ address: 'r1@x.example', error: { code: 'NET_NOT_FOUND' } }],
    })
  })

  test('the second transaction is lost behind its dot: it says who has the message, who may, and who does not', async () => {
    await using server = await startSmtpServer({ maxRecipients: 50 })
    await using client = await connect(server.url)
    const sending = client.send({ ...message, to })
    await until(() => server.mailbox.messages.length === 1)
    server.fail({ on: '.', do: 'drop' })
    const error = await failureOf(sending)
    expect(error).toMatchObject({ code: 'NET_DELIVERY_UNKNOWN', retry: 'never' })
    const partial = (error as NetError).partial as UnknownDelivery
    expect(partial.accepted).toEqual(to.slice(0, 100))
    expect(partial.unknown).toEqual(to.slice(50, 100))
    expect(partial.rejected.map(({ address }) => address)).toEqual(to.slice(100))
    for (const { error } of partial.rejected) expect(error).toMatchObject({ retry: 'safe' })
  })

  for (const fault of ['reset', { reply: '550 5.7.1 no more' }] as const) {
    test(`the second transaction fails, ${JSON.stringify(fault)}: those of the first have the message`, async () => {
      await using server = await startSmtpServer({ maxRecipients: 2 })
      await using client = await connect(server.url)
      const sending = client.send({ ...message, to: to.slice(0, 5) })
      await until(() => server.mailbox.messages.length === 1)
      server.fail({ on: 'DATA', do: fault })
      const result = await sending
      expect(result).toMatchObject({ delivery: 'partial', accepted: to.slice(0, 2) })
      expect(result.rejected.map(({ address }) => address)).toEqual(to.slice(2, 5))
      const retry = typeof fault === 'string' ? 'safe' : 'never'
      for (const { error } of result.rejected) expect(error).toMatchObject({ retry })
    })
  }

  test('an abort between two transactions says who has the message', async () => {
    await using server = await startSmtpServer({ maxRecipients: 2 })
    await using client = await connect(server.url)
    const abort = new AbortController()
    const failed = failureOf(
      client.send({ ...message, to: to.slice(0, 4) }, { signal: abort.signal }),
    )
    await until(() => server.mailbox.messages.length === 1)
    server.fail({ on: 'DATA', do: 'stall' })
    await until(() => server.received.filter((line) => line === 'DATA').length === 2)
    abort.abort()
    expect(await failed).toMatchObject({
      code: 'NET_ABORTED',
      sent: true,
      retry: 'never',
      partial: { delivery: 'partial', accepted: to.slice(0, 2) },
    })
  })

  test('a message that can be read once is sent once', async () => {
    await using server = await startSmtpServer({
      maxRecipients: 2,
      extensions: ['LIMITS RCPTMAX=2'],
    })
    await using client = await connect(server.url)
    async function* once(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('Subject: raw\r\n\r\nonce')
    }
    const result = await client.send(once(), { envelope: { from: '', to: to.slice(0, 3) } })
    expect(result).toMatchObject({ accepted: to.slice(0, 2) })
    expect(result.rejected).toMatchObject([{ error: { code: 'NET_REPLY_TEMPORARY' } }])
  })
})

test('who was refused leaves it safe to repeat, however the next transaction ends', async () => {
  await using server = await startSmtpServer({
    lmtp: true,
    refuseLate: { 'a@example.com': '452 4.2.2 Mailbox full' },
  })
  await using client = await connect(server.url)
  server.fail({ on: /^RCPT TO:<b@/, do: { reply: '452 4.5.3 Too many recipients' } })
  server.fail({ on: /^RCPT TO:<b@/, do: 'reset' })
  const to = ['a@example.com', 'b@example.com']
  expect(await failureOf(client.send({ ...message, to }))).toMatchObject({
    code: 'NET_CONN_RESET',
    sent: false,
    retry: 'safe',
  })
  expect(server.mailbox.messages).toEqual([])
})
