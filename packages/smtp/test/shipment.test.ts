import { connect } from '@net/smtp'
import { startSmtpServer } from '@net/smtp/testing'
import { expect, test } from 'vitest'

import { silent } from '../src/shipment.ts'

test('[SMTP-26] the commands say what the content needs, each once', async () => {
  await using server = await startSmtpServer()
  await using client = await connect(server.url)
  const message = { from: 'ada@x.example', to: ['b@x.example', 'b@X.example', 'j@x.example'] }
  await client.send({ ...message, text: 'x' })
  expect(server.received.slice(1, 5)).toEqual([
    expect.stringMatching(/^MAIL FROM:<ada@x\.example> SIZE=\d+$/),
    'RCPT TO:<b@x.example>',
    'RCPT TO:<j@x.example>',
    'DATA',
  ])
})

test('a server that is silent is told with the limit', () => {
  expect(silent(5, 'command')).toMatchObject({
    code: 'NET_TIMEOUT_REPLY',
    limit: 5,
    phase: 'command',
  })
})
