import { setImmediate as turn } from 'node:timers/promises'

import { connect, send, type Message } from '@net/smtp'
import { fromText } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y' }

test('[SMTP-18] one call connects, logs in, sends and says goodbye', async () => {
  const authority = createCertificates()
  await using server = await startSmtpServer({
    tls: authority.issue(),
    requireTls: true,
    requireAuth: true,
    users: { ada: 'a-password' },
  })
  const options = { user: 'ada', password: 'a-password', tls: { ca: authority.ca } }
  const result = await send(server.url, message, options)
  expect(result).toMatchObject({ delivery: 'accepted', accepted: ['bob@x.example'] })
  expect(server.received.at(-1)).toBe('QUIT')
  const raw = fromText('Subject: raw\n\nz\n')
  await send(server.url, raw, { ...options, envelope: { from: '', to: 'bob@x.example' } })
  expect(server.mailbox.messages.map(({ headers }) => headers.get('subject'))).toEqual([
    ['x'],
    ['raw'],
  ])
})

test('[SMTP-18] everything is checked before the dial, and the call fails as each of its parts does', async () => {
  await expect(send('smtp://x.example', { ...message, to: [] })).rejects.toMatchObject({
    code: 'NET_BAD_ADDRESS',
    operation: 'send',
  })
  await expect(send('smtp://x.example', message, { user: 'a' })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  await using server = await startSmtpServer({ refuse: { 'no@x.example': '550 5.1.1 no' } })
  const some = { ...message, cc: 'no@x.example' }
  await expect(send(server.url, some, { partial: 'throw' })).rejects.toMatchObject({
    code: 'NET_PARTIAL_RECIPIENTS',
  })
  server.fail({ on: '.', do: 'drop' })
  await expect(send(server.url, message, { retry: 3 })).rejects.toMatchObject({
    code: 'NET_DELIVERY_UNKNOWN',
  })
  server.fail({ on: 'QUIT', do: 'drop' })
  await expect(send(server.url, message)).resolves.toMatchObject({ delivery: 'accepted' })
  expect(server.mailbox.messages).toHaveLength(2)
})

test('[SMTP-18] an attempt that surely sent nothing is repeated where that is wanted', async () => {
  await using server = await startSmtpServer()
  server.fail({ on: 'MAIL', do: { reply: '451 4.3.0 later' } })
  const result = await send(server.url, message, { retry: { attempts: 2, delay: 0 } })
  expect(result.delivery).toBe('accepted')
  expect(server.mailbox.messages).toHaveLength(1)
})

test.each(['send', 'client'] as const)(
  'who is put off is not asked again sooner than greylisting lets him in, whatever `retry` says: %s',
  async (way) => {
    await using server = await startSmtpServer()
    using clock = useFakeClock()
    using captured = captureEvents()
    server.fail({ on: 'RCPT', do: { reply: '450 4.2.0 greylisted' } })
    const asked = (): number => server.received.filter((line) => line.startsWith('RCPT')).length
    const retry = { attempts: 2, delay: 1 }
    await using client = await connect(server.url)
    const sending =
      way === 'send' ? send(server.url, message, { retry }) : client.send(message, { retry })
    // Not before the answer is here does the wait begin.
    await clock.until(() => captured.of('retry').length === 1)
    expect(asked()).toBe(1)
    await clock.advance(299_000)
    // Another attempt would have come by now.
    for (let turns = 0; turns < 200; turns++) await turn()
    expect(asked()).toBe(1)
    await clock.advance(1000)
    expect(await sending).toMatchObject({ delivery: 'accepted' })
  },
)

test.each([
  ['nothing stops the call', {}],
  ['its limit passes', { timeout: { total: 500 } }],
  ['it is aborted', { signal: true }],
])(
  'a server that never answers the goodbye has taken the message, also where %s',
  async (_, given) => {
    using clock = useFakeClock()
    await using server = await startSmtpServer()
    const abort = new AbortController()
    server.fail({ on: 'QUIT', do: 'stall' })
    const options = 'signal' in given ? { signal: abort.signal } : given
    const sending = send(server.url, message, options)
    await clock.until(() => server.received.includes('QUIT'))
    abort.abort()
    await clock.advance(1000)
    expect(await sending).toMatchObject({ delivery: 'accepted' })
    await clock.until(() => server.connections === 0)
  },
)
