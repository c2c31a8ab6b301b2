/* Scenario 5: mail over STARTTLS with login. */

import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'

import { expectSame, type Scenario } from '../scenario.ts'

export const smtpSend: Scenario = {
  number: 5,
  title: 'SMTP: send mail after STARTTLS and login',
  transport: 'tcp, STARTTLS',
  async run(stage) {
    const authority = createCertificates()
    const tls = authority.issue({ names: ['127.0.0.1'] })
    await using server = await startSmtpServer({ users: { ada: PASSWORD }, tls })
    await using relay = await smtp.connect(server.url, {
      user: 'ada',
      password: PASSWORD,
      tls: { ca: authority.ca },
    })
    stage.sent(`${MESSAGE.subject}, from ${MESSAGE.from} to ${MESSAGE.to}`)
    const result = await relay.send(MESSAGE)
    const mail = await server.mailbox.waitFor()
    stage.received(`${mail.envelope.to.join(', ')} got ${mail.raw.length} bytes`)
    expectSame('who got it', result.accepted, [MESSAGE.to])
    expectSame('the user', mail.user, 'ada')
    return mail.raw.length
  },
}

const PASSWORD = 'lovelace-1815'
const MESSAGE = {
  from: 'ada@example.com',
  to: 'charles@example.com',
  subject: 'The engine',
  text: 'It weaves algebraical patterns.',
}
