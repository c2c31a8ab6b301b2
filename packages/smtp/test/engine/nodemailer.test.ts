import { buffer } from 'node:stream/consumers'

import { attach, fromFile, fromText, type Message } from '@net/smtp'
import { parseMessage } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import type { Content } from '../../src/content.ts'
import { loadComposer } from '../../src/engine/nodemailer.ts'
import { checkMessage, type CheckedMessage } from '../../src/message.ts'
import { openingFor } from '../opening.ts'

const least: Message = { from: 'ada@example.com', to: 'bob@example.com' }

async function contentOf(message: CheckedMessage): Promise<Content> {
  const compose = await loadComposer()
  return openingFor((opening) => compose(message, opening))
}

async function compose(message: Message): Promise<string> {
  const content = await contentOf(checkMessage(message))
  const { content: bytes } = content
  const text = (Buffer.isBuffer(bytes) ? bytes : await buffer(bytes)).toString()
  await content.close()
  return text.replaceAll(/\r?\n/g, '\r\n')
}

test('a message without streams is made in memory and announces its size', async () => {
  const content = await contentOf(
    checkMessage({ ...least, text: 'x', attachments: [attach(fromText('y'))] }),
  )
  expect(Buffer.isBuffer(content.content)).toBe(true)
  expect(content.size).toBe((content.content as Buffer).length)
  await content.close()
})

test('[SMTP-34] text of any script', async () => {
  const text = await compose({ ...least, text: 'Grüße – 你好\n.\n' })
  const { headers } = parseMessage(Buffer.from(text))
  expect(headers.get('content-type')?.[0]).toMatch(/^text\/plain; charset=utf-8/)
  expect(headers.get('content-transfer-encoding')?.[0]).toMatch(/quoted-printable|base64/)
})

test('[SMTP-37] an image that the HTML names', async () => {
  const text = await compose({
    ...least,
    html: '<img src="cid:logo@x">',
    attachments: [attach(Buffer.from('png'), { name: 'l.png', cid: 'logo@x' })],
  })
  expect(text).toContain('multipart/related')
  expect(text).toContain('Content-ID: <logo@x>')
  expect(text).toContain('Content-Disposition: inline; filename=l.png')
})

test('names and subjects of any script, domains in ASCII', async () => {
  const text = await compose({ ...least, to: '"Jürgen, M." <j@bücher.example>', subject: '你好' })
  const { headers } = parseMessage(Buffer.from(text))
  expect(headers.get('to')?.[0]).toMatch(/^=\?UTF-8\?.*\?= <j@xn--bcher-kva\.example>$/)
  expect(headers.get('subject')?.[0]).toMatch(/^=\?UTF-8\?/)
})

test('[H-SMTP-10] no header has a line more than it should', async () => {
  const text = await compose({
    ...least,
    subject: 'long '.repeat(100),
    to: { name: 'x"; , <eve@x.example>', address: 'bob@example.com' },
    attachments: [attach(fromText('x'), { name: 'a"; filename="b.exe' })],
  })
  const { headers } = parseMessage(Buffer.from(text))
  expect([...headers.keys()].toSorted()).toEqual(
    [
      'content-disposition',
      'content-transfer-encoding',
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
    ].toSorted(),
  )
  expect(text.split('\r\n').every((line) => line.length <= 998)).toBe(true)
})

test('the ids of a conversation arrive whole, however long the first of them is', async () => {
  const [first, second] = ['a', 'b'].map((letter) => `<${letter.repeat(70)}@mail.example.com>`)
  const ids = [first, second] as string[]
  const text = await compose({ ...least, inReplyTo: second, references: ids, text: 'x' })
  const { headers } = parseMessage(Buffer.from(text))
  expect(headers.get('references')).toEqual([ids.join(' ')])
  expect(headers.get('in-reply-to')).toEqual([second])
})

test('[SMTP-28] a stream is read while it is sent', async () => {
  let read = 0
  const content = await contentOf(
    checkMessage({
      ...least,
      attachments: [
        attach(async function* () {
          for (; read < 1000; read++) yield Buffer.alloc(65_536)
        }),
      ],
    }),
  )
  expect(Buffer.isBuffer(content.content)).toBe(false)
  expect(content).not.toHaveProperty('size')
  for await (const chunk of content.content as AsyncIterable<Uint8Array>) {
    expect(chunk.length).toBeGreaterThan(0)
    if (read > 3) break
  }
  await content.close()
  expect(read).toBeLessThan(100)
})

test('streams stand where they belong, those that the HTML names before the others', async () => {
  const streamOf = (text: string) =>
    async function* () {
      for (const byte of Buffer.from(text)) yield Uint8Array.of(byte)
    }
  const inner = 'Subject: inner\r\n\r\nGrüße'
  const content = await contentOf(
    checkMessage({
      ...least,
      html: '<img src="cid:logo@x">',
      attachments: [
        attach(streamOf('a'.repeat(100)), { name: 'a.bin' }),
        attach(streamOf(inner), { type: 'message/rfc822' }),
        attach(streamOf('png'), { name: 'l.png', cid: 'logo@x' }),
        attach(fromText('text')),
        attach(streamOf('')),
      ],
    }),
  )
  const text = (await buffer(content.content as never)).toString()
  await content.close()
  expect(content.eightBit).toBe(true)
  const bodies = text.split(/\r\n--[^\r]*\r\n/).map((part) => part.split('\r\n\r\n'))
  expect(bodies.map(([, ...body]) => body.join('\r\n\r\n')).filter((body) => body !== '')).toEqual([
    '<img src="cid:logo@x">',
    'cG5n',
    `${'YWFh'.repeat(19)}\r\n${'YWFh'.repeat(14)}YQ==`,
    inner,
    'dGV4dA==',
  ])
  expect(text).toContain('Content-Transfer-Encoding: 8bit')
  expect(text).not.toContain('net-')
})

test('[H-SMTP-16] a file that is not there is an error before anything is sent, and lets go of the others', async () => {
  let opened = 0
  const message = checkMessage({
    ...least,
    attachments: [
      attach(async function* () {
        opened += 1
        yield Buffer.from('x')
      }),
      attach(fromFile('/does/not/exist')),
    ],
  })
  await expect(contentOf(message)).rejects.toMatchObject({ code: 'NET_LOCAL_IO' })
  expect(opened).toBe(0)
})

test("[H-SMTP-16] what the caller's stream throws comes as it is", async () => {
  const mine = new Error('mine')
  const content = await contentOf(
    checkMessage({
      ...least,
      attachments: [
        attach(async function* () {
          yield Buffer.from('x')
          throw mine
        }),
      ],
    }),
  )
  await expect(buffer(content.content as never)).rejects.toBe(mine)
  await content.close()
})

test('a message within a message stays as it is', async () => {
  const inner = 'Subject: inner\r\n\r\nGrüße'
  const content = await contentOf(
    checkMessage({ ...least, attachments: [attach(fromText(inner), { type: 'message/rfc822' })] }),
  )
  expect(content.eightBit).toBe(true)
  expect((content.content as Buffer).toString()).toContain('Subject: inner')
  await content.close()
})
