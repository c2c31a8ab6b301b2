import { useFakeClock } from '@net/core/testing'
import { createMailer } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { memoryPair } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { farewell } from '../src/farewell.ts'
import { SmtpSession } from '../src/session.ts'
import { startPeer } from './scripted-peer.ts'

test('a server that answers is left in order, and one that does not after a second', async () => {
  using clock = useFakeClock()
  for (const reply of ['221 bye\r\n', '']) {
    const [ours, peer] = memoryPair()
    const session = new SmtpSession(ours)
    const leaving = farewell(session)
    expect(Buffer.from((await peer.read()) ?? []).toString()).toBe('QUIT\r\n')
    if (reply !== '') await peer.write([Buffer.from(reply)])
    else await clock.advance(1000)
    await peer.end().catch(() => {})
    await leaving
    expect(session.ended).toBe(true)
    await farewell(session)
  }
})

test('a connection whose server does not answer the goodbye is cut off', async () => {
  using clock = useFakeClock()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  await mailer.send({ from: 'ada@x.example', to: 'bob@x.example', text: 'y' })
  server.fail({ on: 'QUIT', do: 'stall' })
  const closing = mailer.close()
  await clock.until(() => server.received.includes('QUIT'))
  await clock.advance(1000)
  await closing
  await expect.poll(() => server.connections).toBe(0)
})

test('no goodbye is said within a message: what is not done in time is cut off', async () => {
  const asked = Promise.withResolvers<void>()
  const heard = Promise.withResolvers<string>()
  await using peer = await startPeer(async ({ say, hear, connection }) => {
    await say('220 peer\r\n')
    await hear()
    for (const reply of ['250 peer', '250 sender', '250 recipient']) {
      await say(`${reply}\r\n`)
      await hear()
    }
    asked.resolve()
    let text = ''
    try {
      for await (const chunk of connection) text += Buffer.from(chunk).toString()
    } catch {
      // It may be reset.
    }
    heard.resolve(text)
  })
  const mailer = createMailer(peer.url)
  const sending = mailer.send({ from: 'ada@x.example', to: 'bob@x.example', text: 'y' })
  const failure = sending.catch((error: unknown) => error)
  await asked.promise
  await mailer.close({ grace: 0 })
  expect(await heard.promise).toBe('')
  expect(await failure).toMatchObject({ code: 'NET_CLOSED' })
})
