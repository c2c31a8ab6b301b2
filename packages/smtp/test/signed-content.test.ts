import { createHash, generateKeyPairSync } from 'node:crypto'

import { attach, connect, createMailer, fromFile, fromText, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

const { privateKey } = generateKeyPairSync('ed25519')
const dkim = { domain: 'x.example', selector: 's1', privateKey }
const message: Message = { from: 'ada@x.example', to: 'bob@x.example', subject: 'x', text: 'y\n' }

function bodyHash(raw: Uint8Array): string {
  const text = Buffer.from(raw).toString('latin1')
  const [, body = ''] = /\r\n\r\n(.*)/s.exec(text) ?? []
  const spaced = body.replaceAll(/[ \t]+/g, ' ').replaceAll(/ (?=\r\n)/g, '')
  const relaxed = spaced.replace(/(?:\r\n)+$/, '')
  return createHash('sha256')
    .update(relaxed === '' ? '' : `${relaxed}\r\n`, 'latin1')
    .digest('base64')
}

test('[SMTP-45] every way to give a message is signed, over the body as it arrives', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url, { dkim })
  async function* once(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('read once')
  }
  await client.send(message)
  await client.send({ ...message, attachments: [attach(fromFile(new URL(import.meta.url)))] })
  await client.send({ ...message, attachments: [attach(once())] })
  const raw = fromText('From: a@x.example\nSubject: raw\n\n.dots\n\n\n')
  await client.send(raw, { envelope: { from: '', to: 'bob@x.example' } })
  for (const mail of server.mailbox.messages) {
    const signature = mail.headers.get('dkim-signature')?.join('') ?? ''
    expect(signature).toContain(`bh=${bodyHash(mail.raw)};`)
  }
  expect(server.mailbox.messages).toHaveLength(4)
})

test('[SMTP-45] the headers of a raw message end at its first empty line, whatever ends the lines', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url, { dkim })
  const ends = ['\r\n', '\n', '\r']
  const heads = ends.flatMap((end) => ends.map((empty) => ['From: a@x.example', end, empty]))
  const bodies = ['\n\n a  b\r\rc\n\r\n', '\r', '']
  const raws = heads.flatMap(([from, end = '', empty]) =>
    // Two together may be one end of a line.
    (end === '\r' && empty === '\n' ? [] : bodies).map(
      (body) => `${from}${end}Subject: raw${end}${empty}${body}`,
    ),
  )
  for (const raw of [
    ...raws,
    'From: a@x.example\nSubject: raw',
    'From: a@x.example\rSubject: raw\r',
  ]) {
    async function* cut(): AsyncGenerator<Uint8Array> {
      for (const byte of Buffer.from(raw)) yield Buffer.of(byte)
    }
    for (const source of [fromText(raw), cut]) {
      await client.send(source, { envelope: { from: '', to: 'bob@x.example' } })
      const { headers, raw: arrived } = server.mailbox.messages.at(-1) ?? {}
      const signature = headers?.get('dkim-signature')?.join('') ?? ''
      const want = `h=from:from:subject; bh=${bodyHash(arrived ?? Buffer.of())};`
      expect({ raw, signature }).toEqual({
        raw,
        signature: expect.stringContaining(want) as unknown,
      })
    }
  }
})

test('[SMTP-45] the MIME part of a message is what a function makes of it', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url, { dkim })
  let seen = ''
  await client.send(
    { ...message, text: 'Grüße\n' },
    {
      sign(entity) {
        seen = Buffer.from(entity).toString('latin1')
        const head =
          'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary="s"'
        const signature = 'Content-Type: application/pgp-signature\n\nsignature'
        return Buffer.from(`${head}\n\n--s\n${seen}\n--s\n${signature}\n--s--\n`, 'latin1')
      },
    },
  )
  expect(seen).toMatch(
    /^Content-Type: text\/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n/,
  )
  const mail = await server.mailbox.waitFor()
  expect(mail.headers.get('content-type')?.[0]).toMatch(/^multipart\/signed;/)
  expect(mail.headers.get('subject')).toEqual(['x'])
  expect(mail.text).toContain(`--s\r\n${seen}`)
  expect(mail.headers.get('dkim-signature')?.[0]).toContain(`bh=${bodyHash(mail.raw)};`)
})

test('what a function gives is checked, and what it throws is thrown', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  for (const wrong of ['text', Buffer.from('no headers at all'), undefined]) {
    await expect(client.send(message, { sign: () => wrong as never })).rejects.toMatchObject({
      code: 'NET_BAD_OPTION',
    })
  }
  const thrown = new Error('no key')
  await expect(client.send(message, { sign: () => Promise.reject(thrown) })).rejects.toBe(thrown)
  expect(server.mailbox.messages).toEqual([])
  await expect(client.noop()).resolves.toBeUndefined()
})

test('a message that is stopped before it is signed gives its place back', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url, { dkim, pool: { connections: 1 } })
  const asked = Promise.withResolvers<void>()
  const never = (): Promise<Uint8Array> => {
    asked.resolve()
    return new Promise(() => {})
  }
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x')
    await never()
  }
  for (const [attachments, options] of [
    [[attach(silent)], {}],
    [[attach(silent())], {}],
    [[], { sign: never }],
  ] as const) {
    const abort = new AbortController()
    const stopped = mailer.send({ ...message, attachments }, { ...options, signal: abort.signal })
    await Promise.race([asked.promise, stopped.catch(() => {})])
    abort.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'NET_ABORTED' })
    expect(await mailer.send(message)).toMatchObject({ delivery: 'accepted' })
  }
})
