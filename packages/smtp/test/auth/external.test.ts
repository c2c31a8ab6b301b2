import { connect, external } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

test('[SMTP-14] logs in by what the connection has shown, with or without a user', async () => {
  for (const [user, seen] of [
    [undefined, 'certificate'],
    ['ada', 'ada'],
  ] as const) {
    await using server = await startSmtpServer({ users: {}, mechanisms: ['EXTERNAL'] })
    await using client = await connect(server.url, { user, auth: external() })
    await client.send({ from: 'ada@x.example', to: 'bob@x.example', text: 'x' })
    expect(server.mailbox.messages[0]?.user).toBe(seen)
  }
})
