// Mail over STARTTLS with login; each recipient has a result of its own.
import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { createCertificates } from '@net/socket/testing'

const authority = createCertificates()
await using server = await startSmtpServer({
  users: { ada: 'lovelace' },
  tls: authority.issue({ names: ['127.0.0.1'] }),
})

await using relay = await smtp.connect(server.url, {
  user: 'ada',
  password: 'lovelace',
  tls: { ca: authority.ca },
})
const result = await relay.send({
  from: 'ada@example.com',
  to: 'charles@example.com',
  subject: 'The engine',
  text: 'It weaves algebraical patterns.',
})
console.log(result.delivery, result.accepted.join(', '))
