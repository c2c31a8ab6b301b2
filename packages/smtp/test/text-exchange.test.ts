import { useFakeClock } from '@net/core/testing'
import { attach, connect, createMailer, type Message, type SmtpClient } from '@net/smtp'
import { expect, test } from 'vitest'

import { failureOf, startPeer, until, type Peer, type ScriptedPeer } from './scripted-peer.ts'

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }
const COMMANDS = 'MAIL FROM:<ada@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n'
const BEGUN = '250 a\r\n250 b\r\n354 c\r\n'

/** Reads until the text has come; gives all of it. */
async function readTo(peer: Peer, end: string): Promise<string> {
  let text = ''
  while (!text.includes(end)) text += Buffer.from((await peer.connection.read()) ?? []).toString()
  return text
}

/** A server up to the dot of the first message, with what came behind it. */
function upToDot(then: (peer: Peer, behind: string) => Promise<void>): Promise<ScriptedPeer> {
  return startPeer(async (peer) => {
    await peer.say('220 peer\r\n')
    await peer.hear()
    await peer.say('250-peer\r\n250 PIPELINING\r\n')
    await readTo(peer, 'DATA\r\n')
    await peer.say(BEGUN)
    const text = await readTo(peer, '\r\n.\r\n')
    await then(peer, text.slice(text.indexOf('\r\n.\r\n') + 5))
  })
}

/** The verdict on the first message, and the whole second one, which is accepted. */
async function taken(peer: Peer, verdict: string): Promise<void> {
  await peer.say(verdict + BEGUN)
  await readTo(peer, '\r\n.\r\n')
  await peer.say('250 second\r\n')
}

test('the commands of the next message leave in the packet of the dot', async () => {
  let together = ''
  await using peer = await upToDot(async (each, behind) => {
    together = behind
    await taken(each, `250 first\r\n`)
  })
  await using client = await connect(peer.url)
  const results = await Promise.all([client.send(message), client.send(message)])
  expect(together).toBe(COMMANDS)
  expect(results.map(({ reply }) => reply.text)).toEqual(['first', 'second'])
  await client.close({ grace: 0 })
})

test('one message that is refused behind its dot changes nothing for the next one', async () => {
  await using peer = await upToDot((each) => taken(each, `554 5.6.0 no\r\n`))
  await using client = await connect(peer.url)
  const [first, second] = await Promise.allSettled([client.send(message), client.send(message)])
  expect(first).toMatchObject({ reason: { command: 'message', reply: { status: 554 } } })
  expect(second).toMatchObject({ value: { delivery: 'accepted' } })
  await client.close({ grace: 0 })
})

test('of two messages under way a loss leaves the first unknown, and the second one safe to send again', async () => {
  await using peer = await upToDot(({ connection }) => connection.end())
  await using client = await connect(peer.url)
  const [first, second] = await Promise.allSettled([client.send(message), client.send(message)])
  expect(first).toMatchObject({ reason: { code: 'NET_DELIVERY_UNKNOWN' } })
  expect(second).toMatchObject({ reason: { code: 'NET_CONN_CLOSED', retry: 'safe' } })
})

test('a server that leaves with its verdict takes the next message with it, which is safe to send again', async () => {
  await using peer = await upToDot(({ say }) => say('421 4.3.2 closing\r\n'))
  await using client = await connect(peer.url)
  const [first, second] = await Promise.allSettled([client.send(message), client.send(message)])
  expect(first).toMatchObject({ reason: { code: 'NET_CONN_SHUTDOWN', reply: { status: 421 } } })
  expect(second).toMatchObject({ reason: { code: 'NET_CONN_SHUTDOWN', retry: 'safe' } })
})

test('a message that is stopped does not make it unknown what became of the one before it', async () => {
  const begun = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  await using peer = await upToDot(async ({ say }) => {
    begun.resolve()
    await answer.promise
    await say('250 first\r\n')
  })
  await using client = await connect(peer.url)
  const stop = new AbortController()
  const first = client.send(message)
  const second = failureOf(client.send(message, { signal: stop.signal }))
  await begun.promise
  stop.abort()
  expect(await second).toMatchObject({ code: 'NET_ABORTED' })
  answer.resolve()
  expect(await first).toMatchObject({ delivery: 'accepted' })
  expect(await client.closed).toMatchObject({ code: 'NET_ABORTED' })
})

test('a message that is stopped behind its dot leaves the next one safe to send again', async () => {
  const begun = Promise.withResolvers<void>()
  await using peer = await upToDot(async () => begun.resolve())
  await using client = await connect(peer.url)
  const stop = new AbortController()
  const first = failureOf(client.send(message, { signal: stop.signal }))
  const second = failureOf(client.send(message))
  await begun.promise
  stop.abort()
  expect(await first).toMatchObject({ code: 'NET_ABORTED', partial: { delivery: 'unknown' } })
  expect(await second).toMatchObject({ code: 'NET_CLOSED', retry: 'safe' })
})

test('what waits for the verdict on a message that is stopped is told so, and not that it was stopped itself', async () => {
  const attachments = [
    attach(async function* () {
      yield Buffer.from('z')
    }),
  ]
  const waiting: ((client: SmtpClient) => Promise<unknown>)[] = [
    (client) => client.send({ ...message, attachments }),
    async (client) => {
      const refused = failureOf(client.send({ ...message, to: 'bøb@example.com' }))
      const noop = failureOf(client.noop({ retry: false }))
      await refused
      throw await noop
    },
  ]
  for (const call of waiting) {
    const begun = Promise.withResolvers<void>()
    await using peer = await upToDot(async () => begun.resolve())
    await using client = await connect(peer.url)
    const stop = new AbortController()
    const first = failureOf(client.send(message, { signal: stop.signal }))
    const second = failureOf(call(client))
    await begun.promise
    stop.abort()
    expect(await first).toMatchObject({ code: 'NET_ABORTED', partial: { delivery: 'unknown' } })
    expect(await second).toMatchObject({ code: 'NET_CLOSED', retry: 'safe' })
  }
})

test('a mailer sends what waited for the verdict on a message that is stopped over another connection', async () => {
  const begun = Promise.withResolvers<void>()
  const texts: string[] = []
  await using peer = await startPeer(async (each) => {
    await each.say('220 peer\r\n')
    await each.hear()
    await each.say('250-peer\r\n250 PIPELINING\r\n')
    await readTo(each, 'DATA\r\n')
    await each.say(BEGUN)
    texts.push(await readTo(each, '\r\n.\r\n'))
    begun.resolve()
    if (texts.length > 1) await each.say('250 second\r\n')
  })
  const mailer = createMailer(peer.url, { pool: { connections: 1 } })
  const stop = new AbortController()
  const attachments = [
    attach(async function* () {
      yield Buffer.from('z')
    }),
  ]
  const first = failureOf(mailer.send(message, { signal: stop.signal }))
  const second = mailer.send({ ...message, attachments })
  await begun.promise
  stop.abort()
  expect(await first).toMatchObject({ code: 'NET_ABORTED', partial: { delivery: 'unknown' } })
  expect(await second).toMatchObject({ delivery: 'accepted', reply: { text: 'second' } })
  await mailer.close({ grace: 0 })
})

test('the time that the server takes for one message does not count for the next one', async () => {
  const begun = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  await using peer = await upToDot(async (each) => {
    begun.resolve()
    await answer.promise
    await taken(each, `250 first\r\n`)
  })
  await using client = await connect(peer.url)
  using clock = useFakeClock()
  const sent = Promise.all([client.send(message), client.send(message)])
  let isBegun = false
  void begun.promise.then(() => (isBegun = true))
  await clock.until(() => isBegun)
  // Longer than any reply to a command may take.
  await clock.advance(500_000)
  answer.resolve()
  await clock.until(() => client.capabilities.extensions.size > 0)
  expect(await sent).toHaveLength(2)
  await client.close({ grace: 0 })
})

test('no other command leaves before the verdict on a message', async () => {
  let beforeVerdict = 'nothing was read'
  await using peer = await upToDot(async ({ say, hear }, behind) => {
    beforeVerdict = behind
    await say('250 first\r\n')
    await hear()
    await say('250 still here\r\n')
  })
  await using client = await connect(peer.url)
  const first = client.send(message)
  // It needs SMTPUTF8, which this server does not have: nothing of it is sent.
  const second = failureOf(client.send({ ...message, to: 'jürgen@example.com' }))
  const third = client.noop()
  expect(await second).toMatchObject({ code: 'NET_UNSUPPORTED' })
  await Promise.all([first, third])
  expect(beforeVerdict).toBe('')
  await until(() => peer.lines.includes('NOOP'))
  await client.close({ grace: 0 })
})

test('the limits of a command do not count while the message before it waits for its verdict', async () => {
  using clock = useFakeClock()
  const commands: ((client: SmtpClient) => Promise<unknown>)[] = [
    (client) => client.noop({ timeout: { reply: 1000 }, retry: false }),
    (client) => client.command('RSET', { timeout: { reply: 1000 } }),
    (client) => client.help(undefined, { timeout: { reply: 1000 }, retry: false }),
  ]
  for (const command of commands) {
    const begun = Promise.withResolvers<void>()
    const verdict = Promise.withResolvers<void>()
    await using peer = await upToDot(async (each) => {
      begun.resolve()
      await verdict.promise
      await each.say('250 first\r\n')
      await each.hear()
      await each.say('250 done\r\n')
    })
    await using client = await connect(peer.url)
    const first = client.send(message)
    // It may begin behind the dot, and cannot be sent: what follows it has its turn before the verdict.
    const refused = failureOf(client.send({ ...message, to: 'bøb@example.com' }))
    const asked = command(client)
    await Promise.all([begun.promise, refused])
    await clock.advance(5000)
    verdict.resolve()
    expect(await first).toMatchObject({ delivery: 'accepted' })
    await asked
    await client.close({ grace: 0 })
  }
})
