import { Readable } from 'node:stream'

import { connect, createMailer, nodemailerTransport } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createTransport, type Transport } from 'nodemailer'
import { expect, test } from 'vitest'

test('programs of nodemailer send over our client, with what its plugins made of the message', async () => {
  await using server = await startSmtpServer({
    refuse: { 'no@x.example': '550 5.1.1 no such user' },
  })
  await using client = await connect(server.url)
  const transport = createTransport(nodemailerTransport(client) as unknown as Transport)
  transport.use('compile', (mail: { data: { subject?: unknown } }, done: () => void) => {
    mail.data.subject = `[plugin] ${String(mail.data.subject)}`
    done()
  })
  const info: unknown = await transport.sendMail({
    from: 'Ada <ada@x.example>',
    to: ['bob@x.example', 'no@x.example'],
    bcc: 'hidden@x.example',
    subject: 'Grüße',
    text: 'text',
    attachments: [{ filename: 'a.txt', content: 'x' }],
    dsn: { id: 'order-17', return: 'headers', notify: ['failure'], recipient: '' },
  })
  expect(info).toMatchObject({
    accepted: ['bob@x.example', 'hidden@x.example'],
    rejected: ['no@x.example'],
    response: '250 Taken',
    envelope: { from: 'ada@x.example' },
  })
  const { parsed, envelope } = await server.mailbox.waitFor()
  expect(envelope.to).toEqual(['bob@x.example', 'hidden@x.example'])
  expect(parsed).toMatchObject({ subject: '[plugin] Grüße', text: 'text', bcc: [] })
  expect(server.received.find((line) => line.startsWith('MAIL'))).toContain(
    'RET=HDRS ENVID=order-17',
  )
})

test('a refused message fails with our error, and a mailer does as well as a client', async () => {
  await using server = await startSmtpServer()
  await using mailer = createMailer(server.url)
  const transport = createTransport(nodemailerTransport(mailer) as unknown as Transport)
  const mail = { from: 'ada@x.example', to: 'bob@x.example', text: 'x' }
  server.fail({ on: 'MAIL', do: { reply: '550 5.7.1 not from you' } })
  await expect(transport.sendMail(mail)).rejects.toMatchObject({ code: 'NET_ACCESS_DENIED' })
  await transport.sendMail(mail)
  expect(server.mailbox.messages).toHaveLength(1)
})

test('what cannot send is refused', () => {
  expect(() => nodemailerTransport({} as never)).toThrow(
    expect.objectContaining({ code: 'NET_BAD_OPTION' }),
  )
})

test.each([
  ['before a byte is read', { to: ['bob@x.example'], notify: ['wrong'] }],
  ['without a recipient', { to: [], notify: ['failure'] }],
  ['by the server', { to: ['eve@x.example'], notify: ['failure'] }],
])(
  'a message that is refused %s is read to its end, behind which nodemailer closes its files',
  async (_, { to, notify }) => {
    await using server = await startSmtpServer({ refuse: { 'eve@x.example': '550 5.1.1 no' } })
    await using client = await connect(server.url)
    const source = Readable.from([Buffer.alloc(100_000), Buffer.alloc(100_000)])
    const message = {
      getEnvelope: () => ({ from: 'ada@x.example', to }),
      messageId: () => '<1@x.example>',
      createReadStream: () => source,
    }
    const failed = Promise.withResolvers<Error | null>()
    nodemailerTransport(client).send(
      { data: { dsn: { id: 'x', notify } }, message },
      failed.resolve,
    )
    expect(await failed.promise).toBeInstanceOf(Error)
    await expect.poll(() => source.readableEnded).toBe(true)
  },
)
