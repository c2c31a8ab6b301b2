import { setImmediate as turn } from 'node:timers/promises'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { createMailer, type Mailer, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { failureOf, until } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }

function given(mailer: Mailer, count: number): readonly Promise<unknown>[] {
  return Array.from({ length: count }, () =>
    mailer.send(message).then(
      () => 'sent',
      (error: unknown) => (error as { code: string }).code,
    ),
  )
}

test.each([{ connections: 2 }, { connections: 1, rate: 500 }])(
  'draining sends all that was given before, with %o',
  async (pool) => {
    await using server = await startSmtpServer()
    await using mailer = createMailer(server.url, { pool })
    const sending = given(mailer, 5)
    const drained = mailer.drain()
    expect(await Promise.all(given(mailer, 1))).toEqual(['NET_CLOSED'])
    expect(await Promise.all(sending)).toEqual(Array(5).fill('sent'))
    await drained
    expect(server.mailbox.messages).toHaveLength(5)
  },
)

test('draining is given up, and wrong options change nothing', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  const wrong = { timeout: 'soon' } as unknown as object
  await expect(mailer.drain(wrong)).rejects.toMatchObject({ code: 'NET_BAD_OPTION' })
  await mailer.send(message)
  server.fail({ on: '.', do: 'stall' })
  const sending = failureOf(mailer.send(message))
  await expect(mailer.drain({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'NET_ABORTED',
  })
  expect(await Promise.all(given(mailer, 1))).toEqual(['NET_CLOSED'])
  await mailer.close({ grace: 0 })
  await sending
})

test('closing ends what waits for its turn, or for recipients that were put off', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer({ refuse: { 'eve@x.example': '450 4.2.0 later' } })
  const mailer = createMailer(server.url, { pool: { connections: 1, rate: 1 } })
  const to = ['bob@x.example', 'eve@x.example']
  const sending = failureOf(mailer.send({ ...message, to }, { retry: 5 }))
  await until(() => captured.of('pool').some(({ action }) => action === 'release'))
  await turn()
  const waiting = given(mailer, 2)
  await turn()
  await mailer.close()
  expect(await Promise.all(waiting)).toEqual(['NET_CLOSED', 'NET_CLOSED'])
  expect(await sending).toMatchObject({
    code: 'NET_CLOSED',
    retry: 'never',
    partial: { accepted: ['bob@x.example'] },
  })
  expect(clock.timers).toBe(0)
})

test('a message that loses its connection within the grace of a close waits for nothing more', async () => {
  using clock = useFakeClock()
  await using server = await startSmtpServer()
  const mailer = createMailer(server.url, { pool: { connections: 1, rate: 1 } })
  await mailer.send(message)
  server.fail({ on: 'MAIL', do: { delay: 2000 } })
  const sending = failureOf(mailer.send(message))
  await clock.advance(1000)
  await until(() => server.received.filter((line) => line.startsWith('MAIL')).length === 2)
  server.fail({ on: 'RCPT', do: 'reset' })
  const closed = mailer.close({ grace: 10_000 })
  await clock.advance(2000)
  // Node 22 tells a reset behind data as an end.
  const lost: unknown = expect.stringMatching(/^NET_CONN_(RESET|CLOSED)$/u)
  expect(await sending).toMatchObject({ code: lost })
  await closed
})
