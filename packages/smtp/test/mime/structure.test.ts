import { attach, connect, type Message } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

const least: Message = { from: 'ada@x.example', to: 'bob@x.example' }
const picture = attach(Buffer.from('x'), { name: 'logo.png', cid: 'logo@x.example' })
const file = attach(Buffer.from('x'), { name: 'a.pdf' })
const html = '<img src="cid:logo@x.example">'

async function structureOf(message: Message): Promise<string> {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send(message)
  const raw = Buffer.from((await server.mailbox.waitFor()).raw).toString()
  const found = raw.matchAll(/^Content-Type: ([^;\r]+)|^Content-Disposition: (\w+)/gm)
  return [...found].map(([, type, disposition]) => type ?? `(${disposition})`).join(' ')
}

test('[SMTP-37] pictures that the HTML shows stand beside it, everything else behind', async () => {
  expect(await structureOf({ ...least, text: 'x', html, attachments: [file, picture] })).toBe(
    'multipart/mixed multipart/alternative text/plain multipart/related text/html image/png (inline) application/pdf (attachment)',
  )
  expect(await structureOf({ ...least, html, attachments: [picture] })).toBe(
    'multipart/related text/html image/png (inline)',
  )
  expect(await structureOf({ ...least, html: '<p>', attachments: [picture] })).toBe(
    'multipart/mixed text/html image/png (attachment)',
  )
  expect(await structureOf({ ...least, text: 'x', html: '<p>' })).toBe(
    'multipart/alternative text/plain text/html',
  )
  expect(await structureOf({ ...least, text: 'x', attachments: [file] })).toBe(
    'multipart/mixed text/plain application/pdf (attachment)',
  )
  expect(await structureOf({ ...least, attachments: [file] })).toBe('application/pdf (attachment)')
  expect(await structureOf({ ...least, attachments: [file, file] })).toBe(
    'multipart/mixed application/pdf (attachment) application/pdf (attachment)',
  )
  expect(await structureOf(least)).toBe('text/plain')
})

test('a picture that the HTML shows and that is not there is refused, and named', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await expect(client.send({ ...least, html })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
    message: expect.stringContaining('cid:logo@x.example'),
  })
})
