import { useFakeClock } from '@net/core/testing'
import { createMailer, type Message } from '@net/smtp'
import { expect, test } from 'vitest'

import { startPeer, type Peer } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }

/** Reads up to the dot of a message, whose commands are answered; gives what came behind the commands. */
async function toDot({ connection, say }: Peer): Promise<string> {
  let text = ''
  for (const end of ['DATA\r\n', '\r\n.\r\n']) {
    while (!text.includes(end)) text += Buffer.from((await connection.read()) ?? []).toString()
    if (end === 'DATA\r\n') await say('250 a\r\n250 b\r\n354 c\r\n')
  }
  return text.slice(text.indexOf('DATA\r\n') + 6)
}

async function greet({ hear, say }: Peer): Promise<void> {
  await say('220 peer\r\n')
  await hear()
  await say('250-peer\r\n250 PIPELINING\r\n')
}

test('a connection that is too old is given up behind the verdict on its last message, and not within it', async () => {
  using clock = useFakeClock()
  const texts: string[] = []
  await using peer = await startPeer(async (each) => {
    await greet(each)
    await clock.advance(100)
    texts.push(await toDot(each))
    await each.say('250 taken\r\n')
    await each.connection.end()
  })
  await using mailer = createMailer(peer.url, { pool: { connections: 1, maxAge: 100 } })
  await Promise.all([mailer.send(message), mailer.send(message), mailer.send(message)])
  expect(texts.map((text) => text.slice(0, 6))).toEqual(['From: ', 'From: ', 'From: '])
})

test('a message keeps its connection up to the verdict, also where the next one cannot be sent', async () => {
  using clock = useFakeClock()
  const verdict = Promise.withResolvers<void>()
  await using peer = await startPeer(async (each) => {
    await greet(each)
    await toDot(each)
    await verdict.promise
    await each.say('250 taken\r\n')
    await each.hear()
    await each.say('221 bye\r\n')
  })
  const mailer = createMailer(peer.url, { pool: { connections: 1 } })
  const first = mailer.send(message)
  const second = mailer.send({ ...message, to: 'bøb@x.example' })
  await expect(second).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  const closed = mailer.close({ grace: 60_000 })
  await clock.advance(30_000)
  verdict.resolve()
  await expect(first).resolves.toMatchObject({ delivery: 'accepted' })
  await closed
})

test('a message that follows one whose verdict is lost goes over another connection', async () => {
  const texts: string[] = []
  let connections = 0
  await using peer = await startPeer(async (each) => {
    connections += 1
    await greet(each)
    texts.push(await toDot(each))
    if (connections === 1) each.connection.abort()
    else await each.say('250 taken\r\n')
  })
  await using mailer = createMailer(peer.url, { pool: { connections: 1 } })
  const [first, second] = await Promise.allSettled([
    mailer.send(message),
    mailer.send({ ...message, subject: 'second' }),
  ])
  expect(first).toMatchObject({ reason: { code: 'NET_DELIVERY_UNKNOWN' } })
  expect(second).toMatchObject({ value: { delivery: 'accepted' } })
  expect(texts.at(-1)).toContain('Subject: second')
})
