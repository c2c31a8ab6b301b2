import { createReadStream } from 'node:fs'
import { PassThrough } from 'node:stream'

import type { Source } from '@net/core'
import { attach, connect, SmtpReplyError, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { startPeer, type ScriptedPeer } from './scripted-peer.ts'

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }

/** A server that takes commands in one packet, and gives these replies to the lines behind EHLO. */
function answering(...replies: readonly string[]): Promise<ScriptedPeer> {
  return startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250 PIPELINING\r\n')
    for (const reply of replies) {
      await hear()
      await say(`${reply}\r\n`)
    }
  })
}

test('the commands of a message leave in one packet where the server takes that', async () => {
  let packets: readonly string[] = []
  await using peer = await startPeer(async ({ say, hear, connection }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250 PIPELINING\r\n')
    const commands = Buffer.from((await connection.read()) ?? []).toString()
    await say('250 a\r\n250 b\r\n250 c\r\n354 d\r\n')
    packets = [commands, Buffer.from((await connection.read()) ?? []).toString()]
    await say('250 taken\r\n')
  })
  await using client = await connect(peer.url)
  await client.send({ ...message, cc: 'c@d.example' })
  expect(packets).toEqual([
    'MAIL FROM:<ada@example.com>\r\nRCPT TO:<bob@example.com>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n',
    expect.stringMatching(/\r\n\r\ny\r\n\.\r\n$/),
  ])
  await client.close({ grace: 0 })
})

test('without PIPELINING nothing is said behind a refusal', async () => {
  for (const [on, last] of [
    ['MAIL', 'MAIL FROM:<ada@example.com>'],
    ['RCPT', 'RCPT TO:<bob@example.com>'],
  ] as const) {
    await using server = await startSmtpServer({ without: ['PIPELINING', 'SIZE'] })
    await using client = await connect(server.url)
    server.fail({ on, do: { reply: '550 5.7.1 no' } })
    await expect(client.send(message)).rejects.toBeInstanceOf(SmtpReplyError)
    expect(server.received.at(-1)).toBe(last)
  }
})

test('a server that asks for a message whose sender it refused gets none, and is left', async () => {
  await using peer = await answering('550 5.7.1 no', '503 b', '354 go')
  await using client = await connect(peer.url)
  await expect(client.send(message)).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    command: 'MAIL',
    phase: 'command',
  })
  expect(await client.closed).toMatchObject({ code: 'NET_PROTO_UNEXPECTED' })
  expect(peer.lines.at(-1)).toBe('DATA')
})

test('a refusal is told also where the connection is lost behind it', async () => {
  await using peer = await startPeer(async ({ say, hear, connection }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250-peer\r\n250 PIPELINING\r\n')
    await hear()
    await say('550 5.7.1 no\r\n')
    await connection.end()
  })
  await using client = await connect(peer.url)
  await expect(client.send(message)).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    command: 'MAIL',
  })
  expect(await client.closed).toMatchObject({ code: 'NET_CONN_CLOSED' })
})

test('a source that fails at once costs its message and not the connection', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const missing = attach(createReadStream('/does/not/exist'))
  const sending = client.send({ ...message, attachments: [missing] })
  await expect(sending).rejects.toMatchObject({ code: 'ENOENT' })
  expect((await client.send(message)).delivery).toBe('accepted')
  expect(server.received.filter((line) => /^MAIL|^RSET/.test(line))).toHaveLength(1)
})

const raw = { envelope: { from: 'ada@example.com', to: 'bob@example.com' } }

/** A finished message that has no end. */
function endless(): PassThrough {
  const source = new PassThrough()
  source.write('Subject: x\r\n\r\ny')
  return source
}

test('a message that is refused along with the consent to it was not delivered', async () => {
  for (const [refusal, expected] of [
    ['552 too big', { code: 'NET_NO_SPACE', sent: false }],
    ['421 bye', { code: 'NET_CONN_SHUTDOWN', retry: 'safe', sent: false }],
  ] as const) {
    await using peer = await answering(`250 a\r\n250 b\r\n354 go\r\n${refusal}`)
    await using client = await connect(peer.url)
    await expect(client.send(message)).rejects.toMatchObject(expected)
    expect(peer.lines.at(-1)).toBe('MAIL FROM:<ada@example.com>')
    await using another = await connect(peer.url)
    await expect(another.send(endless(), raw)).rejects.toMatchObject(expected)
  }
})

test('a source that is let go in the middle is no message, and nothing was sent for good', async () => {
  await using peer = await startPeer(async (its) => {
    await its.upToData()
    await its.connection.end()
  })
  await using client = await connect(peer.url)
  await expect(client.send(endless(), raw)).rejects.toMatchObject({ retry: 'safe', sent: false })
})

test.each([
  ['an attachment', (source: Source): Sending => ({ ...message, attachments: [attach(source)] })],
  ['a finished message', (source: Source): Sending => source],
])('a session that ends while %s has nothing to give ends the call', async (_, sending) => {
  const begun = Promise.withResolvers<void>()
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250 peer\r\n')
    await begun.promise
    await say('421 idle\r\n')
  })
  await using client = await connect(peer.url)
  const source = new PassThrough({ read: () => begun.resolve() })
  await expect(client.send(sending(source) as Source, raw)).rejects.toMatchObject({
    code: 'NET_CONN_SHUTDOWN',
    retry: 'safe',
    sent: false,
  })
  expect(source.destroyed).toBe(true)
})

type Sending = Message | Source
