import { setImmediate as turn } from 'node:timers/promises'

import { captureEvents, useFakeClock } from '@net/core/testing'
import { createMailer, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { replyError } from '../src/errors.ts'
import { greylistedIn, greylistPolicy, mergedResults } from '../src/greylisting.ts'
import type { SendResult } from '../src/send-result.ts'
import { failureOf, until } from './scripted-peer.ts'

const message: Message = { from: 'ada@x.example', subject: 'x', text: 'y' }

const refusal = (text: string, address = 'a@x.example') => {
  const [, status, words = ''] = /^(\d+) (.*)$/.exec(text) ?? []
  return replyError({ status: Number(status), text: words }, { command: 'RCPT', address })
}
const result: SendResult = {
  delivery: 'partial',
  accepted: ['ok@x.example'],
  rejected: [
    { address: 'a@x.example', wire: 'a@x.example', error: refusal('450 later') },
    { address: 'b@x.example', wire: 'b@x.example', error: refusal('550 no') },
  ],
  recipients: [],
  reply: { status: 250, text: 'taken' },
}

test('those who are put off wait for 5 minutes, then twice as long, or as long as the server says', () => {
  const policy = greylistPolicy({ delay: ({ attempt }) => (attempt < 4 ? 10 : undefined) })
  const delay = (attempt: number, text: string): number | undefined =>
    policy.delay({ error: refusal(text), attempt, idempotent: false, elapsed: 0 })
  expect(delay(1, '450 later')).toBe(300_000)
  expect(delay(2, '451 later')).toBe(600_000)
  expect(delay(1, '450 try again in 10 minutes')).toBe(600_000)
  expect(delay(1, '450 greylisted for 20 seconds')).toBe(300_000)
  expect(delay(1, '452 mailbox full')).toBe(10)
  expect(delay(4, '450 later')).toBeUndefined()
})

test('the results of all attempts are one, and nobody is in it twice', () => {
  expect(greylistedIn(result).map(({ address }) => address)).toEqual(['a@x.example'])
  expect(
    mergedResults(result, { ...result, accepted: ['a@x.example'], rejected: [] }),
  ).toMatchObject({
    delivery: 'partial',
    accepted: ['ok@x.example', 'a@x.example'],
    rejected: [{ address: 'b@x.example' }],
  })
  const gone = refusal('550 gone')
  expect(mergedResults(result, gone)).toMatchObject({
    delivery: 'partial',
    rejected: [{ address: 'b@x.example' }, { address: 'a@x.example', error: gone }],
  })
})

test.each([
  ['an abort', 'NET_ABORTED'],
  ['a time limit', 'NET_TIMEOUT_TOTAL'],
])('%s while some are put off says who has the message', async (_, code) => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer({ refuse: { 'eve@x.example': '450 4.2.0 later' } })
  await using mailer = createMailer(server.url)
  const abort = new AbortController()
  const { signal } = abort
  const to = ['bob@x.example', 'eve@x.example']
  const options = { retry: 5, signal, timeout: { total: 60_000 } }
  const sending = failureOf(mailer.send({ ...message, to }, options))
  await until(() => captured.of('pool').some(({ action }) => action === 'release'))
  await turn()
  if (code === 'NET_ABORTED') abort.abort()
  else await clock.advance(60_000)
  expect(await sending).toMatchObject({
    code,
    sent: true,
    retry: 'never',
    partial: { delivery: 'partial', accepted: ['bob@x.example'] },
  })
})

test('a policy that throws when some are put off does not undo that others have the message', async () => {
  await using server = await startSmtpServer({ refuse: { 'eve@x.example': '450 4.2.0 later' } })
  await using mailer = createMailer(server.url)
  const to = ['bob@x.example', 'eve@x.example']
  const delay = (): number => {
    throw new Error('mine')
  }
  expect(await mailer.send({ ...message, to }, { retry: { delay } })).toMatchObject({
    delivery: 'partial',
    accepted: ['bob@x.example'],
  })
})

test('when the patience is over, who is still put off is told as such, and the others as they were', async () => {
  using clock = useFakeClock()
  using captured = captureEvents()
  await using server = await startSmtpServer({ refuse: { 'eve@x.example': '450 4.2.0 later' } })
  await using mailer = createMailer(server.url)
  const to = ['bob@x.example', 'eve@x.example', 'carl@x.example']
  const sending = mailer.send({ ...message, to }, { retry: { attempts: 2, delay: 1 } })
  await until(() => captured.of('pool').some(({ action }) => action === 'release'))
  await turn()
  await clock.advance(300_000)
  expect(await sending).toMatchObject({
    delivery: 'partial',
    accepted: ['bob@x.example', 'carl@x.example'],
    rejected: [{ address: 'eve@x.example', error: { code: 'NET_REPLY_TEMPORARY', retry: 'safe' } }],
    recipients: to.map((address) => ({ address })),
  })
  expect(server.mailbox.messages).toHaveLength(1)
})
