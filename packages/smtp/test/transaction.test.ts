import { isRetryable } from '@net/core'
import {
  connect,
  SmtpReplyError,
  type Message,
  type Recipient,
  type RefusedDelivery,
} from '@net/smtp'
import { startSmtpServer, type SmtpFault } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { Transaction } from '../src/transaction.ts'
import { startPeer } from './scripted-peer.ts'

function reply(status: number): { readonly status: number; readonly text: string } {
  return { status, text: 'x' }
}

function recipients(...addresses: readonly string[]): readonly Recipient[] {
  return addresses.map((address) => ({ address, wire: address }))
}

function asked(transaction: Transaction): void {
  transaction.sender(reply(250))
  transaction.recipient('c@d', reply(250))
  transaction.data(reply(354))
}

test('[SMTP-22] records accepted and refused recipients', () => {
  const transaction = new Transaction(recipients('c@d', 'e@f'))
  transaction.sender(reply(250))
  transaction.recipient('c@d', reply(250))
  transaction.recipient('e@f', reply(550))
  expect(transaction.accepted).toEqual(['c@d'])
  expect(transaction.rejected).toMatchObject([
    { address: 'e@f', error: { address: 'e@f', command: 'RCPT' } },
  ])
  expect(transaction.refusal).toBeUndefined()
})

test('names recipients as they were given, each spelling of an address that is sent once', () => {
  const given = [
    { address: 'c@D', wire: 'c@d' },
    { address: 'c@d', wire: 'c@d' },
    { address: 'e@F', wire: 'e@f' },
  ]
  const transaction = new Transaction(given)
  transaction.recipient('c@d', reply(250))
  transaction.recipient('e@f', reply(550))
  expect(transaction.accepted).toEqual(['c@D', 'c@d'])
  expect(transaction.rejected).toMatchObject([
    { address: 'e@F', wire: 'e@f', error: { address: 'e@F' } },
  ])
  expect(transaction.refusal).toBeUndefined()
})

test('the outcome is unknown between the final dot and the verdict', () => {
  const transaction = new Transaction(recipients('c@d'))
  asked(transaction)
  expect(transaction.unknown).toBe(false)
  transaction.dotted()
  expect(transaction.unknown).toBe(true)
  transaction.verdict(reply(250))
  expect(transaction.unknown).toBe(false)
  expect(transaction.refusal).toBeUndefined()
})

test('an empty message without recipients has no unknown outcome', () => {
  const transaction = new Transaction(recipients('c@d'))
  transaction.recipient('c@d', reply(550))
  transaction.dotted()
  expect(transaction.unknown).toBe(false)
})

test('says what was refused, the sender before all', () => {
  const sender = new Transaction(recipients('c@d'))
  sender.sender(reply(550))
  sender.recipient('c@d', reply(503))
  sender.data(reply(503))
  expect(sender.refusal).toMatchObject({ command: 'MAIL' })

  const data = new Transaction(recipients('c@d'))
  data.recipient('c@d', reply(250))
  data.data(reply(451))
  expect(data.refusal).toMatchObject({ command: 'DATA', code: 'NET_REPLY_TEMPORARY' })

  const message = new Transaction(recipients('c@d'))
  asked(message)
  message.dotted()
  message.verdict(reply(554))
  expect(message.refusal).toMatchObject({ command: 'message' })
})

test('of several refused recipients one that may be tried again decides', () => {
  const transaction = new Transaction(recipients('c@d', 'e@f'))
  transaction.recipient('c@d', reply(550))
  expect(transaction.refusal).toBeUndefined()
  transaction.recipient('e@f', reply(450))
  expect(transaction.refusal).toMatchObject({ code: 'NET_REPLY_TEMPORARY', retry: 'safe' })
  expect(transaction.refusal?.errors).toHaveLength(2)
})

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }

describe('[SMTP-22] [SMTP-49] refusals', () => {
  async function refused(fault: SmtpFault, sent: Message = message): Promise<unknown> {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail(fault)
    const error = await client.send(sent).catch((error: unknown) => error)
    // The session goes on.
    const again = await client.send(message)
    expect(again.delivery).toBe('accepted')
    expect(server.mailbox.messages).toHaveLength(1)
    return error
  }

  test('of the sender', async () => {
    const error = await refused({ on: 'MAIL', do: { reply: '550 5.7.1 not you' } })
    expect(error).toBeInstanceOf(SmtpReplyError)
    expect(error).toMatchObject({
      command: 'MAIL',
      code: 'NET_ACCESS_DENIED',
      operation: 'send',
      phase: 'command',
    })
  })

  test('of the only recipient', async () => {
    const error = await refused({ on: 'RCPT', do: { reply: '450 4.2.0 greylisted' } })
    expect(error).toMatchObject({
      command: 'RCPT',
      address: 'bob@example.com',
      retry: 'safe',
      code: 'NET_REPLY_TEMPORARY',
    })
  })

  test('of all recipients', async () => {
    const error = await refused(
      { on: 'RCPT', times: 2, do: { reply: '550 5.1.1 nobody' } },
      { ...message, cc: 'c@d.example' },
    )
    expect(error).toMatchObject({
      code: 'NET_NOT_FOUND',
      errors: [{ address: 'bob@example.com' }, { address: 'c@d.example' }],
    })
  })

  test('of the data', async () => {
    const error = await refused({ on: 'DATA', do: { reply: '451 4.3.0 later' } })
    expect(error).toMatchObject({ command: 'DATA', retry: 'safe' })
  })

  test('of the message', async () => {
    const error = await refused({ on: '.', do: { reply: '554 5.7.1 spam' } })
    expect(error).toMatchObject({
      command: 'message',
      code: 'NET_ACCESS_DENIED',
      phase: 'receive',
      sent: true,
    })
  })

  for (const on of ['MAIL', 'RCPT', 'DATA', '.'] as const) {
    test(`for now, at ${on}: surely nothing was delivered, so that a repeat is safe`, async () => {
      const error = await refused({ on, do: { reply: '452 4.3.1 no space at the moment' } })
      expect(error).toMatchObject({ code: 'NET_REPLY_TEMPORARY', retry: 'safe' })
      expect(isRetryable(error, { idempotent: false })).toBe(true)
    })
  }

  test('of one recipient in the middle, for now', async () => {
    await using server = await startSmtpServer({ refuse: { 'c@d.example': '452 4.2.2 full' } })
    await using client = await connect(server.url)
    const { accepted, rejected } = await client.send({ ...message, cc: 'c@d.example' })
    expect(accepted).toEqual(['bob@example.com'])
    expect(rejected).toMatchObject([
      { address: 'c@d.example', error: { code: 'NET_REPLY_TEMPORARY', retry: 'safe' } },
    ])
  })

  for (const on of ['MAIL', 'DATA', '.'] as const) {
    test(`of the message, at ${on}: it is about the sender, and says nothing of a recipient`, async () => {
      await using server = await startSmtpServer({ refuse: { 'c@d.example': '550 5.1.1 no' } })
      await using client = await connect(server.url)
      server.fail({ on, do: { reply: '550 5.7.0 too many messages today' } })
      const error = await client
        .send({ ...message, cc: 'c@d.example' })
        .catch((error: unknown) => error)
      expect(error).toMatchObject({
        command: on === '.' ? 'message' : on,
        retry: 'never',
        reply: { status: 550, enhanced: '5.7.0' },
        partial: { delivery: 'refused', accepted: [] },
      })
      const { rejected } = (error as { partial: RefusedDelivery }).partial
      expect(rejected.map(({ address }) => address)).toEqual(['bob@example.com', 'c@d.example'])
      expect(rejected[0]).not.toHaveProperty('error')
      if (on !== 'MAIL') expect(rejected[1]?.error).toMatchObject({ command: 'RCPT' })
    })
  }
})

test('[H-SMTP-09] a message without recipients is never sent', async () => {
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250 PIPELINING\r\n')
    for (const reply of ['250 a', '550 5.1.1 b', '354 go']) {
      await hear()
      await say(`${reply}\r\n`)
    }
    await hear()
    await say('554 5.5.1 nobody\r\n')
  })
  await using client = await connect(peer.url)
  await expect(client.send(message)).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    address: 'bob@example.com',
  })
  expect(peer.lines.slice(-2)).toEqual(['DATA', '.'])
  await client.close({ grace: 0 })
})
