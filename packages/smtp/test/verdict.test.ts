import { connect, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { failureOf, startPeer } from './scripted-peer.ts'

const message: Message = {
  from: 'ada@x.example',
  to: ['bob@x.example', 'eve@x.example', 'full@x.example'],
  text: 'x',
}

test('[SMTP-09] over LMTP each recipient has a result of its own behind the message', async () => {
  await using server = await startSmtpServer({
    lmtp: true,
    refuse: { 'eve@x.example': '550 5.1.1 no such user' },
    refuseLate: { 'full@x.example': '452 4.2.2 mailbox full' },
  })
  await using client = await connect(server.url)
  const result = await client.send(message)
  expect(server.received[0]).toMatch(/^LHLO /)
  expect(result).toMatchObject({
    delivery: 'partial',
    accepted: ['bob@x.example'],
    rejected: [
      { address: 'eve@x.example', error: { code: 'NET_NOT_FOUND', command: 'RCPT' } },
      { address: 'full@x.example', error: { code: 'NET_REPLY_TEMPORARY', command: 'message' } },
    ],
    reply: { status: 250, text: 'Taken for bob@x.example' },
  })
  expect(server.mailbox.messages[0]?.envelope.to).toEqual(['bob@x.example'])
  await expect(client.send({ ...message, to: 'full@x.example' })).rejects.toMatchObject({
    code: 'NET_REPLY_TEMPORARY',
    address: 'full@x.example',
  })
  await expect(client.noop()).resolves.toBeUndefined()
})

test('[SMTP-09] a connection that is lost among these results leaves the message unknown', async () => {
  await using peer = await startPeer(async ({ say, hear, connection }) => {
    await say('220 peer LMTP\r\n')
    for (const reply of ['250 peer', '250 a', '250 b', '250 c', '250 d', '354 go on']) {
      await hear()
      await say(`${reply}\r\n`)
    }
    while ((await hear()) !== '.');
    await say('250 taken\r\n')
    await connection.end()
  })
  await using client = await connect(peer.url.replace('smtp:', 'lmtp:'))
  const error = await failureOf(client.send(message))
  expect(error).toMatchObject({ code: 'NET_DELIVERY_UNKNOWN', retry: 'never' })
})

test('LMTP over a Unix socket is what `protocol` says, and may not contradict the URL', async () => {
  await expect(connect('smtp://x.example', { protocol: 'lmtp' })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  await expect(connect('lmtp://x.example', { protocol: 'smtp' })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
})
