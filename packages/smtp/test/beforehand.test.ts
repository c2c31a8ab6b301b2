import { operation, netError } from '@net/core/authoring'
import { attach, connect, createMailer, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { Beforehand } from '../src/beforehand.ts'
import { failureOf, startPeer, type Peer } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }
const closed = netError('NET_CLOSED', { message: 'over' })

async function greet({ hear, say }: Peer): Promise<void> {
  await say('220 peer\r\n')
  await hear()
  await say('250-peer\r\n250 PIPELINING\r\n')
}

/** Answers the commands of a message, and gives it with its dot. */
async function toDot({ connection, say }: Peer): Promise<string> {
  let text = ''
  for (const end of ['DATA\r\n', '\r\n.\r\n']) {
    while (!text.includes(end)) text += Buffer.from((await connection.read()) ?? []).toString()
    if (end === 'DATA\r\n') await say('250 a\r\n250 b\r\n354 c\r\n')
  }
  return text
}

test('who reads for a message hears of the end of the session, once, and at once behind it', async () => {
  const spec = { protocol: 'smtp', operation: 'test', kind: 'command' } as const
  await operation(spec, undefined, async (op) => {
    const before = new Beforehand(op)
    const heard: string[] = []
    const forget = before.onAbort(() => heard.push('forgotten'))
    before.onAbort(({ code }) => heard.push(code))
    forget()
    before.end(closed)
    before.onAbort(({ code }) => heard.push(`late ${code}`))
    expect(heard).toEqual(['NET_CLOSED', 'late NET_CLOSED'])
    expect(before.isStopped).toBe(false)
  })
})

test('a message that is still read when the one before it takes the connection goes over another one', async () => {
  const begun = Promise.withResolvers<void>()
  const reading = Promise.withResolvers<void>()
  const texts: string[] = []
  let connections = 0
  await using peer = await startPeer(async (each) => {
    connections += 1
    await greet(each)
    texts.push(await toDot(each))
    if (connections === 1) return begun.resolve()
    return each.say('250 taken\r\n')
  })
  let reads = 0
  const attachments = [
    attach(
      async function* () {
        reads += 1
        reading.resolve()
        if (reads === 1) await new Promise(() => {})
        yield Buffer.from('z')
      },
      { type: 'message/rfc822' },
    ),
  ]
  await using mailer = createMailer(peer.url, { pool: { connections: 1 } })
  const stop = new AbortController()
  const first = failureOf(mailer.send(message, { signal: stop.signal }))
  const second = mailer.send({ ...message, subject: 'second', attachments })
  await Promise.all([begun.promise, reading.promise])
  stop.abort()
  expect(await first).toMatchObject({ code: 'NET_ABORTED', partial: { delivery: 'unknown' } })
  expect(await second).toMatchObject({ delivery: 'accepted' })
  expect(texts.at(-1)).toContain('Subject: second')
})

test('a message that is given up before a command of it was sent leaves the connection as it is', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const begun = Promise.withResolvers<void>()
  const silent = attach(
    async function* () {
      begun.resolve()
      yield await new Promise<Buffer>(() => {})
    },
    { name: 'a' },
  )
  const before = server.received.length
  for (const attachments of [[], [silent]]) {
    const stop = new AbortController()
    const given = client.send({ ...message, attachments }, { signal: stop.signal })
    // That of the first one is aborted in its first turn.
    if (attachments.length > 0) await begun.promise
    stop.abort()
    await expect(given).rejects.toMatchObject({ code: 'NET_ABORTED', sent: false })
  }
  expect(server.received.slice(before)).toEqual([])
  expect(await client.send(message)).toMatchObject({ delivery: 'accepted' })
})
