// Dovecot: the POP3 client of examples/pop3 lists a mailbox, reads it byte for byte, and empties it; mail arrives by LMTP.
import { isNetError } from '@net/core'
import * as smtp from '@net/smtp'
import { createCertificates } from '@net/socket/testing'
import { expect, test } from 'vitest'

import { connect } from '@tools/examples/pop3'
import { requireDovecot, startDovecot } from './dovecot.ts'

const authority = createCertificates()
const LETTERS = [
  'Subject: The engine\r\n\r\nIt weaves.\r\n..\r\n.\r\n.hidden\r\nend\r\n',
  `Subject: long\r\n\r\n${'It weaves algebraical patterns. '.repeat(30)}\r\n`.repeat(300),
  'Subject: any byte\r\n\r\ncaf\xe9 \xff\r\n',
]
const recipe = {
  certificate: authority.issue(),
  user: 'ada',
  password: 'lovelace',
  mails: LETTERS.map((letter) => Buffer.from(letter, 'latin1')),
}
const login = { user: 'ada', password: 'lovelace', tls: { ca: authority.ca } }

test('a mailbox is listed, read byte for byte over STLS and over TLS, and emptied', async (context) => {
  requireDovecot(context)
  await using dovecot = await startDovecot(recipe)
  for (const url of [dovecot.url, dovecot.secureUrl]) {
    await using mailbox = await connect(url, login)
    const mails = await mailbox.list()
    expect(mails.map(({ number }) => number)).toEqual([1, 2, 3])
    for (const { number, size } of mails) {
      const mail = Buffer.from(await mailbox.retrieve(number))
      expect(mail.length).toBe(size)
      expect(mail.toString('latin1')).toBe(LETTERS[number - 1])
    }
  }
  const last = await connect(dovecot.url, { ...login, security: 'required' })
  for (const { number } of await last.list()) await last.delete(number)
  expect(dovecot.mails()).toHaveLength(LETTERS.length)
  await last.close()
  expect(await last.closed).toBeUndefined()
  expect(dovecot.mails()).toEqual([])
})

test('a wrong password, a mail that is not there, and a server that goes are told apart', async (context) => {
  requireDovecot(context)
  await using dovecot = await startDovecot(recipe)
  const wrong = connect(dovecot.url, { ...login, password: 'byron' })
  await expect(wrong).rejects.toMatchObject({ code: 'NET_AUTH_REJECTED', phase: 'auth' })
  await using mailbox = await connect(dovecot.url, login)
  await expect(mailbox.retrieve(99)).rejects.toMatchObject({ code: 'NET_REPLY_PERMANENT' })
  dovecot.killConnections()
  const taken = await mailbox.closed
  expect(isNetError(taken) && taken.name).toBe('ConnectionLostError')
  await expect(mailbox.list()).rejects.toMatchObject({ retry: 'safe' })
})

test('mail by LMTP has a result for each recipient, and lies in the mailbox when the call ends', async (context) => {
  requireDovecot(context)
  await using dovecot = await startDovecot({ ...recipe, mails: [] })
  await using relay = await smtp.connect(dovecot.lmtpUrl, { protocol: 'lmtp', security: 'off' })
  const message = { from: 'charles@example.com', subject: 'The engine', text: 'It weaves.' }
  const sent = await relay.send({ ...message, to: ['ada@example.com', 'nobody@example.com'] })
  expect(sent).toMatchObject({ delivery: 'partial', accepted: ['ada@example.com'] })
  expect(sent.rejected).toMatchObject([
    { address: 'nobody@example.com', error: { code: 'NET_NOT_FOUND', reply: { status: 550 } } },
  ])
  const [name = '', ...others] = dovecot.mails()
  expect(others).toEqual([])
  const { subject, text } = smtp.parseMessage(dovecot.read(name))
  expect([subject, text?.trim()]).toEqual(['The engine', 'It weaves.'])
  await relay.send({ ...message, to: 'ada@example.com' })
  expect(dovecot.mails()).toHaveLength(2)
})
