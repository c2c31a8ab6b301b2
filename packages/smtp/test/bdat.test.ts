import { connect, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { failureOf, startPeer, type ScriptedPeer } from './scripted-peer.ts'

const message: Message = {
  from: 'ada@x.example',
  to: 'bob@x.example',
  subject: 'x',
  text: '.\ny\n',
}

test('[SMTP-29] a small message goes out with its commands in one packet, if that is wanted', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url, { chunking: true })
  for (let n = 0; n < 3; n++) {
    expect(await client.send(message)).toMatchObject({ delivery: 'accepted' })
  }
  expect(server.received.slice(1, 5)).toEqual([
    expect.stringMatching(/^MAIL FROM/),
    expect.stringMatching(/^RCPT TO/),
    expect.stringMatching(/^BDAT \d+ LAST$/),
    '.',
  ])
  expect(server.mailbox.messages.map(({ text }) => text)).toEqual([
    '.\r\ny\r\n',
    '.\r\ny\r\n',
    '.\r\ny\r\n',
  ])
  await client.send({ ...message, text: 'long\n'.repeat(20_000) })
  expect(server.received.at(-2)).toBe('DATA')
})

test('[SMTP-29] it waits for nothing, and takes one round trip', async () => {
  let packet = ''
  await using peer = await startPeer(async ({ say, hear, connection }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250-PIPELINING\r\n250 CHUNKING\r\n')
    while (!packet.endsWith('y\r\n'))
      packet += Buffer.from((await connection.read()) ?? []).toString()
    await say('250 a\r\n250 b\r\n250 taken\r\n')
  })
  await using client = await connect(peer.url, { chunking: true })
  await client.send(message)
  expect(packet).toMatch(/^MAIL [^\n]+\nRCPT [^\n]+\nBDAT \d+ LAST\r\nFrom: /)
  await client.close({ grace: 0 })
})

test('a refused recipient beside an accepted one is in the result; a refused message goes to nobody', async () => {
  await using server = await startSmtpServer({ refuse: { 'no@x.example': '550 5.1.1 no' } })
  await using client = await connect(server.url, { chunking: true })
  expect(await client.send({ ...message, cc: 'no@x.example' })).toMatchObject({
    delivery: 'partial',
    accepted: ['bob@x.example'],
  })
  await expect(client.send({ ...message, to: 'no@x.example' })).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    command: 'RCPT',
  })
  expect(await client.send(message)).toMatchObject({ delivery: 'accepted' })
  expect(server.mailbox.messages).toHaveLength(2)
})

function losing(...replies: readonly string[]): Promise<ScriptedPeer> {
  return startPeer(async ({ say, hear, connection }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250-PIPELINING\r\n250 CHUNKING\r\n')
    await hear()
    for (const reply of replies) await say(`${reply}\r\n`)
    await connection.end()
  })
}

test('a connection that is lost meanwhile leaves the message unknown, unless a refusal came first', async () => {
  for (const [replies, code] of [
    [[], 'NET_DELIVERY_UNKNOWN'],
    [['250 a'], 'NET_DELIVERY_UNKNOWN'],
    [['250 a', '250 b'], 'NET_DELIVERY_UNKNOWN'],
    [['550 5.7.1 no'], 'NET_ACCESS_DENIED'],
    [['250 a', '550 5.1.1 no'], 'NET_NOT_FOUND'],
  ] as const) {
    await using peer = await losing(...replies)
    await using client = await connect(peer.url, { chunking: true })
    expect(await failureOf(client.send(message))).toMatchObject({ code })
  }
})

test('who was not answered for may have a message whose outcome is unknown', async () => {
  await using peer = await losing('250 a')
  await using client = await connect(peer.url, { chunking: true })
  expect(await failureOf(client.send(message))).toMatchObject({
    code: 'NET_DELIVERY_UNKNOWN',
    partial: { accepted: ['bob@x.example'], rejected: [] },
  })
})
