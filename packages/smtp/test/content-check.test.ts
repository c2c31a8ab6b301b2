import { attach, connect, fromFile, fromText, type Message } from '@net/smtp'
import { startSmtpServer, type SmtpServer } from '@net/smtp/testing'
import { describe, expect, test } from 'vitest'

const message: Message = { from: 'ada@example.com', to: 'bob@example.com', subject: 'x', text: 'y' }
const envelope = { from: 'a@b.example', to: 'c@d.example' }
const unsupported = { code: 'NET_UNSUPPORTED', retry: 'never', sent: false }

/** The MAIL command that the server got for the message; undefined if it got none. */
function mailOf({ received }: SmtpServer): string | undefined {
  return received.find((line) => line.startsWith('MAIL'))
}

describe('an address beyond ASCII in a header', () => {
  const odd = 'jürgen@example.com'
  const messages: readonly (readonly [string, Message])[] = [
    ['replyTo', { ...message, replyTo: odd }],
    ['cc', { ...message, cc: odd }],
    ['from beside a sender', { ...message, from: odd, sender: 'ada@example.com' }],
    ['to beside an envelope', { ...message, to: odd }],
    ['messageId', { ...message, messageId: '<jürgen@example.com>' }],
    ['inReplyTo', { ...message, inReplyTo: '<jürgen@example.com>' }],
    ['references', { ...message, references: ['<a@example.com>', '<jürgen@example.com>'] }],
  ]
  for (const [where, sent] of messages) {
    test(`needs a server that takes it: ${where}`, async () => {
      await using old = await startSmtpServer({ without: ['SMTPUTF8'] })
      await using client = await connect(old.url)
      await expect(client.send(sent, { envelope })).rejects.toMatchObject({
        ...unsupported,
        message: expect.stringMatching(
          /the header (From|To|Cc|Reply-To|Message-ID|In-Reply-To|References) has/,
        ),
      })
      expect(mailOf(old)).toBeUndefined()
      // Nothing was begun, so that the connection goes on.
      expect((await client.send(message)).delivery).toBe('accepted')

      await using modern = await startSmtpServer()
      await using other = await connect(modern.url)
      await other.send(sent, { envelope })
      expect(mailOf(modern)).toMatch(/^MAIL FROM:<a@b\.example>.* BODY=8BITMIME.* SMTPUTF8$/)
    })
  }

  test('is not needed for what can be encoded, nor for a domain', async () => {
    await using server = await startSmtpServer({ without: ['SMTPUTF8', '8BITMIME'] })
    await using client = await connect(server.url)
    await client.send({
      ...message,
      from: 'Jürgen <ada@bücher.example>',
      cc: { name: 'Jürgen', address: 'bob@bücher.example' },
      replyTo: 'reply@bücher.example',
      subject: 'Grüße',
      text: 'Grüße',
      html: '<p>Grüße</p>',
      headers: { 'X-Mine': 'Grüße', 'List-Id': 'Grüße <list.example.com>' },
      attachments: [
        attach(fromText('Grüße'), { name: 'Grüße.txt' }),
        attach(fromFile(new URL(import.meta.url)), { name: 'Grüße.ts' }),
      ],
    })
    const mail = await server.mailbox.waitFor()
    expect(Buffer.from(mail.raw).every((byte) => byte < 128)).toBe(true)
    expect(mailOf(server)).toMatch(/^MAIL FROM:<ada@xn--bcher-kva\.example> SIZE=\d+$/)
  })

  test('says SMTPUTF8 once if the envelope needs it as well', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    await client.send({ ...message, to: odd, replyTo: odd })
    expect(mailOf(server)?.match(/SMTPUTF8/g)).toHaveLength(1)
  })

  test('is said of the message that has it and not of the next one', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    await client.send({ ...message, replyTo: odd })
    await client.send(message)
    const mails = server.received.filter((line) => line.startsWith('MAIL'))
    expect(mails.map((line) => line.includes('SMTPUTF8'))).toEqual([true, false])
  })
})

describe('finished mail', () => {
  const eightBit = 'Subject: x\nContent-Transfer-Encoding: 8bit\n\nGrüße\n'
  const sources = {
    'in memory': (text: string) => fromText(text),
    'as bytes': (text: string) => Buffer.from(text),
    'from a function': (text: string) =>
      async function* () {
        yield Buffer.from(text)
      },
    'in pieces': async function* (text: string) {
      for (const byte of Buffer.from(text)) yield Uint8Array.of(byte)
    },
  }
  for (const [how, make] of Object.entries(sources)) {
    test(`with bytes above 127 goes to servers that take them: ${how}`, async () => {
      await using old = await startSmtpServer({ without: ['8BITMIME'] })
      await using client = await connect(old.url)
      await expect(client.send(make(eightBit), { envelope })).rejects.toMatchObject({
        ...unsupported,
        message: expect.stringContaining('8BITMIME'),
      })
      expect(old.mailbox.messages).toEqual([])
      await using plain = await connect(old.url)
      await plain.send(make('Subject: x\n\nplain\n'), { envelope })

      await using modern = await startSmtpServer()
      await using other = await connect(modern.url)
      await other.send(make(eightBit), { envelope })
      expect(mailOf(modern)).toContain(' BODY=8BITMIME')
    })

    test(`with UTF-8 in a header goes to servers that take that: ${how}`, async () => {
      const text = 'Subject: Grüße\n\nplain\n'
      await using old = await startSmtpServer({ without: ['SMTPUTF8'] })
      await using client = await connect(old.url)
      await expect(client.send(make(text), { envelope })).rejects.toMatchObject({
        ...unsupported,
        message: expect.stringContaining('the header Subject has'),
      })
      expect(mailOf(old)).toBeUndefined()
      await using modern = await startSmtpServer()
      await using other = await connect(modern.url)
      await other.send(make(text), { envelope })
      expect(mailOf(modern)).toContain(' SMTPUTF8')
    })

    test(`with a line above 998 bytes is refused: ${how}`, async () => {
      await using server = await startSmtpServer()
      for (const [text, code] of [
        [`X-Token: ${'b'.repeat(1000)}\n\ny\n`, 'NET_BAD_HEADER'],
        [`Subject: x\n\n${'y'.repeat(999)}\n`, 'NET_BAD_OPTION'],
      ] as const) {
        await using client = await connect(server.url)
        await expect(client.send(make(text), { envelope })).rejects.toMatchObject({
          code,
          limit: 998,
          sent: false,
        })
      }
      expect(server.mailbox.messages).toEqual([])
      await using client = await connect(server.url)
      await client.send(make(`Subject: x\n\n${'y'.repeat(998)}\n`), { envelope })
    })
  }

  test('announces the size that it has on the wire', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    for (const text of ['Subject: x\n\n.\ny\n', 'Subject: x\r\n\r\ny', 'a\rb']) {
      await client.send(fromText(text), { envelope })
      const { raw } = server.mailbox.messages.at(-1) ?? { raw: [] }
      const mail = server.received.findLast((line) => line.startsWith('MAIL'))
      expect(mail).toContain(` SIZE=${raw.length}`)
    }
  })

  test('is not said to have bytes above 127 if it has none', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    await client.send(fromText('Subject: x\n\ny\n'), { envelope })
    expect(mailOf(server)).not.toContain('BODY')
  })
})

describe('an attached message', () => {
  const inner = 'Subject: x\r\n\r\nGrüße\r\n'
  const sources = {
    'in memory': () => Buffer.from(inner),
    'as a text': () => fromText(inner),
    'as a stream': async function* () {
      yield Buffer.from(inner)
    },
  }
  for (const [how, make] of Object.entries(sources)) {
    test(`with bytes above 127 goes to servers that take them: ${how}`, async () => {
      await using old = await startSmtpServer({ without: ['8BITMIME'] })
      await using client = await connect(old.url)
      const attachments = [attach(make(), { type: 'message/rfc822' })]
      await expect(client.send({ ...message, attachments })).rejects.toMatchObject(unsupported)
      expect(old.mailbox.messages).toEqual([])

      await using modern = await startSmtpServer()
      await using other = await connect(modern.url)
      await other.send({ ...message, attachments: [attach(make(), { type: 'message/rfc822' })] })
      expect(mailOf(modern)).toContain(' BODY=8BITMIME')
    })
  }

  test('with UTF-8 in its headers needs SMTPUTF8', async () => {
    const attachments = [attach(fromText('Subject: ä\n\ny'), { type: 'message/rfc822' })]
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    await client.send({ ...message, attachments })
    expect(mailOf(server)).toContain(' SMTPUTF8')
  })
})

describe('no line above 998 bytes is sent', () => {
  function longest(raw: Uint8Array): number {
    return Math.max(
      ...Buffer.from(raw)
        .toString('latin1')
        .split('\r\n')
        .map((line) => line.length),
    )
  }

  test('where it can be encoded or folded', async () => {
    const word = 'a'.repeat(1500)
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    const messages: readonly Message[] = [
      { ...message, subject: word },
      { ...message, headers: { 'X-Token': 'b'.repeat(2000) } },
      { ...message, text: word, html: word },
      {
        ...message,
        references: Array.from({ length: 60 }, (_, n) => `<${n}@${word.slice(0, 90)}>`),
      },
      {
        ...message,
        to: Array.from({ length: 200 }, (_, n) => `${n}-${word.slice(0, 40)}@x.example`),
      },
      { ...message, to: { name: 'word '.repeat(180).trim(), address: 'bob@example.com' } },
      { ...message, attachments: [attach(fromText('x'), { name: `${'ä'.repeat(300)}.txt` })] },
      { ...message, attachments: [attach(fromText('x'), { name: `${'a'.repeat(390)}.txt` })] },
    ]
    for (const sent of messages) {
      await client.send(sent)
      expect(longest(server.mailbox.messages.at(-1)?.raw ?? new Uint8Array())).toBeLessThan(999)
    }
  })

  test('and is refused where it cannot', async () => {
    await using server = await startSmtpServer()
    await using client = await connect(server.url)
    const token = `<https://example.com/${'c'.repeat(1000)}>`
    await expect(
      client.send({ ...message, headers: { 'List-Unsubscribe': token } }),
    ).rejects.toMatchObject({
      code: 'NET_BAD_HEADER',
      limit: 998,
      message: expect.stringContaining('the header List-Unsubscribe has'),
    })
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x')
    }
    await expect(
      client.send({
        ...message,
        headers: { 'List-Unsubscribe': token },
        attachments: [attach(stream)],
      }),
    ).rejects.toMatchObject({ code: 'NET_BAD_HEADER' })
    expect(server.received).toHaveLength(1)
  })
})
