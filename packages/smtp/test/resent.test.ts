import { connect, fromText } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

const raw = 'From: ada@x.example\r\nTo: bob@x.example\r\nSubject: The engine\r\n\r\nIt weaves.\r\n'

test('[SMTP-20] a finished message is sent on as it is, behind headers that say by whom and to whom', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const result = await client.send(fromText(raw), {
    resent: {
      from: 'Bob <bob@x.example>',
      sender: 'office@x.example',
      to: 'eve@x.example',
      cc: 'Jürgen <j@x.example>',
      bcc: 'hidden@x.example',
    },
  })
  const mail = await server.mailbox.waitFor()
  expect(mail.envelope).toEqual({
    from: 'office@x.example',
    to: ['eve@x.example', 'j@x.example', 'hidden@x.example'],
  })
  const text = Buffer.from(mail.raw).toString()
  expect(text.endsWith(raw)).toBe(true)
  expect(text.slice(0, -raw.length).split('\r\n')).toEqual([
    expect.stringMatching(/^Resent-Date: .* \+0000$/),
    'Resent-From: Bob <bob@x.example>',
    'Resent-Sender: office@x.example',
    'Resent-To: eve@x.example',
    'Resent-Cc: =?UTF-8?B?SsO8cmdlbg==?= <j@x.example>',
    `Resent-Message-ID: ${String(result.messageId)}`,
    '',
  ])
  expect(text).not.toContain('hidden@x.example')
})

test('[SMTP-20] the envelope is made of the headers: sender before from, and all recipients once', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  await client.send({
    from: 'ada@x.example',
    sender: 'office@x.example',
    to: 'bob@x.example, eve@x.example',
    cc: ['bob@x.example', 'carl@x.example'],
    bcc: 'hidden@x.example',
    text: 'x',
  })
  const { envelope, headers } = await server.mailbox.waitFor()
  expect(envelope).toEqual({
    from: 'office@x.example',
    to: ['bob@x.example', 'eve@x.example', 'carl@x.example', 'hidden@x.example'],
  })
  expect([...headers.keys()]).not.toContain('bcc')
})

test('who sends it on is checked as any other sender, and only of a finished message', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const refused: [unknown, string][] = [
    [{ to: 'b@x.example' }, 'NET_BAD_OPTION'],
    [{ from: 'a@x.example' }, 'NET_BAD_ADDRESS'],
    [{ from: 'a@x.example\r\nX: y', to: 'b@x.example' }, 'NET_INJECTION'],
    [{ from: 'a@x.example', to: 'b@x.example', date: 1 }, 'NET_BAD_OPTION'],
  ]
  for (const [resent, code] of refused) {
    await expect(client.send(fromText(raw), { resent: resent as never })).rejects.toMatchObject({
      code,
    })
  }
  const composed = { from: 'a@x.example', to: 'b@x.example', text: 'x' }
  const resent = { from: 'a@x.example', to: 'b@x.example' }
  await expect(client.send(composed as never, { resent })).rejects.toMatchObject({
    code: 'NET_BAD_OPTION',
  })
  expect(server.received).toHaveLength(1)
})
