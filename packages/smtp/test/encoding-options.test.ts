import { connect, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

const message: Message = {
  from: 'Jürgen <ada@x.example>',
  to: 'bob@x.example',
  subject: 'Grüße',
  text: 'Grüße\n',
}

test('[SMTP-42] encodings and UTF-8 headers are those that are wanted', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  for (const text of ['auto', 'quoted-printable', 'base64', '8bit'] as const) {
    await client.send(message, { encoding: { text } })
  }
  const encodings = server.mailbox.messages.map(({ headers }) =>
    headers.get('content-transfer-encoding')?.join(),
  )
  expect(encodings).toEqual(['base64', 'quoted-printable', 'base64', '8bit'])
  expect(server.received.filter((line) => line.includes('BODY=8BITMIME'))).toHaveLength(1)
  server.mailbox.clear()
  await client.send(message, { encoding: { headers: 'utf8', line: 998 } })
  const { headers } = await server.mailbox.waitFor()
  expect(headers.get('subject')).toEqual(['Grüße'])
  expect(headers.get('from')).toEqual(['"Jürgen" <ada@x.example>'])
  expect(server.received.filter((line) => line.includes('SMTPUTF8'))).toHaveLength(1)
})

test('[SMTP-42] what a server does not take is not sent to it', async () => {
  await using server = await startSmtpServer({ without: ['8BITMIME', 'SMTPUTF8'] })
  await using client = await connect(server.url)
  for (const encoding of [{ text: '8bit' }, { headers: 'utf8' }] as const) {
    await expect(client.send(message, { encoding })).rejects.toMatchObject({
      code: 'NET_UNSUPPORTED',
    })
  }
  await expect(client.send(message, { encoding: { line: 10 } })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  expect(server.mailbox.messages).toEqual([])
})
