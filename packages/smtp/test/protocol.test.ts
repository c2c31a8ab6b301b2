import * as smtp from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { checkProtocol } from '@net/socket/testing'
import { test } from 'vitest'

// Sixteen cases, each over real sockets.
test('SMTP does what every protocol does', async () => {
  await checkProtocol({
    serve: ({ user, password }) => startSmtpServer({ users: { [user]: password } }),
    connect: smtp.connect,
    ask: (client, options) => client.noop(options),
  })
})
