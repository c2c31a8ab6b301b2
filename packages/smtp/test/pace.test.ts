import { setImmediate as turn } from 'node:timers/promises'

import { captureEvents, useFakeClock, type CapturedEvents } from '@net/core/testing'
import { createMailer, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { Pace } from '../src/pace.ts'
import { failureOf, until } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }

/** Waits until so many messages have had their answer, and what follows of it is under way. */
async function answered(captured: CapturedEvents, count: number): Promise<void> {
  await until(
    () => captured.of('pool').filter(({ action }) => action === 'release').length === count,
  )
  await turn()
}

test('a turn that was given up is that of the next one', async () => {
  using clock = useFakeClock()
  const pace = new Pace({ limit: 1, interval: 1000 })
  const { signal } = new AbortController()
  const take = async (): Promise<number> => clock.now()
  expect(await pace.next(take, { signal, timeout: 10 })).toBe(0)
  const late = failureOf(pace.next(take, { signal, timeout: 400 }))
  const stop = new AbortController()
  const stopped = failureOf(pace.next(take, { signal: stop.signal, timeout: Infinity }))
  const last = pace.next(take, { signal, timeout: Infinity })
  await clock.advance(400)
  expect(await late).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 400 })
  stop.abort()
  expect(await stopped).toMatchObject({ code: 'NET_ABORTED' })
  await clock.advance(600)
  expect(await last).toBe(1000)
  const mine = new Error('mine')
  const failed = failureOf(pace.next(() => Promise.reject(mine), { signal, timeout: Infinity }))
  await clock.advance(1000)
  expect(await failed).toBe(mine)
  // Nothing has begun.
  expect(await pace.next(take, { signal, timeout: 1 })).toBe(2000)
  expect(clock.timers).toBe(0)
})

test('[SMTP-31] the rate holds also for messages that had to wait for a connection', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 1, rate: 4 } })
  const begun = (): number => server.received.filter((line) => line.startsWith('MAIL')).length
  server.fail({ on: '.', do: { delay: 2000 } })
  const sending = Promise.all(Array.from({ length: 6 }, () => mailer.send(message)))
  await until(() => server.received.includes('.'))
  await clock.advance(2000)
  for (let sent = 2; sent <= 6; sent++) {
    await answered(captured, sent)
    expect(begun()).toBe(sent)
    await clock.advance(249)
    expect(begun()).toBe(sent)
    await clock.advance(1)
  }
  await sending
})

test('[SMTP-31] a message that is repeated counts for the rate each time, and waits on no connection', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  const rate = { limit: 1, interval: 10_000 }
  await using mailer = createMailer(server.url, { pool: { connections: 2, rate } })
  server.fail({ on: 'MAIL', do: { reply: '451 4.3.0 later' } })
  const sending = mailer.send(message, { retry: { attempts: 2, delay: 1 } })
  await answered(captured, 1)
  await clock.advance(9998)
  expect(captured.of('pool').at(-1)).toMatchObject({ action: 'release', busy: 0 })
  expect(server.received.filter((line) => line.startsWith('MAIL'))).toHaveLength(1)
  await clock.advance(2)
  expect(await sending).toMatchObject({ delivery: 'accepted' })
})
