// Our mail client against Postfix with Dovecot's logins; what arrived is read from the mailbox, and taken apart by
// Python's email package.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { isNetError } from '@net/core'
import * as smtp from '@net/smtp'
import { createCertificates } from '@net/socket/testing'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'

import { findDaemon, requireDaemon } from './daemon.ts'
import { requirePostfix, startPostfix, type Postfix } from './postfix.ts'

const authority = createCertificates()
const many = Array.from({ length: 60 }, (_, n) => `r${n}`)
const recipe = {
  authority: authority.ca,
  certificate: authority.issue(),
  users: { ada: 'lovelace' },
  mailboxes: ['charles', 'mary', 'jürgen', ...many],
  recipientLimit: 20,
  answers: {
    'later@example.com': '451 4.7.1 Greylisted, come back later',
    'never@example.com': '554 5.7.1 Not from you',
  },
}
const trusted = { tls: { ca: authority.ca } }
const login = { ...trusted, user: 'ada', password: 'lovelace' }
const from = 'ada@example.com'
let postfix: Postfix | undefined

beforeAll(async () => {
  if (
    ['postfix', 'dovecot'].every((name) => findDaemon(name) !== undefined) &&
    process.getuid?.() === 0
  ) {
    postfix = await startPostfix(recipe)
  }
})

afterAll(async () => {
  await postfix?.[Symbol.asyncDispose]()
})

function server(context: Pick<TestContext, 'skip'>): Postfix {
  requirePostfix(context)
  if (postfix === undefined) throw new Error('Postfix did not start')
  return postfix
}

test('[SMTP-23] mail over STARTTLS with login arrives as it was sent', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  expect(relay.encrypted).toBe(true)
  const result = await relay.send({
    from: 'Ada Lovelace <ada@example.com>',
    to: 'charles@example.com',
    subject: 'The engine',
    text: 'It weaves algebraical patterns.',
  })
  expect(result).toMatchObject({
    delivery: 'accepted',
    accepted: ['charles@example.com'],
    rejected: [],
  })
  const [, queued] = /queued as (\w+)/u.exec(result.reply.text) ?? []
  const raw = (await delivered('charles')).toString()
  expect(raw).toMatch(new RegExp(`ESMTPSA id ${String(queued)}`, 'u'))
  expect(raw).toContain(`Message-ID: ${String(result.messageId)}`)
  expect(raw).toContain('\n\nIt weaves algebraical patterns.\n')
})

test('PLAIN and LOGIN are each enough', async (context) => {
  const { url } = server(context)
  for (const auth of [smtp.plain(), smtp.login()]) {
    await using relay = await smtp.connect(url, { ...login, auth })
    await expect(relay.noop()).resolves.toBeUndefined()
  }
})

test('text beyond ASCII, HTML and an attachment of any bytes are the same behind Postfix', async (context) => {
  const { url, delivered } = server(context)
  const bytes = randomBytes(300_000)
  const text = 'Grüße aus Zürich 🚲\n.\n.. a dot each\n\nFrom here on: 你好\n'
  await using relay = await smtp.connect(url, login)
  await relay.send({
    from: { name: 'Åda Lövelace', address: from },
    to: 'charles@example.com',
    subject:
      'Überweisung — 你好, and long enough that a header must be folded more than once on its way',
    text,
    html: '<p>Grüße</p>',
    attachments: [smtp.attach(bytes, { name: 'Prüfung.bin' })],
  })
  const message = await decoded(context, await delivered('charles'))
  expect(message.subject).toBe(
    'Überweisung — 你好, and long enough that a header must be folded more than once on its way',
  )
  expect(message.from).toBe('Åda Lövelace <ada@example.com>')
  expect(message.parts.map(({ type, name }) => [type, name])).toEqual([
    ['text/plain', null],
    ['text/html', null],
    ['application/octet-stream', 'Prüfung.bin'],
  ])
  const [plain, html, attachment] = message.parts.map(({ content }) =>
    Buffer.from(content, 'base64'),
  )
  expect(plain?.toString().replaceAll('\r\n', '\n')).toBe(text)
  expect(html?.toString().trim()).toBe('<p>Grüße</p>')
  expect(attachment?.equals(bytes)).toBe(true)
})

test('text of any script without attachments, as we write it ourselves, is the same behind Postfix', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  const subject = 'Überweisung — 你好, and long enough that a header must be folded on its way'
  for (const text of [
    'Plain text.\n.\n.. a dot each\n\nFrom here on: the end\n',
    `Grüße aus Zürich, = and space at the end \n${'ein längerer Absatz, '.repeat(20)}\n.\n`,
    'Привет, мир\n你好\n'.repeat(30),
  ]) {
    await relay.send({
      from: { name: 'Åda "A." Lövelace, Countess', address: from },
      to: 'charles@example.com',
      subject,
      text,
      html: `<p>${text}</p>`,
    })
    const message = await decoded(context, await delivered('charles'))
    expect(message.subject).toBe(subject)
    // Python prints a name with a comma and quotes in quotes.
    expect(message.from).toBe(String.raw`"Åda \"A.\" Lövelace, Countess" <ada@example.com>`)
    const parts = message.parts.map(({ type, content }) => [
      type,
      Buffer.from(content, 'base64').toString().replaceAll('\r\n', '\n'),
    ])
    expect(parts).toEqual([
      ['text/plain', text],
      ['text/html', `<p>${text}</p>`],
    ])
  }
})

test('[SMTP-27] lines that begin with a dot, and line ends of every kind, arrive as lines', async (context) => {
  const { url, delivered } = server(context)
  const lines = ['.', '..', '.hidden', '', 'From the start', '.', 'x'.repeat(900), '. ', 'end.']
  for (const end of ['\n', '\r\n']) {
    await using relay = await smtp.connect(url, login)
    const raw = ['From: ada@example.com', 'Subject: dots', '', ...lines, ''].join(end)
    await relay.send(Buffer.from(raw), { envelope: { from, to: ['charles@example.com'] } })
    const arrived = (await delivered('charles')).toString()
    expect(arrived.slice(arrived.indexOf('\n\n') + 2)).toBe(`${lines.join('\n')}\n`)
  }
})

test('a refused recipient beside an accepted one is in the result, and is an error on request', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  const message = { from, to: ['nobody@example.com', 'mary@example.com'], subject: 'x', text: 'y' }
  const result = await relay.send(message)
  expect(result).toMatchObject({ delivery: 'partial', accepted: ['mary@example.com'] })
  expect(result.rejected).toMatchObject([
    {
      address: 'nobody@example.com',
      error: { code: 'NET_NOT_FOUND', command: 'RCPT', reply: { status: 550, enhanced: '5.1.1' } },
    },
  ])
  await expect(relay.send(message, { partial: 'throw' })).rejects.toMatchObject({
    code: 'NET_PARTIAL_RECIPIENTS',
    partial: { accepted: ['mary@example.com'] },
  })
  // Both messages have gone to her who was accepted.
  await delivered('mary')
  await delivered('mary')
})

test('an access table that puts one off and refuses another: each has its answer, and is repeated or not', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  const to = ['later@example.com', 'never@example.com', 'mary@example.com']
  const { accepted, rejected } = await relay.send({ from, to, text: 'x' })
  expect(accepted).toEqual(['mary@example.com'])
  expect(rejected).toMatchObject([
    {
      address: to[0],
      error: { code: 'NET_REPLY_TEMPORARY', retry: 'safe', reply: { enhanced: '4.7.1' } },
    },
    {
      address: to[1],
      error: { code: 'NET_ACCESS_DENIED', retry: 'never', reply: { enhanced: '5.7.1' } },
    },
  ])
  await delivered('mary')
})

test('an address and headers beyond ASCII go out by SMTPUTF8 and arrive as they are', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  const to = { name: 'Jürgen', address: 'jürgen@example.com' }
  const { accepted } = await relay.send({ from, to, subject: 'Grüße', text: 'x' })
  expect(accepted).toEqual(['jürgen@example.com'])
  const raw = await delivered('jürgen')
  expect(raw.toString('utf8')).toMatch(/with UTF8SMTPSA id/u)
  expect(smtp.parseMessage(raw)).toMatchObject({ to: [to], subject: 'Grüße' })
})

test('all recipients refused is an error, and the connection serves the next message', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  const nobody = ['nobody@example.com', 'noone@example.com']
  await expect(relay.send({ from, to: nobody, text: 'x' })).rejects.toMatchObject({
    code: 'NET_NOT_FOUND',
    retry: 'never',
    reply: { status: 550 },
    errors: [{ address: nobody[0] }, { address: nobody[1] }],
  })
  await relay.send({ from, to: 'mary@example.com', text: 'after all' })
  expect((await delivered('mary')).toString()).toContain('after all')
})

test('the server relays only after a login', async (context) => {
  const { url } = server(context)
  await using relay = await smtp.connect(url, trusted)
  await expect(relay.send({ from, to: 'bob@elsewhere.example', text: 'x' })).rejects.toMatchObject({
    code: 'NET_ACCESS_DENIED',
    reply: { status: 554, enhanced: '5.7.1' },
  })
})

test('a wrong password is refused, and is not in the error', async (context) => {
  const { url } = server(context)
  const error = await failureOf(smtp.connect(url, { ...login, password: 'byron-the-poet' }))
  expect(error).toMatchObject({ code: 'NET_AUTH_REJECTED', retry: 'never', reply: { status: 535 } })
  expect(JSON.stringify(error)).not.toContain('byron-the-poet')
})

test('no login is offered before STARTTLS, and none is tried', async (context) => {
  const { url } = server(context)
  await using open = await smtp.connect(url, { security: 'off' })
  expect(open.capabilities.extensions.has('STARTTLS')).toBe(true)
  expect(open.capabilities.extensions.has('AUTH')).toBe(false)
  const error = await failureOf(smtp.connect(url, { ...login, security: 'off' }))
  expect(error).toMatchObject({ code: 'NET_AUTH_NO_METHOD', retry: 'never' })
  await using protectedNow = await smtp.connect(url, trusted)
  expect(protectedNow.capabilities.extensions.get('AUTH')).toContain('PLAIN')
})

test('an unknown authority is refused before the login', async (context) => {
  const { url } = server(context)
  const error = await failureOf(smtp.connect(url, { user: 'ada', password: 'lovelace' }))
  expect(error).toMatchObject({ code: 'NET_TLS_CERT_UNTRUSTED', phase: 'tls' })
})

test('[SMTP-06] an authority, a certificate of the client and other options of TLS are those of the caller', async (context) => {
  const { url, delivered } = server(context)
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const tls = {
      ca: authority.ca,
      ...authority.issue({ names: ['ada'] }),
      minVersion: version,
      maxVersion: version,
    }
    await using relay = await smtp.connect(url, { ...login, tls })
    await relay.send({ from, to: 'mary@example.com', text: 'x' })
    const received = (await delivered('mary')).toString()
    expect(received).toContain(`(using ${version} with cipher`)
    expect(received).toMatch(/Client CN "ada", Issuer "net test authority \w+" \(verified OK\)/u)
  }
})

test('a server that dies within a message: nothing was delivered, and a repeat is safe', async (context) => {
  requirePostfix(context)
  await using mortal = await startPostfix(recipe)
  await using relay = await smtp.connect(mortal.url, login)
  async function* dying(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(`Subject: cut\n\n${'half a message\n'.repeat(10_000)}`)
    mortal.kill()
    for (;;) yield Buffer.alloc(64_000, 'never whole\n')
  }
  const sending = relay.send(dying(), { envelope: { from, to: ['charles@example.com'] } })
  const error = await failureOf(sending)
  expect(error).toMatchObject({ phase: 'send', retry: 'safe' })
  expect(['NET_CONN_CLOSED', 'NET_CONN_RESET']).toContain(error.code)
  // The system may take a moment to let go of its port.
  await expect
    .poll(() => failureOf(smtp.connect(mortal.url, login)))
    .toMatchObject({ code: 'NET_CONNECT_REFUSED', retry: 'safe' })
})

async function failureOf(call: Promise<unknown>): Promise<{ readonly code: string }> {
  const error: unknown = await call.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (isNetError(error)) return error
  throw error
}

interface Decoded {
  readonly subject: string
  readonly from: string
  readonly parts: readonly {
    readonly type: string
    readonly name: string | null
    readonly content: string
  }[]
}

async function decoded(context: Pick<TestContext, 'skip'>, raw: Buffer): Promise<Decoded> {
  const running = promisify(execFile)(requireDaemon(context, 'python3'), ['-c', DECODE], {
    maxBuffer: 10_000_000,
  })
  running.child.stdin?.end(raw)
  return JSON.parse((await running).stdout) as Decoded
}

const DECODE = `
import base64, email, email.policy, json, sys
message = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
parts = [part for part in message.walk() if not part.is_multipart()]
print(json.dumps({
    'subject': message['subject'],
    'from': message['from'],
    'parts': [{
        'type': part.get_content_type(),
        'name': part.get_filename(),
        'content': base64.b64encode(part.get_payload(decode=True)).decode(),
    } for part in parts],
}))
`

test('more recipients than Postfix takes at once: each has one copy, of the same message', async (context) => {
  const { url, delivered } = server(context)
  await using relay = await smtp.connect(url, login)
  const to = many.map((name) => `${name}@example.com`)
  const result = await relay.send({ from, to, subject: 'to many', text: 'x' })
  expect(result).toMatchObject({ delivery: 'accepted', accepted: to, rejected: [] })
  // Three transactions, each with a place of its own in the queue.
  expect(new Set(result.recipients.map(({ reply }) => reply?.text)).size).toBe(3)
  for (const name of many) {
    expect((await delivered(name)).toString()).toContain(`Message-ID: ${String(result.messageId)}`)
  }
})
