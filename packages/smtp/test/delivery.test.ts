import {
  AbortError,
  ConnectionLostError,
  isRetryable,
  PartialError,
  type RetryPolicy,
} from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { connect, type Message, type UnknownDelivery } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

import { failureOf, startPeer, until } from './scripted-peer.ts'

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }

describe('[H-SMTP-07] the connection is lost', () => {
  for (const on of ['MAIL', 'RCPT', 'DATA'] as const) {
    for (const fault of ['drop', 'reset', 'half-close'] as const) {
      test(`before the final dot, ${fault} at ${on}: an ordinary loss that may be repeated`, async () => {
        await using server = await startSmtpServer()
        await using client = await connect(server.url)
        server.fail({ on, do: fault })
        const error = await client.send(message).catch((error: unknown) => error)
        expect(error).toBeInstanceOf(ConnectionLostError)
        expect(error).toMatchObject({
          operation: 'send',
          retry: 'safe',
          sent: false,
          phase: 'command',
        })
        expect(server.mailbox.messages).toEqual([])
      })
    }
  }

  for (const fault of ['drop', 'reset', 'half-close'] as const) {
    test(`[H-CORE-22] after the final dot, ${fault}: nobody knows, and nothing is repeated`, async () => {
      await using server = await startSmtpServer({ refuse: { 'no@example.com': '550 5.1.1 no' } })
      const retry: RetryPolicy = {
        delay: ({ error, idempotent }) => (isRetryable(error, { idempotent }) ? 1 : undefined),
      }
      await using client = await connect(server.url, { defaults: { retry } })
      server.fail({ on: '.', do: fault })
      const messageId = '<engine@example.com>'
      const sending = client.send({ ...message, cc: 'no@example.com', messageId })
      const error = await sending.catch((error: unknown) => error)
      expect(error).toBeInstanceOf(PartialError)
      expect(error).toMatchObject({
        code: 'NET_DELIVERY_UNKNOWN',
        retry: 'never',
        sent: true,
        partial: {
          delivery: 'unknown',
          accepted: ['bob@example.com'],
          rejected: [{ address: 'no@example.com' }],
          messageId,
        },
        cause: { code: expect.stringMatching(/^NET_CONN_/) },
      })
      expect((error as Error).message).toMatch(
        /^smtp send bob@example\.com and 1 more: the server had the whole message, and then the connection was reset|^smtp send bob@example\.com and 1 more: the server had the whole message, and then the server closed/,
      )
      expect((error as Error).message.match(/smtp send/g)).toHaveLength(1)
      expect(server.received.filter((line) => line === 'DATA')).toHaveLength(1)
    })
  }
})

test('a message that is repeated behind its dot is the same bytes, with the same Message-ID, date and boundaries', async () => {
  const bodies: string[] = []
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    for (;;) {
      const line = await hear()
      if (line === 'DATA') {
        await say('354 go on\r\n')
        let body = ''
        for (let next = await hear(); next !== '.'; next = await hear()) body += `${next}\n`
        bodies.push(body)
        await say(bodies.length === 1 ? '451 4.3.0 later\r\n' : '250 taken\r\n')
      } else await say(line.startsWith('QUIT') ? '221 bye\r\n' : '250 fine\r\n')
    }
  })
  using clock = useFakeClock()
  using captured = captureEvents()
  await using client = await connect(peer.url, { name: 'localhost' })
  const retry = { attempts: 2, delay: 30_000, jitter: 'none' } as const
  const sending = client.send({ ...message, html: '<p>y' }, { retry })
  // Not before the answer is here does the wait begin.
  await until(() => captured.of('retry').length === 1)
  await clock.advance(30_000)
  const { messageId } = await sending
  expect(bodies).toHaveLength(2)
  expect(bodies[1]).toBe(bodies[0])
  expect(bodies[0]).toContain(`Message-ID: ${messageId}\n`)
  expect(messageId).toMatch(/@example\.com>$/)
})

test('the connection is lost in the middle of the message', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  server.fail({ after: 20_000, do: 'reset' })
  const sending = client.send({ ...message, text: 'a line\n'.repeat(1_000_000) })
  await expect(sending).rejects.toMatchObject({
    code: expect.stringMatching(/^NET_CONN_/),
    sent: false,
    retry: 'safe',
  })
  expect(server.mailbox.messages).toEqual([])
})

test('[H-SMTP-06] silence before the answer: ten minutes, and then the outcome is unknown', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  await using client = await connect(server.url)
  server.fail({ on: '.', do: 'stall' })
  const failed = failureOf(client.send(message))
  await clock.until(() => server.received.includes('.'))
  await clock.advance(599_000)
  expect(server.connections).toBe(1)
  await clock.advance(1000)
  expect(await failed).toMatchObject({
    code: 'NET_DELIVERY_UNKNOWN',
    phase: 'receive',
    cause: { code: 'NET_TIMEOUT_REPLY', limit: 600_000 },
  })
})

describe('[H-SMTP-06] silence at a command', () => {
  for (const on of ['MAIL', 'RCPT', 'DATA'] as const) {
    test(`at ${on}`, async () => {
      await using server = await startSmtpServer({ without: ['PIPELINING'] })
      using clock = useFakeClock()
      await using client = await connect(server.url)
      server.fail({ on, do: 'stall' })
      const failed = failureOf(client.send(message))
      await clock.until(() => server.received.some((line) => line.startsWith(on)))
      await clock.advance(60_000)
      expect(await failed).toMatchObject({
        code: 'NET_TIMEOUT_REPLY',
        phase: 'command',
        limit: 60_000,
        retry: 'safe',
      })
      await clock.until(() => server.connections === 0)
      expect(clock.timers).toBe(0)
    })
  }
})

test('[H-SMTP-20] a server that does not take the message', async () => {
  await using peer = await startPeer(async (peer) => {
    await peer.upToData()
    await new Promise((resolve) => void peer.connection.closed.then(resolve))
  })
  using clock = useFakeClock()
  await using client = await connect(peer.url)
  let chunks = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; ; chunks++) yield Buffer.alloc(65_536, `${'x'.repeat(63)}\n`)
  }
  const envelope = { from: 'a@b.example', to: 'c@d.example' }
  const failed = failureOf(client.send(endless, { envelope }))
  // What nobody takes fills the buffers on the way, and then nothing moves.
  let before = -1
  let turns = 0
  await clock.until(() => {
    turns = chunks > 0 && chunks === before ? turns + 1 : 0
    before = chunks
    return turns > 500
  })
  await clock.advance(60_000)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_WRITE',
    phase: 'send',
    limit: 60_000,
    sent: false,
  })
})

describe('[H-CORE-05] an abort', () => {
  const cases = [
    { on: 'MAIL', phase: 'command' },
    { on: 'RCPT', phase: 'command' },
    { on: 'DATA', phase: 'command' },
    { on: '.', phase: 'receive' },
  ] as const
  for (const { on, phase } of cases) {
    test(`at ${on}`, async () => {
      await using server = await startSmtpServer({ without: ['PIPELINING'] })
      await using client = await connect(server.url)
      server.fail({ on, do: 'stall' })
      const controller = new AbortController()
      const sending = client.send(message, { signal: controller.signal })
      const failed = failureOf(sending)
      await until(() => server.received.some((line) => line.startsWith(on)))
      controller.abort()
      expect(await failed).toMatchObject({
        code: 'NET_ABORTED',
        phase,
        sent: on === '.',
      })
      await until(() => server.connections === 0)
      expect(await client.closed).toBeInstanceOf(AbortError)
      await expect(client.send(message)).rejects.toMatchObject({ code: 'NET_CLOSED' })
    })
  }

  test('after the final dot reports an unknown outcome', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    server.fail({ on: '.', do: 'stall' })
    const controller = new AbortController()
    const sending = client.send(message, { signal: controller.signal })
    const failed = failureOf(sending)
    await until(() => server.received.includes('.'))
    controller.abort()
    expect(await failed).toMatchObject({
      partial: { delivery: 'unknown' } satisfies Partial<UnknownDelivery>,
    })
  })

  test("lets go of the caller's source before it settles", async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    const controller = new AbortController()
    let reading = true
    let chunks = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          chunks += 1
          yield Buffer.alloc(1000, `${'x'.repeat(99)}\n`)
          if (chunks === 500) controller.abort()
        }
      } finally {
        reading = false
      }
    }
    const sending = client.send(endless, {
      envelope: { from: 'a@b.example', to: 'c@d.example' },
      signal: controller.signal,
    })
    await expect(sending).rejects.toBeInstanceOf(AbortError)
    expect(reading).toBe(false)
    const then = chunks
    await until(() => server.connections === 0)
    expect(chunks).toBe(then)
    expect(server.mailbox.messages).toEqual([])
  })
})

test('the total limit holds, also after the final dot', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  await using client = await connect(server.url)
  server.fail({ on: '.', do: 'stall' })
  const failed = failureOf(client.send(message, { timeout: 1000 }))
  await clock.until(() => server.received.includes('.'))
  await clock.advance(1000)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_TOTAL',
    limit: 1000,
    retry: 'never',
    partial: { delivery: 'unknown' },
  })
})

test('[SMTP-26] the size is announced and compared', async () => {
  await using server = await startSmtpServer({ maxSize: 2000 })
  await using client = await connect(server.url)
  await expect(client.send({ ...message, text: 'a line\n'.repeat(1000) })).rejects.toMatchObject({
    code: 'NET_NO_SPACE',
    limit: 2000,
  })
  expect(server.received).toEqual(['EHLO [127.0.0.1]'])
  await client.send(message)
  expect(server.received[1]).toMatch(/^MAIL FROM:<ada@example\.com> SIZE=\d+$/)
})

test('[SMTP-25] other scripts in an address need a server that knows them', async () => {
  await using server = await startSmtpServer({ without: ['SMTPUTF8'] })
  await using client = await connect(server.url)
  const international = { ...message, to: 'jürgen@example.com' }
  await expect(client.send(international)).rejects.toMatchObject({ code: 'NET_UNSUPPORTED' })
  expect(server.received).toHaveLength(1)
  await using modern = await startSmtpServer()
  await using other = await connect(modern.url)
  await other.send(international)
  expect(modern.received[1]).toContain('SMTPUTF8')
  expect(modern.mailbox.messages[0]?.envelope.to).toEqual(['jürgen@example.com'])
})

test("[H-SMTP-16] what the caller's own source throws passes as it is, and no dot is sent", async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const mine: Error = Object.freeze(new Error('mine'))
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('Subject: x\r\n\r\nhalf')
    throw mine
  }
  const envelope = { from: 'a@b.example', to: 'c@d.example' }
  expect(await client.send(broken, { envelope }).catch((error: unknown) => error)).toBe(mine)
  await until(() => server.connections === 0)
  expect(server.mailbox.messages).toEqual([])
  expect(server.received).not.toContain('.')
})

test('an already aborted call and one with bad arguments send nothing', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await expect(client.send(message, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
    AbortError,
  )
  await expect(client.send({ ...message, subject: 'a\r\nb' })).rejects.toMatchObject({
    code: 'NET_INJECTION',
  })
  await expect(client.noop()).resolves.toBeUndefined()
  expect(server.received).toEqual(['EHLO [127.0.0.1]', 'NOOP'])
})

test('every reply has the limit of one, however many there are', async () => {
  await using server = await startSmtpServer({ without: ['PIPELINING'] })
  using clock = useFakeClock()
  await using client = await connect(server.url)
  server.fail({ on: 'RCPT', times: 5, do: { delay: 50_000 } })
  const to = Array.from({ length: 5 }, (_, n) => `bob${n}@example.com`)
  const sending = client.send({ ...message, to })
  for (let n = 0; n < 5; n++) {
    await clock.until(
      () => server.received.filter((line) => line.startsWith('RCPT')).length === n + 1,
    )
    await clock.advance(50_000)
  }
  expect((await sending).accepted).toHaveLength(5)
})

test('[H-SMTP-05] a reply that drips in without an end has the limit of one reply', async () => {
  let drip = async (): Promise<void> => {}
  await using peer = await startPeer(async ({ say, hear }) => {
    await say('220 peer\r\n')
    await hear()
    await say('250 peer\r\n')
    await hear()
    drip = () => say('250-more\r\n')
  })
  using clock = useFakeClock()
  await using client = await connect(peer.url)
  const failed = failureOf(client.send(message))
  await clock.until(() => peer.lines.length > 1)
  for (let n = 0; n < 6; n++) {
    await drip()
    await clock.advance(9999)
  }
  await drip()
  await clock.advance(10)
  expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_REPLY', phase: 'command', limit: 60_000 })
})
