/* Scenario 5: mail over STARTTLS with login. */

import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const smtpSend: Scenario = {
  number: 5,
  title: 'SMTP: STARTTLS, login and a mail',
  transport: 'tcp, STARTTLS',
  about: 'A mail through a relay. What comes back says who has it, recipient by recipient.',
  file: import.meta.url,
  async run(stage) {
    const authority = createCertificates()
    const tls = authority.issue({ names: ['127.0.0.1'] })
    await using server = await startSmtpServer({ users: { ada: PASSWORD }, tls })
    const login = { user: 'ada', password: PASSWORD, tls: { ca: authority.ca } }
    stage.sent(`${MESSAGE.subject}, from ${MESSAGE.from} to ${MESSAGE.to}`)
    const result = await example(server.url, login)
    const mail = await server.mailbox.waitFor()
    stage.received(`${mail.envelope.to.join(', ')} got ${mail.raw.length} bytes`)
    expectSame('who got it', result.accepted, [MESSAGE.to])
    expectSame('the user', mail.user, 'ada')
    return mail.raw.length
  },
}

async function example(url: string, login: smtp.SmtpConnectOptions): Promise<smtp.SendResult> {
  await using relay = await smtp.connect(url, login)
  return await relay.send(MESSAGE)
}

const PASSWORD = 'lovelace-1815'
const MESSAGE = {
  from: 'ada@example.com',
  to: 'charles@example.com',
  subject: 'The engine',
  text: 'It weaves algebraical patterns.',
}
