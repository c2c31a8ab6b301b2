import { PartialError } from '@net/core'
import { captureEvents, useFakeClock } from '@net/core/testing'
import { attach, connect, fromFile, fromText, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { failureOf, until } from './scripted-peer.ts'

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }

test('[SMTP-34] [SMTP-35] [SMTP-36] sends a message with text, HTML and attachments over TLS after a login', async () => {
  const certificates = createCertificates()
  await using server = await startSmtpServer({
    tls: certificates.issue(),
    users: { ada: 'a-password-of-ours' },
    requireAuth: true,
  })
  await using relay = await connect(server.url, {
    user: 'ada',
    password: 'a-password-of-ours',
    tls: { ca: certificates.ca },
  })
  const result = await relay.send({
    from: { name: 'Ada Lovelace', address: 'ada@example.com' },
    to: ['Bob <bob@example.com>'],
    cc: 'cc@example.com',
    subject: 'Grüße',
    text: 'Plain – text',
    html: '<p>HTML</p>',
    headers: { 'X-Mine': 'yes' },
    attachments: [
      attach(fromText('some text'), { name: 'ä.txt' }),
      attach(fromFile(new URL(import.meta.url)), { name: 'test.ts', type: 'text/plain' }),
      attach(async function* () {
        yield Buffer.from('streamed')
      }),
    ],
  })
  expect(result).toMatchObject({
    delivery: 'accepted',
    accepted: ['bob@example.com', 'cc@example.com'],
    rejected: [],
    reply: { status: 250, enhanced: '2.0.0', text: 'Taken' },
  })
  const mail = await server.mailbox.waitFor()
  expect(mail).toMatchObject({ secure: true, user: 'ada', envelope: { from: 'ada@example.com' } })
  expect(mail.headers.get('from')).toEqual(['Ada Lovelace <ada@example.com>'])
  expect(mail.headers.get('message-id')).toEqual([result.messageId])
  expect(mail.headers.get('x-mine')).toEqual(['yes'])
  expect(mail.headers.get('subject')?.[0]).toMatch(/^=\?UTF-8\?/)
  expect(mail.text).toContain('Plain =E2=80=93 text')
  expect(mail.text).toContain(Buffer.from('some text').toString('base64'))
  expect(mail.text).toContain(Buffer.from('streamed').toString('base64'))
})

test('those in bcc get the message and are in none of its headers', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send({ ...message, bcc: ['hidden@example.com'] })
  const mail = await server.mailbox.waitFor()
  expect(mail.envelope.to).toEqual(['bob@example.com', 'hidden@example.com'])
  expect(mail.headers.has('bcc')).toBe(false)
  expect([...mail.headers.values()].flat().join()).not.toContain('hidden')
})

test('[SMTP-19] [SMTP-21] sends headers and text as they are to the envelope that is given', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const envelope = { from: '', to: ['bob@example.com', 'c@d.example'] }
  const result = await client.send(fromText('Subject: x\n\nHello\n.\n'), { envelope })
  expect(result).toMatchObject({ delivery: 'accepted', accepted: envelope.to })
  expect(result).not.toHaveProperty('messageId')
  const mail = await server.mailbox.waitFor()
  expect(mail.envelope).toEqual(envelope)
  expect(Buffer.from(mail.raw).toString()).toBe('Subject: x\r\n\r\nHello\r\n.\r\n')
  expect(server.received.find((line) => line.startsWith('MAIL'))).toMatch(/^MAIL FROM:<> SIZE=24$/)
})

test('an envelope that is given takes the place of that of the message', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send(message, { envelope: { from: 'bounce@example.com', to: 'list@example.com' } })
  expect((await server.mailbox.waitFor()).envelope).toEqual({
    from: 'bounce@example.com',
    to: ['list@example.com'],
  })
})

test('[SMTP-22] returns the refused recipients, or throws by option', async () => {
  await using server = await startSmtpServer({ refuse: { 'no@example.com': '550 5.1.1 nobody' } })
  await using client = await connect(server.url)
  const two = { ...message, to: ['bob@example.com', 'no@example.com'] }
  const result = await client.send(two)
  expect(result).toMatchObject({
    delivery: 'partial',
    accepted: ['bob@example.com'],
    rejected: [
      { address: 'no@example.com', error: { code: 'NET_NOT_FOUND', reply: { enhanced: '5.1.1' } } },
    ],
  })
  const error = await client.send(two, { partial: 'throw' }).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(PartialError)
  expect(error).toMatchObject({
    code: 'NET_PARTIAL_RECIPIENTS',
    partial: { delivery: 'partial', accepted: ['bob@example.com'] },
    errors: [{ address: 'no@example.com' }],
  })
  expect(error).toMatchObject({ operation: 'send', retry: 'never', reply: { status: 250 } })
  expect(await client.send(message, { partial: 'throw' })).toMatchObject({ delivery: 'accepted' })
  await expect(client.send(message, { partial: 'maybe' as never })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  expect(server.mailbox.messages).toHaveLength(3)
})

test('names recipients as they were given, in results, errors and events', async () => {
  const refuse = { 'no@xn--exmple-cua.com': '550 5.1.1 nobody' }
  await using server = await startSmtpServer({ refuse })
  await using client = await connect(server.url)
  using captured = captureEvents()
  const to = ['Bob <Bob@EXAMPLE.com>', { name: 'B', address: 'bob@exämple.com' }, 'no@exämple.com']
  const result = await client.send({ ...message, to })
  expect(result.accepted).toEqual(['Bob@EXAMPLE.com', 'bob@exämple.com'])
  expect(result.rejected).toMatchObject([
    {
      address: 'no@exämple.com',
      wire: 'no@xn--exmple-cua.com',
      error: { address: 'no@exämple.com' },
    },
  ])
  const { reply } = result
  expect(result.recipients).toEqual([
    { address: 'Bob@EXAMPLE.com', wire: 'Bob@example.com', reply },
    { address: 'bob@exämple.com', wire: 'bob@xn--exmple-cua.com', reply },
    { address: 'no@exämple.com', wire: 'no@xn--exmple-cua.com' },
  ])
  expect(captured.of('operation').at(-1)?.target).toBe('Bob@EXAMPLE.com and 2 more')
  const error = await failureOf(client.send({ ...message, to: 'no@exämple.com' }))
  expect(error).toMatchObject({ address: 'no@exämple.com', target: 'no@exämple.com' })
  server.fail({ on: '.', do: 'drop' })
  const lost = await failureOf(client.send({ ...message, to }))
  expect(lost).toMatchObject({
    partial: {
      accepted: ['Bob@EXAMPLE.com', 'bob@exämple.com'],
      rejected: [{ address: 'no@exämple.com', wire: 'no@xn--exmple-cua.com' }],
    },
  })
})

test('sends to quoted and to very long addresses', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const to = [`reply+${'2b6c0c3fb5835b76'.repeat(5)}@example.com`, '"ada lovelace"@example.com']
  expect((await client.send({ ...message, to })).accepted).toEqual(to)
  const { envelope, headers } = await server.mailbox.waitFor()
  expect(envelope.to).toEqual(to)
  expect(headers.get('to')?.[0]).toContain('<"ada lovelace"@example.com>')
})

test('[SMTP-30] messages that are sent at once follow each other over one connection', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const subjects = Array.from({ length: 20 }, (_, n) => `number ${n}`)
  const results = await Promise.all(subjects.map((subject) => client.send({ ...message, subject })))
  expect(results.every(({ delivery }) => delivery === 'accepted')).toBe(true)
  expect(server.mailbox.messages.map(({ headers }) => headers.get('subject')?.[0])).toEqual(
    subjects,
  )
  expect(server.received.filter((line) => line.startsWith('EHLO'))).toHaveLength(1)
})

test('[SMTP-30] after a refusal the next message begins anew', async () => {
  await using server = await startSmtpServer({ refuse: { 'no@example.com': '550 5.1.1 nobody' } })
  await using client = await connect(server.url)
  await expect(client.send({ ...message, to: 'no@example.com' })).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
  })
  await client.send(message)
  await client.send(message)
  expect(server.received.filter((line) => line === 'RSET')).toHaveLength(1)
  expect(server.mailbox.messages.map(({ envelope }) => envelope.to)).toEqual([
    ['bob@example.com'],
    ['bob@example.com'],
  ])
})

test('without PIPELINING one command waits for the other', async () => {
  await using server = await startSmtpServer({ without: ['PIPELINING'] })
  await using client = await connect(server.url)
  expect((await client.send({ ...message, cc: 'c@d.example' })).accepted).toHaveLength(2)
})

test('asks whether the server is still there', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.noop()
  server.fail({ on: 'NOOP', do: { reply: '500 5.5.2 tired' } })
  await expect(client.noop()).rejects.toMatchObject({
    code: 'NET_UNSUPPORTED',
    command: 'NOOP',
    operation: 'noop',
  })
  await client.noop()
})

test('reports progress in bytes', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const told: number[] = []
  await client.send(message, { onProgress: ({ transferred }) => void told.push(transferred) })
  const { raw } = await server.mailbox.waitFor()
  expect(told.at(-1)).toBe(raw.length + '.\r\n'.length)
})

test('[SMTP-11] says goodbye, once those before have ended, and takes no more calls', async () => {
  await using server = await startSmtpServer()
  const client = await connect(server.url)
  const sending = client.send(message)
  const closing = client.close()
  await expect(client.noop()).rejects.toMatchObject({ code: 'NET_CLOSED' })
  expect((await sending).delivery).toBe('accepted')
  await closing
  expect(server.received.slice(-2)).toEqual(['.', 'QUIT'])
  expect(await client.closed).toBeUndefined()
  await client.close()
  await until(() => server.connections === 0)
})

test('cuts off what is not done within the grace', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  const client = await connect(server.url)
  server.fail({ on: '.', do: 'stall' })
  const failed = failureOf(client.send(message))
  await clock.until(() => server.received.includes('.'))
  const closing = client.close({ grace: 500 })
  await clock.advance(500)
  await closing
  expect(await failed).toMatchObject({
    code: 'NET_DELIVERY_UNKNOWN',
    cause: { code: 'NET_CLOSED' },
  })
  await clock.until(() => server.connections === 0)
  expect(clock.timers).toBe(0)
})

test('a server that does not answer QUIT delays nothing', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  const client = await connect(server.url)
  server.fail({ on: 'QUIT', do: 'stall' })
  const closing = client.close()
  await clock.until(() => server.received.includes('QUIT'))
  await clock.advance(2000)
  await closing
  expect(clock.timers).toBe(0)
})

test('leaves at once without grace', async () => {
  await using server = await startSmtpServer()
  const client = await connect(server.url)
  await client.close({ grace: 0 })
  expect(await client.closed).toBeUndefined()
  await until(() => server.connections === 0)
  expect(server.received).not.toContain('QUIT')
})

test('every call is one operation with its own events and log', async () => {
  await using server = await startSmtpServer()
  using captured = captureEvents()
  const messages: string[] = []
  await using client = await connect(server.url, {
    log: { write: (record) => void messages.push(record.message) },
  })
  await client.send({ ...message, cc: ['c@d.example', 'e@f.example'] })
  const ends = captured
    .of('operation')
    .filter(({ state, protocol }) => state === 'end' && protocol === 'smtp')
  expect(ends.map(({ operation, target, outcome }) => [operation, target, outcome])).toEqual([
    ['connect', server.url.slice('smtp://'.length), 'ok'],
    ['send', 'bob@example.com and 2 more', 'ok'],
  ])
  expect(messages.some((text) => text.startsWith('send bob@example.com and 2 more'))).toBe(true)
})

test('the limits of the client hold for its calls', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  await using client = await connect(server.url, { defaults: { timeout: { reply: 300 } } })
  server.fail({ on: 'NOOP', do: 'stall' })
  const failed = failureOf(client.noop())
  await clock.until(() => server.received.includes('NOOP'))
  await clock.advance(300)
  expect(await failed).toMatchObject({
    code: 'NET_TIMEOUT_REPLY',
    limit: 300,
  })
})

test('a call waits for those before it as long as `timeout.pool` says', async () => {
  await using server = await startSmtpServer()
  using clock = useFakeClock()
  await using client = await connect(server.url)
  server.fail({ on: 'NOOP', do: { delay: 800 } })
  const first = client.noop()
  await clock.until(() => server.received.includes('NOOP'))
  const waiting = [
    failureOf(client.noop({ timeout: { pool: 100 } })),
    failureOf(client.send(message, { timeout: { pool: 100 } })),
  ]
  await clock.advance(100)
  for (const failed of waiting) {
    expect(await failed).toMatchObject({ code: 'NET_TIMEOUT_POOL', limit: 100, retry: 'safe' })
  }
  await clock.advance(700)
  await first
  await client.noop()
  expect(server.received).toEqual(['EHLO [127.0.0.1]', 'NOOP', 'NOOP'])
})

test('[H-SMTP-12] only CRLF and doubled dots on the wire', async () => {
  const bodies = [
    'a\n.b\nc',
    'a\r.b\rc',
    'a\r\n.\r\nb\r\n',
    'a\n\nb',
    'a\r\n\rb',
    '.',
    '..',
    '.\r\n',
    '\r\n.',
    'a\r',
    'a\n',
  ]
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  for (const body of bodies) {
    for (let at = 0; at <= body.length; at++) {
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.from(body.slice(0, at))
        yield Buffer.from(body.slice(at))
      }
      await client.send(source, { envelope: { from: 'a@b.example', to: 'c@d.example' } })
      const raw = Buffer.from(server.mailbox.messages.at(-1)?.raw ?? []).toString()
      const expected = body.replaceAll(/\r\n|\r|\n/g, '\r\n')
      expect(raw).toBe(expected.endsWith('\r\n') ? expected : `${expected}\r\n`)
    }
  }
  expect(server.received.join('\n')).not.toContain('e@x')
})

test('[SMTP-48] the dialogue is published line by line', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  using captured = captureEvents()
  await client.send(message)
  const texts = captured
    .of('wire')
    .filter(({ protocol }) => protocol === 'smtp')
    .map(({ text }) => text)
  expect(texts).toEqual([
    expect.stringMatching(/^MAIL FROM:<ada@example\.com>/),
    'RCPT TO:<bob@example.com>',
    'DATA',
    '250 2.1.0 Sender noted',
    '250 2.1.5 Recipient noted',
    '354 Go on, end with a dot',
    expect.stringMatching(/^\(\d+ bytes of message\)$/),
    '250 2.0.0 Taken',
  ])
})

test('a goodbye in the middle of the recipients is told in the words of the server', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  server.fail({ on: 'RCPT TO:<carol@example.com>', do: { reply: '421 4.3.2 going down' } })
  const to = ['bob@example.com', 'carol@example.com', 'dave@example.com']
  const goodbye = {
    code: 'NET_CONN_SHUTDOWN',
    retry: 'safe',
    reply: { status: 421, text: 'going down' },
  }
  await expect(client.send({ ...message, to })).rejects.toMatchObject(goodbye)
  await expect(client.send(message)).rejects.toMatchObject(goodbye)
})
