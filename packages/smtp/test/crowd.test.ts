import { setImmediate as turn } from 'node:timers/promises'

import { isNetError } from '@net/core'
import { netError } from '@net/core/authoring'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { createMailer, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { BackOffOfServer, isCrowded, Pause, pausingPolicy } from '../src/crowd.ts'
import { replyError } from '../src/errors.ts'
import { until } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }

test('tells a refused connection from a refused message', () => {
  const crowded = (status: number, enhanced = '', phase?: 'auth'): boolean =>
    isCrowded(
      replyError(
        { status, enhanced, text: 'x' },
        { command: 'MAIL', ...(phase === undefined ? {} : { phase }) },
      ),
    )
  expect(crowded(421)).toBe(true)
  expect(crowded(432)).toBe(true)
  expect(crowded(454, '', 'auth')).toBe(true)
  expect(crowded(451, '4.3.2')).toBe(true)
  expect(crowded(454, '4.5.0')).toBe(false)
  expect(crowded(451, '4.7.1')).toBe(false)
  expect(crowded(550, '5.7.0')).toBe(false)
  const later = { status: 451, enhanced: '4.7.0', text: 'later' }
  for (const command of ['greeting', 'EHLO', 'AUTH', 'MAIL']) {
    expect(isCrowded(replyError(later, { command }))).toBe(true)
  }
  for (const command of ['RCPT', 'DATA', 'message']) {
    expect(isCrowded(replyError(later, { command }))).toBe(false)
  }
  expect(isCrowded(replyError(later, { command: 'MAIL' }), 1)).toBe(false)
  expect(isCrowded(netError('NET_CONN_RESET', { message: 'x' }))).toBe(false)
  expect(isCrowded(new Error('x'))).toBe(false)
})

test('waits for a second after a refusal, then longer, and not at all after a success', async () => {
  using clock = useFakeClock()
  const backOff = new BackOffOfServer()
  const { signal } = new AbortController()
  const waitOf = async (): Promise<number> => {
    const from = clock.now()
    const ended: number[] = []
    const over = backOff.turn(signal).then((turn) => {
      ended.push(clock.now())
      turn?.release()
    })
    while (ended.length === 0) await clock.advance(100)
    await over
    return clock.now() - from
  }
  expect(await waitOf()).toBeLessThanOrEqual(100)
  backOff.refused()
  expect(await waitOf()).toBeGreaterThanOrEqual(1000)
  backOff.refused()
  expect(await waitOf()).toBeGreaterThanOrEqual(2000)
  for (let n = 0; n < 8; n++) {
    // Those that were begun together are refused together.
    for (let m = 0; m < 5; m++) backOff.refused()
    expect(await waitOf()).toBeLessThanOrEqual(76_000)
  }
  backOff.refused()
  expect(await waitOf()).toBeGreaterThanOrEqual(60_000)
  backOff.accepted()
  backOff.refused()
  expect(await waitOf()).toBeLessThanOrEqual(1400)
})

test('a pause lasts as long as the longest that was asked for', async () => {
  using clock = useFakeClock()
  const pause = new Pause()
  const { signal } = new AbortController()
  await pause.over(signal)
  pause.lasts(2000)
  pause.lasts(500)
  let isOver = false
  const over = pause.over(signal).then(() => (isOver = true))
  await clock.advance(1999)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await over
})

test('a message that is repeated though it was refused for good makes the others wait, a recipient does not', () => {
  const pauses: number[] = []
  const policy = pausingPolicy({ delay: () => 3000 }, (delay) => void pauses.push(delay))
  const failed = (status: number, command: string): void => {
    const error = replyError({ status, text: 'x' }, { command })
    expect(policy.delay({ error, attempt: 1, idempotent: false, elapsed: 0 })).toBe(3000)
  }
  failed(550, 'RCPT')
  failed(451, 'message')
  expect(pauses).toEqual([])
  failed(550, 'message')
  failed(554, 'MAIL')
  expect(pauses).toEqual([3000, 3000])
})

test('a refusal that the caller takes for "slower" makes all messages wait, and each arrives once', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 3 } })
  const when = (error: unknown): boolean => isNetError(error) && error.reply?.enhanced === '5.7.0'
  const retry = { attempts: 3, delay: 60_000, maxDelay: 60_000, jitter: 'none', when } as const
  const to = ['bob@x.example', 'eve@x.example']
  server.fail({ on: '.', do: { reply: '550 5.7.0 too many messages, slow down' } })
  const first = mailer.send({ ...message, subject: 'first', to }, { retry })
  await until(() => captured.of('pool').some(({ action }) => action === 'release'))
  await turn()
  const others = Promise.all([1, 2, 3].map((n) => mailer.send({ ...message, subject: `${n}` })))
  await clock.advance(59_000)
  expect(server.received.filter((line) => line.startsWith('MAIL'))).toHaveLength(1)
  await clock.advance(1000)
  expect(await first).toMatchObject({ delivery: 'accepted', accepted: to })
  await others
  const subjects = server.mailbox.messages.map(({ headers }) => headers.get('subject')?.[0] ?? '')
  expect(subjects.toSorted()).toEqual(['1', '2', '3', 'first'])
})

test('[SMTP-31] 4.7.0 to a recipient is greylisting: neither another connection nor the next moment changes it', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { pool: { connections: 3 } })
  const ten = Array.from({ length: 10 }, () => mailer.send(message))
  await Promise.all(ten)
  const connections = mailer.connections
  expect(connections).toBeGreaterThan(1)
  server.mailbox.clear()
  server.fail({ on: 'RCPT', do: { reply: '451 4.7.0 greylisted' }, times: 2 })
  await expect(mailer.send(message)).rejects.toMatchObject({ command: 'RCPT', retry: 'safe' })
  expect(mailer.connections).toBe(connections)
  const sending = mailer.send(message, { retry: { attempts: 2, delay: 1 } })
  const releases = (): number =>
    captured.of('pool').filter(({ action }) => action === 'release').length
  await until(() => releases() === 12)
  await turn()
  await clock.advance(29_000)
  expect(server.mailbox.messages).toEqual([])
  await clock.advance(271_000)
  expect(await sending).toMatchObject({ delivery: 'accepted' })
})
